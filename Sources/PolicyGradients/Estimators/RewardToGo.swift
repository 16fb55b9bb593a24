/// The reward to go: an action cannot change the rewards before it, so only later rewards count.
///
///     c(i,t) = Σ_{t′≥t} γ^{t′−t} r(i,t′)        counted from the action, the usual form
///     c(i,t) = Σ_{t′≥t} γ^{t′} r(i,t′)          counted from the beginning
///
/// With γ = 1 they agree. With γ < 1 only the second is the gradient of an objective, E[Σ γᵗ r(t)], and it
/// all but ignores late actions; the first keeps them, at the price of a bias against either objective.
public struct RewardToGo: OnPolicyEstimator {
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

extension EstimatorEntry {
  /// ``RewardToGo``, counted from the action.
  public static let rewardToGo = EstimatorEntry(
    "reward-to-go", help: "each step is weighted by the rewards that follow it, discounted from the step on",
    isUnbiased: true, expectation: .rewardToGo, estimatesObjective: false,
    rule: .trajectories { RewardToGo(discount: $0.gamma) })

  /// ``RewardToGo``, counted from the beginning of the episode.
  public static let rewardToGoFromBeginning = EstimatorEntry(
    "reward-to-go-from-beginning",
    help: "each step is weighted by the rewards that follow it, discounted from the episode's beginning on",
    isUnbiased: true, expectation: .totalReturn, estimatesObjective: false,
    rule: .trajectories { RewardToGo(discount: $0.gamma, isCountedFromBeginning: true) })
}
