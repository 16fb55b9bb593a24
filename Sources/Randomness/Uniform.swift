internal import Mathematics

/// Uniform on [low, high): p(x) = 1/(high − low).
public struct Uniform: Distribution {
  /// The lower bound, included.
  public let low: Double
  /// The upper bound, excluded.
  public let high: Double

  /// Makes the distribution; throws unless both bounds are finite and low < high.
  public init(low: Double = 0, high: Double = 1) throws(RandomnessError) {
    try Parameter.finite("low", low)
    guard high.isFinite, high > low, (high - low).isFinite else {
      throw .parameter(name: "high", value: high, allowed: "finite and above low (\(low))")
    }
    self.low = low
    self.high = high
  }

  /// The corresponding C function is `gsl_ran_flat`, with 53 bits instead of 32.
  public func sample(from stream: RandomStream) -> Double { stream.uniform(from: low, to: high) }

  /// −log(high − low) inside, −∞ outside.
  public func logDensity(of x: Double) -> Double {
    x >= low && x < high ? -logarithm(high - low) : -.infinity
  }

  /// log(high − low).
  public var entropy: Double { logarithm(high - low) }
}
