/// Generalized advantage estimation, with λ-weighted sums of the critic's residuals.
///
///     c(t) = Â(t) = δ(t) + γ λ Â(t+1)  with the residuals  δ(t) = r(t) + γ V(t+1) − V(t)
///
/// See Schulman et al. 2016, eq. 16. With λ = 1, Â is the n-step return minus V; with λ = 0 it is the residual alone.
/// The target of V is Â(t) + V(t).
public struct GeneralizedAdvantage: AdvantageEstimator, OnPolicyEstimator {
  /// The discount γ in [0, 1].
  public var discount: Double
  /// The decay λ in [0, 1].
  public var decay: Double

  /// Makes the estimator.
  public init(discount: Double, decay: Double) { (self.discount, self.decay) = (discount, decay) }

  /// Checks the discount and the decay.
  public func check() throws(LearnerError) {
    try Limits.check("algorithm.gamma", discount, .unitInterval)
    try Limits.check("algorithm.lambda", decay, .unitInterval)
  }

  /// False.
  public var needsRatios: Bool { false }
  /// False.
  public var clips: Bool { false }

  /// Sums the residuals from the end backwards.
  public func estimate(
    _ trajectory: Trajectory, advantages: inout MutableSpan<Double>, targets: inout MutableSpan<Double>
  ) {
    trajectory.requireValues(advantages.count, targets.count)
    let (γ, λ, rewards, values) = (discount, decay, trajectory.rewards, trajectory.values)
    var (next, sum) = (trajectory.finalValue, 0.0)
    for t in rewards.indices.reversed() {
      let v = values[t]
      sum = rewards[t] + γ * next - v + γ * λ * sum
      advantages[t] = sum
      targets[t] = sum + v
      next = v
    }
  }

  /// Writes the advantages.
  public func coefficients(
    _ advantages: Span<Double>, ratios: Span<Double>, remaining: Double, into c: inout MutableSpan<Double>
  ) -> Int {
    requireEqual(advantages.count, ratios.count, c.count)
    for k in advantages.indices { c[k] = advantages[k] }
    return 0
  }
}

extension EstimatorEntry {
  /// ``GeneralizedAdvantage``.
  public static let generalizedAdvantage = EstimatorEntry(
    "advantage", help: "generalized advantages: sums of the critic's residuals, decayed by γλ",
    isUnbiased: false,
    expectation: .unknown, estimatesObjective: false,
    rule: .advantages { GeneralizedAdvantage(discount: $0.gamma, decay: $0.lambda) })
}
