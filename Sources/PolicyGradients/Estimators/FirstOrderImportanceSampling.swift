internal import AscentMathematics

/// The first-order approximation of importance sampling.
///
///     c(i,t) = ρ(i,t) Σ_{t′≥t} γ^{t′−t} r(i,t′)
///
/// The ratio of the state distributions and the ratios after t are replaced by 1. The bias grows with the difference of
/// the policies; the variance does not grow with the length. ``RatioSurrogate`` does the same with advantages.
public struct FirstOrderImportanceSampling: ImportanceWeighted {
  /// The discount, and the bound of the ratios.
  public var weighting: ImportanceWeighting

  /// Makes the estimator.
  public init(weighting: ImportanceWeighting) { self.weighting = weighting }

  /// The step: each step has its own future rewards.
  public var unit: EstimatorUnit { .step }

  /// Multiplies each reward to go by the ratio of its step.
  public func coefficients(of trajectory: Trajectory, into c: inout MutableSpan<Double>) {
    trajectory.require(c.count, of: "coefficients")
    RewardToGo(discount: weighting.discount).coefficients(of: trajectory, into: &c)
    for t in c.indices { c[t] *= ratio(t, trajectory) }
  }

  /// Writes ρ(t).
  public func weights(of trajectory: Trajectory, into w: inout MutableSpan<Double>) {
    trajectory.require(w.count, of: "weights")
    for t in w.indices { w[t] = ratio(t, trajectory) }
  }

  private func ratio(_ t: Int, _ trajectory: Trajectory) -> Double {
    t < trajectory.logRatios.count ? min(trajectory.ratio(t), weighting.clip) : 1
  }
}

extension EstimatorEntry {
  /// ``FirstOrderImportanceSampling``.
  public static let firstOrder = EstimatorEntry(
    "first-order", help: "off-policy: each reward to go times the ratio of its own step",
    isUnbiased: false, expectation: .rewardToGo, estimatesObjective: false,
    rule: .trajectories { FirstOrderImportanceSampling(weighting: ImportanceWeighting($0)) })
}
