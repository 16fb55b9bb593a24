internal import AscentMathematics

/// V-trace, for steps that were sampled by an older policy.
///
///     c(t) = Â(t) = ρ(t) (r(t) + γ v(t+1) − V(t))
///     v(t) = V(t) + ρ(t) δ(t) + γ k(t) (v(t+1) − V(t+1)),  δ(t) = r(t) + γ V(t+1) − V(t)
///
/// where ρ(t) = min(ρ̄, π/π̄) and k(t) = λ min(1, π/π̄). V is fitted to v(t). See Espeholt et al. 2018, eqs. 1 and 4.
public struct VTrace: AdvantageEstimator {
  /// The discount γ in [0, 1].
  public var discount: Double
  /// The decay λ in [0, 1].
  public var decay: Double
  /// ρ̄, the bound of the ratios; ∞ for no bound.
  public var clip: Double

  /// Makes the estimator.
  public init(discount: Double, decay: Double, clip: Double = 1) {
    (self.discount, self.decay, self.clip) = (discount, decay, clip)
  }

  /// Checks the discount, the decay and the clip.
  public func check() throws(LearnerError) {
    try Limits.check("algorithm.gamma", discount, .unitInterval)
    try Limits.check("algorithm.lambda", decay, .unitInterval)
    try Limits.check(weightClip: clip)
  }

  /// False.
  public var isOnPolicy: Bool { false }
  /// True: the ratios change with each pass over a rollout.
  public var needsRatios: Bool { true }
  /// False: bounding the ratios drops no step.
  public var clips: Bool { false }

  /// Accumulates the sums from the last step to the first.
  public func estimate(
    _ trajectory: Trajectory, advantages: inout MutableSpan<Double>, targets: inout MutableSpan<Double>
  ) {
    trajectory.requireValues(advantages.count, targets.count)
    let (γ, λ, rewards, values) = (discount, decay, trajectory.rewards, trajectory.values)
    var next = trajectory.finalValue
    var (nextTarget, difference) = (next, 0.0)
    for t in rewards.indices.reversed() {
      let (v, ratio) = (values[t], trajectory.ratio(t))
      let ρ = min(clip, ratio)
      difference = ρ * (rewards[t] + γ * next - v) + γ * λ * min(1, ratio) * difference
      advantages[t] = ρ * (rewards[t] + γ * nextTarget - v)
      targets[t] = v + difference
      (next, nextTarget) = (v, v + difference)
    }
  }

  /// Writes the advantages, which already include the ratios.
  public func coefficients(
    _ advantages: Span<Double>, ratios: Span<Double>, remaining: Double, into c: inout MutableSpan<Double>
  ) -> Int {
    requireEqual(advantages.count, ratios.count, c.count)
    for k in advantages.indices { c[k] = advantages[k] }
    return 0
  }

  /// Writes min(ρ̄, ρ(t)).
  public func weights(of trajectory: Trajectory, into w: inout MutableSpan<Double>) {
    trajectory.require(w.count, of: "weights")
    for t in w.indices { w[t] = min(clip, trajectory.ratio(t)) }
  }

  /// 1.
  public func normalizer(of trajectory: Trajectory) -> Double { 1 }
}

extension EstimatorEntry {
  /// ``VTrace``.
  public static let vTrace = EstimatorEntry(
    "v-trace", help: "off-policy advantages with clipped importance ratios", isUnbiased: false,
    expectation: .unknown, estimatesObjective: false,
    rule: .weightedAdvantages {
      VTrace(discount: $0.gamma, decay: $0.lambda, clip: $0.largestWeight)
    })
}
