internal import AscentMathematics

/// The uniform distribution on [low, high): p(x) = 1/(high − low).
public struct Uniform: Distribution {
  /// The lower bound, included.
  public let low: Double
  /// The upper bound, excluded.
  public let high: Double

  /// Makes the distribution; throws unless low, high and high − low are finite and low < high.
  public init(low: Double = 0, high: Double = 1) throws(RandomnessError) {
    try Parameter.finite("low", low)
    guard high.isFinite, high > low, (high - low).isFinite else {
      throw .parameter(name: "high", value: high, allowed: "finite and above low (\(low))")
    }
    self.low = low
    self.high = high
  }

  /// Draws x ~ p as GSL's `gsl_ran_flat` does, but with 53 random bits instead of 32.
  public func sample(from stream: RandomStream) -> Double { stream.uniform(from: low, to: high) }

  /// −log(high − low) inside, −∞ outside.
  public func logDensity(of x: Double) -> Double {
    x >= low && x < high ? -logarithm(high - low) : -.infinity
  }

  /// The entropy log(high − low).
  public var entropy: Double { logarithm(high - low) }
}
