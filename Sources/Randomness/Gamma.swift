internal import AscentMathematics
internal import CAscentGSL

/// The gamma distribution, p(x) = x^{a−1} e^{−x/b} / (Γ(a) bᵃ) for x > 0.
public struct Gamma: Distribution {
  /// The shape a > 0.
  public let shape: Double
  /// The scale b > 0.
  public let scale: Double

  /// Makes the distribution; throws unless both parameters are finite and positive.
  public init(shape: Double, scale: Double = 1) throws(RandomnessError) {
    try Parameter.positive("shape", shape)
    try Parameter.positive("scale", scale)
    self.shape = shape
    self.scale = scale
  }

  /// Draws x ~ p with GSL's `gsl_ran_gamma`.
  public func sample(from stream: RandomStream) -> Double { stream.draw(.gamma, shape, scale) }

  /// log p(x); −∞ below 0, and at 0 unless a = 1.
  public func logDensity(of x: Double) -> Double {
    guard x > 0 else { return x == 0 && shape == 1 ? -logarithm(scale) : -.infinity }
    return (shape - 1) * logarithm(x) - x / scale - GammaFunction.logGamma(shape) - shape * logarithm(scale)
  }

  /// The mean a b.
  public var mean: Double { shape * scale }
}
