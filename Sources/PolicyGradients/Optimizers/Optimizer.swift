public import Policies

/// Turns a gradient into a step: θ ← θ + Δ(ĝ).
public protocol Optimizer: Sendable {
  /// Makes one step upwards.
  mutating func ascend(_ θ: inout Parameters, along gradient: [Float])

  /// Everything that the next step depends on, as named vectors of the parameters' length.
  var moments: [(name: String, values: [Float])] { get set }
  /// The number of steps made.
  var stepCount: Int { get set }
}
