/// The constant that makes the variance least.
///
///     b* = E[⟨C, W⟩] / E[‖W‖²],  C = Σₜ c(t) ∇log π(t),  W = Σₜ w(t) ∇log π(t)
///
/// which over the total return is E[‖∇log π(τ)‖² r(τ)] / E[‖∇log π(τ)‖²]: the mean return, weighted by how
/// much each trajectory moves the gradient. As with the average, leaving trajectory i out of its own b keeps the
/// estimate unbiased and costs some variance. ``PerComponentBaseline`` is the same for each parameter by itself.
public struct OptimalBaseline: Baseline {
  /// Whether trajectory i is left out of its own b.
  public var leavesOneOut: Bool

  /// Makes the baseline.
  public init(leavesOneOut: Bool = false) { self.leavesOneOut = leavesOneOut }

  /// True: it costs two more backward passes over the rollout.
  public var needsScores: Bool { true }

  /// ⟨C, W⟩ and ‖W‖².
  public func add(_ part: BaselinePart, to cells: inout BaselineCells) {
    cells.add(part.scoreProduct, part.scoreNorm, at: 0)
  }
}
