internal import Mathematics

/// The first-order approximation of importance sampling (notes, off-policy learning).
///
///     c(i,t) = ρ(i,t) Σ_{t′≥t} γ^{t′−t} r(i,t′)
///
/// The ratio of the states' distributions and the ratios after t are taken for 1: biased by as much as the
/// policies differ, with a variance that does not grow with the length. PPO's surrogate starts here.
public struct FirstOrderImportanceSampling: Estimator {
  /// γ in [0, 1].
  public var discount: Double
  /// The largest ratio that is used, ∞ for all.
  public var clip: Double

  /// Makes the estimator.
  public init(discount: Double = 1, clip: Double = .infinity) {
    self.discount = discount
    self.clip = clip
  }

  /// The step: each has its own future.
  public var unit: EstimatorUnit { .step }

  /// False.
  public var isOnPolicy: Bool { false }

  /// Multiplies each reward to go by its own ratio.
  public func coefficients(of trajectory: Trajectory, into c: inout MutableSpan<Double>) {
    RewardToGo(discount: discount).coefficients(of: trajectory, into: &c)
    for t in c.indices { c[t] *= ratio(t, trajectory) }
  }

  /// Writes ρ(t).
  public func weights(of trajectory: Trajectory, into w: inout MutableSpan<Double>) {
    for t in w.indices { w[t] = ratio(t, trajectory) }
  }

  private func ratio(_ t: Int, _ trajectory: Trajectory) -> Double {
    t < trajectory.logRatios.count ? min(exponential(trajectory.logRatios[t]), clip) : 1
  }
}
