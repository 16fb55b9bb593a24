internal import AscentMathematics
internal import CAscentGSL

/// The beta distribution, p(x) = Γ(a+b)/(Γ(a)Γ(b)) x^{a−1} (1−x)^{b−1} for 0 < x < 1.
public struct Beta: Distribution {
  /// a > 0.
  public let a: Double
  /// b > 0.
  public let b: Double

  /// Makes the distribution; throws unless both parameters are finite and positive.
  public init(a: Double, b: Double) throws(RandomnessError) {
    try Parameter.positive("a", a)
    try Parameter.positive("b", b)
    self.a = a
    self.b = b
  }

  /// Draws x ~ p with GSL's `gsl_ran_beta`.
  public func sample(from stream: RandomStream) -> Double { stream.draw(.beta, a, b) }

  /// log p(x); −∞ unless 0 < x < 1.
  public func logDensity(of x: Double) -> Double {
    guard x > 0, x < 1 else { return -.infinity }
    return (a - 1) * logarithm(x) + (b - 1) * logarithm(onePlus: -x)
      + GammaFunction.logGamma(a + b) - GammaFunction.logGamma(a) - GammaFunction.logGamma(b)
  }

  /// The mean a/(a + b).
  public var mean: Double { a / (a + b) }
}
