/// Importance sampling per decision (Precup, Sutton, Singh 2000).
///
///     c(i,t) = Σ_{t′≥t} γ^{t′−t} (Π_{t″≤t′} ρ(i,t″)) r(i,t′)
///            = (Π_{t′≤t} ρ) Σ_{t′≥t} γ^{t′−t} (Π_{t<t″≤t′} ρ) r(i,t′)
///
/// A reward is weighted by the ratios up to its step only, since later actions cannot change it. The estimate is
/// unbiased for γ = 1, and its weights never have more variance than those of the whole trajectory. With the discount counted
/// from the beginning, γ^{t′} instead of γ^{t′−t}, it is unbiased for E[Σ γᵗ r(t)] with any γ.
public struct PerDecisionImportanceSampling: ImportanceWeighted {
  /// The discount, and the bound of the products.
  public var weighting: ImportanceWeighting
  /// True if the discount counts from the beginning of the episode.
  public var isCountedFromBeginning = false

  /// Makes the estimator; the discount counts from each action.
  public init(weighting: ImportanceWeighting) { self.weighting = weighting }

  /// The step: each step has its own future rewards.
  public var unit: EstimatorUnit { .step }

  /// Accumulates the weighted rewards from the last step to the first.
  public func coefficients(of trajectory: Trajectory, into c: inout MutableSpan<Double>) {
    trajectory.require(c.count, of: "coefficients")
    let (r, γ) = (trajectory.rewards, weighting.discount)
    weights(of: trajectory, into: &c)
    var sum = 0.0
    for t in r.indices.reversed() {
      sum = c[t] * r[t] + γ * sum
      c[t] = sum
    }
    guard isCountedFromBeginning else { return }
    var factor = 1.0
    for t in c.indices {
      c[t] *= factor
      factor *= γ
    }
  }

  /// Writes Π_{t′≤t} ρ(t′).
  public func weights(of trajectory: Trajectory, into w: inout MutableSpan<Double>) {
    trajectory.require(w.count, of: "weights")
    ImportanceWeights.products(of: trajectory.logRatios, clip: weighting.clip, into: &w)
  }
}

extension EstimatorEntry {
  /// ``PerDecisionImportanceSampling``.
  public static let perDecision = EstimatorEntry(
    "per-decision", help: "off-policy: each reward times the product of the ratios up to its step",
    isUnbiased: true, expectation: .rewardToGo, estimatesObjective: true,
    rule: .trajectories { PerDecisionImportanceSampling(weighting: ImportanceWeighting($0)) })

  /// ``PerDecisionImportanceSampling``, counted from the beginning of the episode.
  public static let perDecisionFromBeginning = EstimatorEntry(
    "per-decision-from-beginning",
    help: "off-policy: per-decision, discounted from the episode's beginning on",
    isUnbiased: true, expectation: .totalReturn, estimatesObjective: true,
    rule: .trajectories {
      var estimator = PerDecisionImportanceSampling(weighting: ImportanceWeighting($0))
      estimator.isCountedFromBeginning = true
      return estimator
    })
}
