/// The constant that makes the variance least.
///
///     b* = E[⟨C, W⟩] / E[‖W‖²],  C = Σₜ c(t) ∇log π(t),  W = Σₜ w(t) ∇log π(t)
///
/// which over the total return is E[‖∇log π(τ)‖² r(τ)] / E[‖∇log π(τ)‖²]: the mean return, weighted by how
/// much each trajectory moves the gradient. Trajectory i is left out of its own b, so that the estimate stays
/// unbiased. `PerComponentBaseline` is the same for each parameter by itself.
public struct OptimalBaseline: Baseline {
  /// Makes the baseline.
  public init() {}

  /// True.
  public var leavesOneOut: Bool { true }

  /// True: it costs two more backward passes over the rollout.
  public var needsScores: Bool { true }

  /// ⟨C, W⟩ and ‖W‖².
  public func add(_ part: BaselinePart, to cells: inout BaselineCells) {
    cells.add(part.scoreProduct, part.scoreNorm, at: 0)
  }
}
