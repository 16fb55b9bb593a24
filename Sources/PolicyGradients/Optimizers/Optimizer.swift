public import Policies

/// Turns a gradient into a step: θ ← θ + Δ(ĝ).
///
/// A gradient may be shorter than θ: what lies behind its end is not learned, and stays.
public protocol Optimizer: Sendable {
  /// α.
  var rate: Double { get set }

  /// Makes one step upwards.
  mutating func ascend(_ θ: inout Parameters, along gradient: [Float])

  /// Everything that the next step depends on, as named vectors of the gradient's length.
  var moments: [(name: String, values: [Float])] { get set }
  /// The number of steps made.
  var stepCount: Int { get set }
}
