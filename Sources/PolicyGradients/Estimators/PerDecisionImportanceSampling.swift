/// Importance sampling per decision (Precup, Sutton, Singh 2000; notes, off-policy learning).
///
///     c(i,t) = Σ_{t′≥t} γ^{t′−t} (Π_{t″≤t′} ρ(i,t″)) r(i,t′)
///            = (Π_{t′≤t} ρ) Σ_{t′≥t} γ^{t′−t} (Π_{t<t″≤t′} ρ) r(i,t′)
///
/// A reward is weighted by the decisions before it only: what came later cannot have changed it. Unbiased
/// for γ = 1, and never noisier in its weights than the whole trajectory's.
public struct PerDecisionImportanceSampling: Estimator {
  /// γ in [0, 1].
  public var discount: Double
  /// The largest product that is used, ∞ for all.
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

  /// Sums the weighted rewards from the end backwards.
  public func coefficients(of trajectory: Trajectory, into c: inout MutableSpan<Double>) {
    let (r, γ) = (trajectory.rewards, discount)
    weights(of: trajectory, into: &c)
    var sum = 0.0
    for t in r.indices.reversed() {
      sum = c[t] * r[t] + γ * sum
      c[t] = sum
    }
  }

  /// Writes Π_{t′≤t} ρ(t′).
  public func weights(of trajectory: Trajectory, into w: inout MutableSpan<Double>) {
    ImportanceWeights.products(of: trajectory.logRatios, clip: clip, into: &w)
  }
}
