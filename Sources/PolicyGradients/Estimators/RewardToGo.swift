/// The reward to go: an action cannot change earlier rewards, so only later rewards count.
///
///     c(i,t) = Σ_{t′≥t} γ^{t′−t} r(i,t′)        discounted from the action on, the usual form
///     c(i,t) = Σ_{t′≥t} γ^{t′} r(i,t′)          discounted from the beginning of the episode
///
/// With γ = 1 they are equal. With γ < 1 only the second is the gradient of an objective, E[Σ γᵗ r(t)], but it nearly
/// ignores late actions. The first gives late actions full weight, but is biased for both objectives.
public struct RewardToGo: OnPolicyEstimator {
  /// The discount γ in [0, 1]; with 1 the estimate of the undiscounted objective is unbiased.
  public var discount: Double
  /// True if rewards are discounted from the beginning of the episode.
  public var isCountedFromBeginning: Bool

  /// Makes the estimator.
  public init(discount: Double = 1, isCountedFromBeginning: Bool = false) {
    self.discount = discount
    self.isCountedFromBeginning = isCountedFromBeginning
  }

  /// Checks the discount.
  public func check() throws(LearnerError) { try Limits.check("algorithm.gamma", discount, .unitInterval) }

  /// The step: each step has its own future rewards.
  public var unit: EstimatorUnit { .step }

  /// Accumulates the rewards from the last step to the first.
  public func coefficients(of trajectory: Trajectory, into c: inout MutableSpan<Double>) {
    trajectory.require(c.count, of: "coefficients")
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
  /// ``RewardToGo``, discounted from the action on.
  public static let rewardToGo = EstimatorEntry(
    "reward-to-go", help: "each step is weighted by its own and later rewards, discounted from the step on",
    isUnbiased: true, expectation: .rewardToGo, estimatesObjective: false,
    rule: .trajectories { RewardToGo(discount: $0.gamma) })

  /// ``RewardToGo``, discounted from the beginning of the episode.
  public static let rewardToGoFromBeginning = EstimatorEntry(
    "reward-to-go-from-beginning",
    help: "each step is weighted by its own and later rewards, discounted from the episode's beginning",
    isUnbiased: true, expectation: .totalReturn, estimatesObjective: false,
    rule: .trajectories { RewardToGo(discount: $0.gamma, isCountedFromBeginning: true) })
}
