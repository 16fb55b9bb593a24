/// A probability distribution that can be sampled and whose log-density can be evaluated.
///
/// Parameters are checked at initialization, so drawing cannot fail.
public protocol Distribution<Value>: Sendable {
  /// The type of a draw.
  associatedtype Value

  /// Draws x ~ p.
  func sample(from stream: RandomStream) -> Value

  /// log p(x); −∞ outside of the support.
  func logDensity(of x: Value) -> Double
}

/// The parameter checks that the distributions share.
enum Parameter {
  static func finite(_ name: String, _ value: Double) throws(RandomnessError) {
    guard value.isFinite else { throw .parameter(name: name, value: value, allowed: "finite") }
  }

  static func positive(_ name: String, _ value: Double) throws(RandomnessError) {
    guard value.isFinite, value > 0 else {
      throw .parameter(name: name, value: value, allowed: "finite and above 0")
    }
  }

  static func notNegative(_ name: String, _ value: Double) throws(RandomnessError) {
    guard value.isFinite, value >= 0 else {
      throw .parameter(name: name, value: value, allowed: "finite and at least 0")
    }
  }
}
