/// Causality (notes, a better estimator): an action cannot change the rewards before it.
///
///     c(i,t) = Σ_{t′≥t} γ^{t′−t} r(i,t′)
public struct RewardToGo: Estimator {
  /// γ in [0, 1]; 1 keeps the estimate of the undiscounted objective unbiased.
  public var discount: Double

  /// Makes the estimator.
  public init(discount: Double = 1) { self.discount = discount }

  /// The step: each has its own future.
  public var unit: EstimatorUnit { .step }

  /// Sums the rewards from the end backwards.
  public func coefficients(of trajectory: Trajectory, into c: inout MutableSpan<Double>) {
    let (r, γ) = (trajectory.rewards, discount)
    var sum = 0.0
    for t in r.indices.reversed() {
      sum = r[t] + γ * sum
      c[t] = sum
    }
  }
}
