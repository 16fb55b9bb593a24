/// A mean for each time: b(t) = Σ_{j≠i} c(j,t) / Σ_{j≠i} w(j,t) over the other trajectories that reach t.
///
/// The reward to go decreases as an episode nears its end, which a single mean cannot represent. If no other trajectory
/// reaches t, b(t) = 0.
public struct TimeDependentBaseline: Baseline {
  /// Makes the baseline.
  public init() {}

  /// True.
  public var leavesOneOut: Bool { true }

  /// One cell for each time.
  public var layout: BaselineCells.Layout { .times }

  /// No scores.
  public var scores: BaselineScores { .none }

  /// Adds each coefficient and its weight to the cell of its time.
  public func add(_ part: BaselinePart, to cells: inout BaselineCells) {
    part.require()
    cells.reserve(part.coefficients.count)
    for t in part.coefficients.indices { cells.add(part.coefficients[t], part.weights[t], at: t) }
  }
}

extension BaselineEntry {
  /// ``TimeDependentBaseline``.
  public static let timeDependent = BaselineEntry(
    "time-dependent", help: "at each time step, the mean of the other trajectories' coefficients",
    bias: .none,
    isConstant: false, rule: .trajectories { TimeDependentBaseline() })
}
