/// The constant that minimizes the variance of the estimate.
///
///     b* = E[⟨C, W⟩] / E[‖W‖²],  C = Σₜ c(t) ∇log π(t),  W = Σₜ w(t) ∇log π(t)
///
/// For the total return this is E[‖∇log π(τ)‖² r(τ)] / E[‖∇log π(τ)‖²], the mean return weighted by each trajectory's
/// squared score norm. As with the average, leaving trajectory i out of its own b makes the estimate unbiased and costs
/// some variance.
public struct OptimalBaseline: Baseline {
  /// True if trajectory i is left out of its own b.
  public var leavesOneOut: Bool

  /// Makes the baseline.
  public init(leavesOneOut: Bool = false) { self.leavesOneOut = leavesOneOut }

  /// One cell for all steps.
  public var layout: BaselineCells.Layout { .all }

  /// Products and norms of whole trajectories.
  public var scores: BaselineScores { .trajectories }

  /// Adds ⟨C, W⟩ and ‖W‖².
  public func add(_ part: BaselinePart, to cells: inout BaselineCells) {
    cells.addScores(of: part)
  }
}

extension BaselineEntry {
  /// ``OptimalBaseline``.
  public static let optimal = BaselineEntry(
    "optimal", help: "the constant with the least variance", bias: .unknown, isConstant: true,
    rule: .trajectories { OptimalBaseline() })

  /// ``OptimalBaseline`` that leaves each trajectory out of its own b.
  public static let optimalLeaveOneOut = BaselineEntry(
    "optimal-leave-one-out", help: "the constant with the least variance, from the other trajectories",
    bias: .none,
    isConstant: false, rule: .trajectories { OptimalBaseline(leavesOneOut: true) })
}
