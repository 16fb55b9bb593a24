internal import AscentMathematics

/// The bounds of an action space, for clamping actions into it.
///
/// A Gaussian policy is unbounded: the log-probability is that of the action it drew, and the environment receives the
/// nearest action in its space.
public struct ActionBounds: Sendable {
  private let low: [Float]
  private let high: [Float]
  /// True if the space has a box, whose values a policy may draw out of bounds; indices and bits are never outside.
  private let hasBoxes: Bool

  /// The bounds of a space of actions.
  public init(_ space: Space) {
    let bounds = space.valueBounds
    low = bounds.0.map { Float($0) }
    high = bounds.1.map { Float($0) }
    hasBoxes = space.leaves.contains { leaf in
      if case .box = leaf.kind { true } else { false }
    }
  }

  /// Replaces an action by the nearest one of the space.
  public func clamp(_ action: inout [Float]) {
    var span = action.mutableSpan
    clamp(&span)
  }

  /// Replaces an action by the nearest one of the space.
  public func clamp(_ action: inout MutableSpan<Float>) {
    guard hasBoxes else { return }
    Require.count(action.count, of: "action", is: low.count, "the valueCount of its space")
    for k in low.indices { action[k] = min(max(action[k], low[k]), high[k]) }
  }
}
