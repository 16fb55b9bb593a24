internal import AscentMathematics

/// The normal distribution N(μ, σ²), p(x) = exp(−(x − μ)²/2σ²) / (σ√2π).
public struct Gaussian: Distribution {
  /// The mean μ.
  public let mean: Double
  /// The standard deviation σ ≥ 0; at 0 all mass is at μ, where the density is +∞.
  public let deviation: Double

  /// Makes the distribution; throws unless μ and σ are finite and σ ≥ 0.
  public init(mean: Double = 0, deviation: Double = 1) throws(RandomnessError) {
    try Parameter.finite("mean", mean)
    try Parameter.notNegative("deviation", deviation)
    self.mean = mean
    self.deviation = deviation
  }

  /// Draws x ~ p with GSL's `gsl_ran_gaussian_ziggurat`.
  public func sample(from stream: RandomStream) -> Double { mean + deviation * stream.standardNormal() }

  /// log p(x).
  public func logDensity(of x: Double) -> Double {
    guard deviation > 0 else { return x == mean ? .infinity : -.infinity }
    let z = (x - mean) / deviation
    return -0.5 * (z * z + logTwoPi) - logarithm(deviation)
  }

  /// The entropy ½ log 2πe + log σ.
  public var entropy: Double { 0.5 * (logTwoPi + 1) + logarithm(deviation) }
}
