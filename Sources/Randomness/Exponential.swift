internal import AscentMathematics
internal import CAscentGSL

/// The exponential distribution, p(x) = exp(−x/μ)/μ for x ≥ 0.
public struct Exponential: Distribution {
  /// The mean μ > 0.
  public let mean: Double

  /// Makes the distribution; throws unless μ is finite and positive.
  public init(mean: Double) throws(RandomnessError) {
    try Parameter.positive("mean", mean)
    self.mean = mean
  }

  /// Draws x ~ p with GSL's `gsl_ran_exponential`.
  public func sample(from stream: RandomStream) -> Double { stream.draw(.exponential, mean) }

  /// log p(x); −∞ below 0.
  public func logDensity(of x: Double) -> Double { x >= 0 ? -x / mean - logarithm(mean) : -.infinity }

  /// The entropy 1 + log μ.
  public var entropy: Double { 1 + logarithm(mean) }
}
