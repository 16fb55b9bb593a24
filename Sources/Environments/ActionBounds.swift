/// Holds an action of a box inside of it; other spaces' actions pass as they are.
///
/// A Gaussian policy has no bounds of its own: what it draws keeps its log-probability, and the environment
/// receives the nearest action of its space.
public struct ActionBounds: Sendable {
  private let low: [Float]
  private let high: [Float]

  /// The bounds of a space of actions.
  public init(_ space: Space) {
    let bounds = space.isBox ? space.valueBounds : ([], [])
    low = bounds.0.map { Float($0) }
    high = bounds.1.map { Float($0) }
  }

  /// Writes the nearest action of the space.
  public func hold(_ drawn: ArraySlice<Float>, into applied: inout [Float]) {
    for (k, x) in drawn.enumerated() { applied[k] = low.isEmpty ? x : min(max(x, low[k]), high[k]) }
  }
}
