internal import AscentMathematics
internal import CAscentGSL

/// The uniform distribution on 0, 1, …, n − 1.
public struct UniformInteger: Distribution {
  /// The number n of values.
  public let count: Int

  /// Makes the distribution; throws unless 1 ≤ n ≤ 2³² − 1.
  public init(count: Int) throws(RandomnessError) {
    guard (1...4_294_967_295).contains(count) else {
      throw .parameter(name: "count", value: Double(count), allowed: "from 1 to 2³² − 1")
    }
    self.count = count
  }

  /// Draws x ~ p with GSL's `gsl_rng_uniform_int`.
  public func sample(from stream: RandomStream) -> Int { Int(stream.draw(.uniform_integer, Double(count))) }

  /// −log n inside, −∞ outside.
  public func logDensity(of x: Int) -> Double {
    (0..<count).contains(x) ? -logarithm(Double(count)) : -.infinity
  }

  /// The entropy log n.
  public var entropy: Double { logarithm(Double(count)) }
}
