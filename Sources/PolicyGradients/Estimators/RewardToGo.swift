/// Causality (notes, a better estimator): an action cannot change the rewards before it.
///
///     c(i,t) = Σ_{t′≥t} γ^{t′−t} r(i,t′)        counted from the action, the usual form
///     c(i,t) = Σ_{t′≥t} γ^{t′} r(i,t′)          counted from the beginning
///
/// With γ = 1 they agree. With γ < 1 only the second is the gradient of an objective, E[Σ γᵗ r(t)], and it
/// all but ignores late actions; the first keeps them, at the price of a bias against either objective.
public struct RewardToGo: Estimator {
  /// γ in [0, 1]; 1 keeps the estimate of the undiscounted objective unbiased.
  public var discount: Double
  /// Whether the discount counts from the beginning of the episode.
  public var isCountedFromBeginning: Bool

  /// Makes the estimator.
  public init(discount: Double = 1, isCountedFromBeginning: Bool = false) {
    self.discount = discount
    self.isCountedFromBeginning = isCountedFromBeginning
  }

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
    guard isCountedFromBeginning else { return }
    var factor = 1.0
    for t in r.indices {
      c[t] *= factor
      factor *= γ
    }
  }
}
