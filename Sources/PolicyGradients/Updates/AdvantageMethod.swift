internal import Environments
internal import Policies
internal import Randomness

/// Actor and critic: advantages on rollouts of a fixed length, then minibatches or a natural step.
struct AdvantageMethod {
  private let settings: Algorithm
  private let policy: Policy
  private var evaluation: RolloutEvaluation
  private var advantages: Advantages
  private var batch = Batch()
  private var minibatches: MinibatchUpdate
  private var natural: NaturalUpdate?
  private let order: RandomStream
  private let seed: UInt64
  /// The optimizer of a critic that is fitted by itself.
  var criticOptimizer: (any Optimizer)?
  /// What rewards are divided by.
  var scale: ReturnScale?

  init(
    _ settings: Algorithm, _ policy: Policy, _ lanes: Lanes, _ generator: RandomGenerator,
    with collective: any Collective
  ) throws(RandomnessError) {
    self.settings = settings
    self.policy = policy
    evaluation = RolloutEvaluation(policy, with: collective)
    advantages = Advantages(laneCount: lanes.count)
    minibatches = MinibatchUpdate(settings, policy, with: collective)
    if settings.update != .gradient { natural = NaturalUpdate(settings, policy, with: collective) }
    if settings.criticEpochs > 0 { criticOptimizer = Adam(rate: settings.criticRate) }
    if settings.normalizesReturns {
      scale = ReturnScale(discount: settings.rule.gamma, laneCount: lanes.count)
    }
    seed = lanes.seed
    order = try RandomStream(StreamKey(seed: seed, purpose: .minibatches), generator: generator)
  }

  mutating func update(
    _ rollout: Rollout, _ θ: inout Parameters, _ optimizer: inout any Optimizer,
    _ factors: MinibatchUpdate.Factors, iteration: Int, profile: Profile? = nil
  ) throws(UpdateFailure) -> UpdateReport {
    var report = UpdateReport()
    order.restart(at: StreamKey(seed: seed, purpose: .minibatches, episode: UInt32(iteration)))
    let rewards = rewards(of: rollout)
    // A step of an older policy has another advantage after each pass.
    let isRecomputed = settings.rule.estimator == .vTrace || settings.recomputesAdvantages
    let rounds = isRecomputed ? settings.epochs : 1
    for round in 0..<rounds {
      profile?.enter(.advantages)
      weigh(rollout, rewards, θ)
      profile?.enter(.updating)
      if round == 0 { report.explain(batch) }
      if settings.advantageNormalization == .batch { batch.normalizeAdvantages() }
      if natural != nil {
        try natural?.ascend(batch, &θ, factors, into: &report)
      } else {
        let isFar = try minibatches.ascend(
          batch, &θ, &optimizer, factors, epochs: settings.epochs / rounds, drawing: order, into: &report)
        if isFar { break }
      }
    }
    if var critic = criticOptimizer.take() {
      defer { criticOptimizer = critic }
      try minibatches.fit(
        batch, &θ, &critic, rate: settings.criticRate * factors.rate, drawing: order, into: &report)
    }
    return report
  }

  /// Advantages and targets by the values that θ gives.
  private mutating func weigh(_ rollout: Rollout, _ rewards: [[Double]], _ θ: Parameters) {
    let values = evaluation.values(rollout, policy, θ)
    let rule = settings.rule
    if rule.estimator == .vTrace {
      advantages.trace(
        rollout, values, logRatios: evaluation.logRatios(rollout, policy, θ), rewards: rewards,
        discount: rule.gamma, decay: rule.lambda, clip: rule.weightClip > 0 ? rule.weightClip : .infinity)
    } else {
      advantages.generalize(rollout, values, rewards: rewards, discount: rule.gamma, decay: rule.lambda)
    }
    batch.load(rollout, advantages, values.steps, for: policy, cut: settings.truncation)
  }

  /// The rewards as they are learned from, [lane][step]: held within their clip, then scaled.
  private mutating func rewards(of rollout: Rollout) -> [[Double]] {
    let bound = settings.rewardClip > 0 ? settings.rewardClip : .infinity
    let held = rollout.lanes.map { lane in lane.rewards.map { min(max($0, -bound), bound) } }
    guard var scale else { return held }
    defer { self.scale = scale }
    scale.absorb(held, rollout)
    return held.map { lane in lane.map { scale.scaled($0) } }
  }
}
