internal import AscentEnvironments
internal import AscentPolicies
internal import AscentRandomness

/// Learning from advantages on rollouts of a fixed length: minibatches or a natural step of the actor, and a critic.
struct AdvantageMethod: LearningMethod {
  private let learning: AdvantageLearning
  private let stepsPerLane: Int
  private let rate: Double
  private let name: String
  private let policy: Policy
  private let order: RandomStream
  private var evaluation: RolloutEvaluation
  private var advantages: Advantages
  private var batch = Batch()
  private var actor: any ActorUpdate
  private var critic: CriticUpdate?
  /// The deviation of returns, if rewards are divided by it or the floor of advantages is a part of it.
  private var scale: ReturnScale?
  private let floor: Double
  let passes: Int?

  init(
    _ learning: AdvantageLearning, _ algorithm: Algorithm, _ policy: Policy, _ lanes: Lanes,
    _ order: RandomStream, with collective: any Collective
  ) {
    self.learning = learning
    self.policy = policy
    (stepsPerLane, rate, name) = (algorithm.stepsPerLane, algorithm.optimizer.rate, algorithm.name)
    self.order = order
    evaluation = RolloutEvaluation(policy, with: collective)
    advantages = Advantages(laneCount: lanes.count)
    switch learning.update {
    case .joint(let settings, let value):
      actor = MinibatchUpdate(settings, joint: value, policy, with: collective)
    case .actor(let settings, let fit):
      actor = MinibatchUpdate(settings, joint: nil, policy, with: collective)
      critic = CriticUpdate(fit, policy, with: collective)
    case .natural(let settings, let step, let fit):
      actor = NaturalUpdate(settings, step, policy, with: collective)
      critic = CriticUpdate(fit, policy, with: collective)
    }
    if let actor = actor.passes, let critic = critic.map(\.passes) ?? 0 {
      passes = actor + critic
    } else {
      passes = nil
    }
    floor = learning.update.advantageFloor
    if learning.rewards.normalizesReturns || floor > 0 {
      scale = ReturnScale(
        discount: learning.discount, laneCount: lanes.count, measuresJumps: floor > 0)
    }
  }

  /// A fixed number of steps in each lane.
  func amount(_ iteration: Int) -> Sampler.Amount { .exactly(stepsPerLane, rollout: iteration) }

  func effectiveSampleSize(of count: Int) -> Double { Double(count) }

  var state: MethodState {
    get { MethodState(critic: critic?.optimizer, scale: scale) }
    set {
      if let optimizer = newValue.critic { critic?.optimizer = optimizer }
      scale = newValue.scale
    }
  }

  mutating func gradient(of rollout: Rollout, _ θ: Parameters) throws(LearnerError) -> [Float] {
    throw LearnerError.contradiction(
      "\(name) computes several gradients from a rollout, so it has no single gradient")
  }

  mutating func update(
    _ learned: inout Learned, from rollout: inout Rollout, _ moment: Moment
  ) throws(UpdateFailure) -> UpdateReport {
    var report = UpdateReport()
    order.restart(
      at: StreamKey(seed: order.key.seed, purpose: .minibatches, episode: UInt32(moment.iteration)))
    let rewards = scaledRewards(of: rollout)
    try moveActor(&learned, &rollout, rewards, moment, into: &report)
    if var critic = critic.take() {
      defer { self.critic = critic }
      try critic.fit(
        &learned.parameters, to: batch, in: &rollout, schedule: moment.rate, drawing: order, into: &report)
    }
    return report
  }

  private mutating func moveActor(
    _ learned: inout Learned, _ rollout: inout Rollout, _ rewards: [[Double]], _ moment: Moment,
    into report: inout UpdateReport
  ) throws(UpdateFailure) {
    let rounds = actor.rounds(with: learning.estimator)
    let least =
      floor > 0 ? scale?.leastDivisor(floor, ofScaled: learning.rewards.normalizesReturns) ?? 0 : 0
    for round in 0..<rounds {
      estimate(rollout, rewards, learned.parameters, moment, isFirst: round == 0)
      if round == 0 { report.explain(batch.steps) }
      if actor.normalizesBatch { batch.steps.normalizeAdvantages(least: least) }
      let material = UpdateMaterial(
        batch: batch, estimator: learning.estimator, leastDivisor: least)
      let plan = UpdatePlan(rounds: rounds, rate: rate, order: order, moment: moment)
      if try actor.ascend(&learned, on: material, of: &rollout, plan, into: &report) { break }
    }
  }

  /// Estimates advantages and targets with the values of the critic at θ.
  private mutating func estimate(
    _ rollout: Rollout, _ rewards: [[Double]], _ θ: Parameters, _ moment: Moment, isFirst: Bool
  ) {
    moment.profile?.enter(.advantages)
    defer { moment.profile?.enter(.updating) }
    let values = evaluation.values(rollout, policy, θ, actedWithThese: isFirst)
    let ratios = learning.estimator.needsRatios ? evaluation.logRatios(rollout, policy, θ) : []
    advantages.estimate(
      rollout, by: learning.estimator,
      from: Advantages.Ingredients(rewards: rewards, values: values, logRatios: ratios))
    batch.load(rollout, advantages, values.steps, for: policy, cut: learning.truncation)
  }

  /// The rewards that advantages are estimated from, [lane][step]: clamped, then scaled.
  private mutating func scaledRewards(of rollout: Rollout) -> [[Double]] {
    let bound = learning.rewards.clip > 0 ? learning.rewards.clip : .infinity
    let clamped = rollout.lanes.map { lane in lane.rewards.map { min(max($0, -bound), bound) } }
    guard var scale else { return clamped }
    defer { self.scale = scale }
    scale.absorb(clamped, rollout)
    guard learning.rewards.normalizesReturns else { return clamped }
    return clamped.map { lane in lane.map { scale.scaled($0) } }
  }
}
