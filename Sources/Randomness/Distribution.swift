/// A probability distribution: what it gives, and how likely that was.
///
/// Parameters are checked when a distribution is made, so drawing cannot fail.
public protocol Distribution<Value>: Sendable {
  /// What is drawn.
  associatedtype Value

  /// Draws x ~ p.
  func sample(from stream: RandomStream) -> Value

  /// log p(x); −∞ outside of the support.
  func logDensity(of x: Value) -> Double
}

/// The checks that the distributions share.
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
