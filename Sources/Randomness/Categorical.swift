internal import AscentMathematics
internal import CAscentGSL

/// The categorical distribution: index k with probability wₖ / Σw, or exp(lₖ) / Σ exp(l) from logits.
public struct Categorical: Distribution {
  /// pₖ of each index.
  public let probabilities: [Double]

  /// Makes the distribution from weights; throws unless all are finite and not negative, with a positive sum.
  public init(weights: [Double]) throws(RandomnessError) {
    for w in weights { try Parameter.notNegative("weight", w) }
    let sum = weights.reduce(0, +)
    try Parameter.positive("sum of the weights", sum)
    probabilities = weights.map { $0 / sum }
  }

  /// Makes the distribution from logits; −∞ excludes an index.
  ///
  /// - Throws: ``RandomnessError/parameter(name:value:allowed:)`` for NaN or +∞, or if no logit is finite.
  public init(logits: [Double]) throws(RandomnessError) {
    for l in logits where l.isNaN || l == .infinity {
      throw .parameter(name: "logit", value: l, allowed: "finite or −∞")
    }
    guard let highest = logits.max(), highest > -.infinity else {
      throw .parameter(name: "highest logit", value: -.infinity, allowed: "finite")
    }
    try self.init(weights: logits.map { exponential($0 - highest) })
  }

  /// Inverts the cumulative distribution at one uniform draw.
  public func sample(from stream: RandomStream) -> Int { Int(stream.draw(.categorical, probabilities)) }

  /// log p(k); −∞ outside of the support.
  public func logDensity(of x: Int) -> Double {
    probabilities.indices.contains(x) ? logarithm(probabilities[x]) : -.infinity
  }

  /// The entropy −Σ p log p, with 0 log 0 = 0.
  public var entropy: Double {
    -probabilities.reduce(0) { $1 > 0 ? $0 + $1 * logarithm($1) : $0 }
  }
}
