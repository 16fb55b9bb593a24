internal import Environments
internal import Policies
internal import Randomness

/// The estimators of whole trajectories: ĝ = 1/N Σᵢ Σₜ (c(i,t) − b w(i,t)) ∇log π, and a step for each.
///
/// A value baseline is a critic that is fitted to the returns after each step.
struct TrajectoryMethod {
  private let settings: Algorithm
  private let policy: Policy
  private let estimator: any Estimator
  private let baseline: (any Baseline)?
  private var estimate: GradientEstimate
  /// The critic of a value baseline.
  var critic: Critic?

  /// What fits V to returns.
  struct Critic {
    var optimizer: any Optimizer
    var update: MinibatchUpdate
    var evaluation: RolloutEvaluation
    var order: RandomStream
    let seed: UInt64
    var batch = Batch()
  }

  init(
    _ settings: Algorithm, _ policy: Policy, _ lanes: Lanes, _ generator: RandomGenerator,
    with collective: any Collective
  ) throws(RandomnessError) {
    self.settings = settings
    self.policy = policy
    estimator = settings.rule.makeEstimator
    baseline = settings.rule.makeBaseline
    estimate = GradientEstimate(
      laneCount: lanes.count, policy: policy, parameterCount: policy.learnedCount, with: collective)
    guard settings.rule.baseline == .value else { return }
    critic = Critic(
      optimizer: Adam(rate: settings.criticRate),
      update: MinibatchUpdate(settings, policy, with: collective),
      evaluation: RolloutEvaluation(policy, with: collective),
      order: try RandomStream(StreamKey(seed: lanes.seed, purpose: .minibatches), generator: generator),
      seed: lanes.seed)
  }

  var isOnPolicy: Bool { estimator.isOnPolicy }

  var effectiveSampleSize: Double {
    ImportanceWeights.effectiveSampleSize(logWeights: estimate.logWeights)
  }

  mutating func gradient(of rollout: Rollout, _ θ: Parameters) -> [Float] {
    estimate.isNormalized = settings.advantageNormalization != .none
    let values = values(of: rollout, θ)
    return estimate.estimate(
      rollout, estimator: estimator, baseline: baseline, values: values?.steps, policy: policy, parameters: θ)
  }

  mutating func update(
    _ rollout: Rollout, _ θ: inout Parameters, _ optimizer: inout any Optimizer,
    _ factors: MinibatchUpdate.Factors, iteration: Int
  ) throws(UpdateFailure) -> UpdateReport {
    var report = UpdateReport()
    guard rollout.completeEpisodeCount > 0 else { return report }
    estimate.entropyWeight = settings.entropy * factors.entropy
    optimizer.rate = settings.rate * factors.rate
    let values = values(of: rollout, θ)
    for _ in 0..<settings.epochs {
      var gradient = gradient(of: rollout, θ)
      let norm = ParameterUpdate.squareNorm(gradient.span).squareRoot()
      guard norm.isFinite else { throw UpdateFailure(quantity: "gradient") }
      report.gradientNorm = norm
      report.updates += 1
      if settings.gradientClip > 0, norm > settings.gradientClip {
        var span = gradient.mutableSpan
        ParameterUpdate.scale(&span, by: Float(settings.gradientClip / (norm + 1e-6)))
      }
      // The critic is fitted by itself, and no part of what this optimizer moves.
      if critic != nil { gradient.removeLast(gradient.count - policy.actorRange.upperBound) }
      optimizer.ascend(&θ, along: gradient)
    }
    if let values { try fit(rollout, values, &θ, factors, iteration, &report) }
    return report
  }

  private mutating func values(of rollout: Rollout, _ θ: Parameters) -> RolloutValues? {
    guard var critic = self.critic.take() else { return nil }
    defer { self.critic = critic }
    return critic.evaluation.values(rollout, policy, θ)
  }

  /// Fits V to the discounted return of every step whose episode was seen to its end.
  private mutating func fit(
    _ rollout: Rollout, _ values: RolloutValues, _ θ: inout Parameters, _ factors: MinibatchUpdate.Factors,
    _ iteration: Int, _ report: inout UpdateReport
  ) throws(UpdateFailure) {
    guard var critic = self.critic.take() else { return }
    defer { self.critic = critic }
    var returns = Advantages(laneCount: rollout.lanes.count)
    let γ = settings.rule.gamma
    var whole = values
    // Beyond a time limit a return goes on; the estimator of these coefficients leaves it out, and so does V.
    for l in whole.last.indices { for e in whole.last[l].indices { whole.last[l][e] = 0 } }
    returns.generalize(rollout, whole, rewards: rollout.lanes.map(\.rewards), discount: γ, decay: 1)
    critic.batch.load(
      rollout.withoutCutEpisodes(&returns, &whole), returns, whole.steps, for: policy,
      cut: settings.truncation)
    report.explain(critic.batch)
    critic.order.restart(
      at: StreamKey(seed: critic.seed, purpose: .minibatches, episode: UInt32(iteration)))
    try critic.update.fit(
      critic.batch, &θ, &critic.optimizer, rate: settings.criticRate * factors.rate, drawing: critic.order,
      into: &report)
  }
}

extension Rollout {
  /// The rollout without the steps of episodes that were cut, and the same of what goes with it.
  fileprivate func withoutCutEpisodes(_ advantages: inout Advantages, _ values: inout RolloutValues)
    -> Rollout
  {
    var kept = self
    for l in lanes.indices {
      guard let last = lanes[l].episodes.last, last.end == .cut else { continue }
      let count = last.steps.lowerBound
      kept.lanes[l].observations.removeLast(last.steps.count * observationSize)
      kept.lanes[l].actions.removeLast(last.steps.count * actionSize)
      kept.lanes[l].rewards.removeLast(last.steps.count)
      kept.lanes[l].logProbabilities.removeLast(last.steps.count)
      kept.lanes[l].episodes.removeLast()
      advantages.advantages[l].removeLast(advantages.advantages[l].count - count)
      advantages.targets[l].removeLast(advantages.targets[l].count - count)
      values.steps[l].removeLast(values.steps[l].count - count)
    }
    return kept
  }
}
