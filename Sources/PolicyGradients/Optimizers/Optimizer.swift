public import AscentPolicies

/// An algorithm that turns a gradient into a step: θ ← θ + Δ(ĝ).
///
/// A gradient may be shorter than θ: the parameters after its end are not learned and remain unchanged.
public protocol Optimizer: Sendable {
  /// The learning rate α.
  var rate: Double { get set }

  /// Takes one step of ascent.
  mutating func ascend(_ θ: inout Parameters, along gradient: [Float])

  /// All vectors that the next step depends on, with their names; each is as long as the gradient.
  var moments: [(name: String, values: [Float])] { get set }
  /// The number of steps taken.
  var stepCount: Int { get set }
}
