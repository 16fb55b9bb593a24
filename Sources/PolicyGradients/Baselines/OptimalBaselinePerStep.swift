/// For each time the number with the least variance (Greensmith, Bartlett, Baxter 2004; Peters and Schaal 2008).
///
///     b(t) = Σ_{j≠i} c(j,t) w(j,t) ‖∇log π(j,t)‖² / Σ_{j≠i} w(j,t)² ‖∇log π(j,t)‖²
///
/// b(t) minimizes the sum of the variances of the steps' terms and ignores their covariances. The sums leave
/// trajectory i out, so the estimate stays unbiased. Where no other trajectory is as long, b(t) = 0.
public struct OptimalBaselinePerStep: Baseline {
  /// Makes the baseline.
  public init() {}

  /// True.
  public var leavesOneOut: Bool { true }

  /// One for each time.
  public var layout: BaselineCells.Layout { .times }

  /// Those of single steps.
  public var scores: BaselineScores { .steps }

  /// Adds c w ‖∇log π‖² and w² ‖∇log π‖² of each step to the cell of its time.
  public func add(_ part: BaselinePart, to cells: inout BaselineCells) {
    cells.addScores(of: part)
  }
}

extension BaselineEntry {
  /// ``OptimalBaselinePerStep``.
  public static let optimalPerStep = BaselineEntry(
    "optimal-per-step",
    help:
      "at each time step, the number with the least variance of that step's term, from the other trajectories; a backward "
      + "pass for every step",
    bias: .none, isConstant: false, rule: .trajectories { OptimalBaselinePerStep() })
}
