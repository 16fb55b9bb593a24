internal import AscentMathematics
internal import CAscentGSL

/// The Bernoulli distribution: 1 with probability p, else 0.
public struct Bernoulli: Distribution {
  /// The probability p of 1, in [0, 1].
  public let probability: Double

  /// Makes the distribution; throws unless 0 ≤ p ≤ 1.
  public init(probability: Double) throws(RandomnessError) {
    guard (0...1).contains(probability) else {
      throw .parameter(name: "probability", value: probability, allowed: "from 0 to 1")
    }
    self.probability = probability
  }

  /// Draws x ~ p with GSL's `gsl_ran_bernoulli`.
  public func sample(from stream: RandomStream) -> Int { Int(stream.draw(.bernoulli, probability)) }

  /// log p or log(1 − p).
  public func logDensity(of x: Int) -> Double {
    switch x {
    case 1: logarithm(probability)
    case 0: logarithm(onePlus: -probability)
    default: -.infinity
    }
  }
}
