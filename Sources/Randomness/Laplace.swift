internal import AscentMathematics
internal import CAscentGSL

/// The Laplace distribution, p(x) = exp(−|x − μ|/b) / 2b.
public struct Laplace: Distribution {
  /// The mean μ.
  public let mean: Double
  /// The scale b > 0.
  public let scale: Double

  /// Makes the distribution; throws unless μ and b are finite and b > 0.
  public init(mean: Double = 0, scale: Double) throws(RandomnessError) {
    try Parameter.finite("mean", mean)
    try Parameter.positive("scale", scale)
    self.mean = mean
    self.scale = scale
  }

  /// Draws x ~ p with GSL's `gsl_ran_laplace`.
  public func sample(from stream: RandomStream) -> Double { stream.draw(.laplace, mean, scale) }

  /// log p(x).
  public func logDensity(of x: Double) -> Double { -abs(x - mean) / scale - logarithm(2 * scale) }

  /// The entropy 1 + log 2b.
  public var entropy: Double { 1 + logarithm(2 * scale) }
}
