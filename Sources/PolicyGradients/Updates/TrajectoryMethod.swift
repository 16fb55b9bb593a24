internal import AscentEnvironments
internal import AscentPolicies
internal import AscentRandomness

/// Learning from whole trajectories: ĝ = 1/N Σᵢ Σₜ (c(i,t) − b w(i,t)) ∇log π, with one optimizer step for each ĝ.
///
/// A value baseline is a critic that is fitted to the returns after each update.
struct TrajectoryMethod: LearningMethod {
  private let learning: TrajectoryLearning
  private let stepsPerLane: Int
  private let rate: Double
  private let policy: Policy
  private var estimate: GradientEstimate
  private var critic: ValueBaseline?
  /// The deviation of returns, if the floor of the coefficients is a part of it.
  private var scale: ReturnScale?

  init(
    _ learning: TrajectoryLearning, _ algorithm: Algorithm, _ policy: Policy, _ lanes: Lanes,
    _ order: RandomStream, with collective: any Collective
  ) {
    self.learning = learning
    self.policy = policy
    (stepsPerLane, rate) = (algorithm.stepsPerLane, algorithm.optimizer.rate)
    estimate = GradientEstimate(laneCount: lanes.count, policy: policy, with: collective)
    estimate.isNormalized = learning.normalizesCoefficients
    if learning.normalizesCoefficients, learning.advantageFloor > 0 {
      scale = ReturnScale(discount: learning.discount, laneCount: lanes.count, measuresJumps: true)
    }
    if case .value(let fit, let discount) = learning.baseline {
      critic = ValueBaseline(fit, discount, policy, order, with: collective)
    }
  }

  /// Whole episodes: a lane begins no new episode after `stepsPerLane` steps.
  func amount(_ iteration: Int) -> Sampler.Amount { .stepsPerLane(stepsPerLane) }

  func effectiveSampleSize(of count: Int) -> Double {
    learning.estimator.isOnPolicy || count == 0
      ? Double(count) : ImportanceWeights.effectiveSampleSize(logWeights: estimate.logWeights)
  }

  /// Parameter-wise baselines are computed by all processes from all trajectories.
  var passes: Int? { nil }

  var state: MethodState {
    get { MethodState(critic: critic?.update.optimizer, scale: scale) }
    set {
      if let optimizer = newValue.critic { critic?.update.optimizer = optimizer }
      scale = newValue.scale
    }
  }

  mutating func gradient(of rollout: Rollout, _ θ: Parameters) throws(LearnerError) -> [Float] {
    guard !learning.estimator.isOnPolicy || rollout.version == θ.version else {
      throw LearnerError.offPolicy(sampled: rollout.version, current: θ.version)
    }
    return ĝ(of: rollout, θ)
  }

  private mutating func ĝ(of rollout: Rollout, _ θ: Parameters) -> [Float] {
    let subtrahend: GradientEstimate.Subtrahend
    switch learning.baseline {
    case .none: subtrahend = .nothing
    case .trajectories(let baseline): subtrahend = .baseline(baseline)
    case .value: subtrahend = .values(valuesOfCritic(rollout, θ).steps)
    }
    return estimate.estimate(
      rollout, estimator: learning.estimator, subtracting: subtrahend, parameters: θ)
  }

  mutating func update(
    _ learned: inout Learned, from rollout: inout Rollout, _ moment: Moment
  ) throws(UpdateFailure) -> UpdateReport {
    var report = UpdateReport()
    scale?.absorb(rollout.lanes.map(\.rewards), rollout)
    guard rollout.completeEpisodeCount > 0 else { return report }
    estimate.leastDivisor = scale?.leastDivisor(learning.advantageFloor, ofScaled: false) ?? 0
    estimate.entropyWeight = learning.entropy.weight(moment.remaining)
    learned.optimizer.rate = rate * moment.rate
    let values = critic == nil ? nil : valuesOfCritic(rollout, learned.parameters)
    for _ in 0..<learning.epochs {
      estimate.measuresNoise = report.updates == 0
      var gradient = ĝ(of: rollout, learned.parameters)
      if report.updates == 0 { report.signalToNoise = estimate.signalToNoise }
      let norm = ParameterUpdate.squareNorm(gradient.span).squareRoot()
      guard norm.isFinite else { throw UpdateFailure(quantity: "gradient") }
      report.gradientNorm = norm
      report.updates += 1
      if learning.gradientClip > 0, norm > learning.gradientClip {
        var span = gradient.mutableSpan
        ParameterUpdate.scale(&span, by: Float(learning.gradientClip / (norm + 1e-6)))
      }
      // The actor's optimizer must not change the critic's parameters.
      if critic != nil { gradient.removeLast(gradient.count - policy.actorRange.upperBound) }
      learned.optimizer.ascend(&learned.parameters, along: gradient)
    }
    if let values, var critic = critic.take() {
      defer { self.critic = critic }
      try critic.fit(&learned.parameters, to: &rollout, values, moment, into: &report)
    }
    return report
  }

  private mutating func valuesOfCritic(_ rollout: Rollout, _ θ: Parameters) -> RolloutEvaluation.Values {
    guard var critic = critic.take() else { return RolloutEvaluation.Values(steps: [], last: []) }
    defer { self.critic = critic }
    return critic.values(rollout, θ)
  }
}

/// V as a baseline of whole trajectories, fitted to their discounted returns.
struct ValueBaseline {
  var update: CriticUpdate
  private var evaluation: RolloutEvaluation
  private var batch = Batch()
  private let policy: Policy
  private let order: RandomStream
  private let estimator: GeneralizedAdvantage

  init(
    _ fit: CriticFit, _ discount: Double, _ policy: Policy, _ order: RandomStream,
    with collective: any Collective
  ) {
    update = CriticUpdate(fit, policy, with: collective)
    evaluation = RolloutEvaluation(policy, with: collective)
    (self.policy, self.order) = (policy, order)
    estimator = GeneralizedAdvantage(discount: discount, decay: 1)
  }

  /// V of each step, and of each episode's last observation.
  mutating func values(_ rollout: Rollout, _ θ: Parameters) -> RolloutEvaluation.Values {
    evaluation.values(rollout, policy, θ)
  }

  /// Fits V to the discounted return of every step of a complete episode.
  ///
  /// - Parameters:
  ///   - θ: the parameters.
  ///   - rollout: the episodes.
  ///   - values: V before the update.
  ///   - moment: the time of the update in the run.
  ///   - report: receives the error.
  /// - Throws: ``UpdateFailure`` if a number is not finite.
  mutating func fit(
    _ θ: inout Parameters, to rollout: inout Rollout, _ values: RolloutEvaluation.Values, _ moment: Moment,
    into report: inout UpdateReport
  ) throws(UpdateFailure) {
    // The estimator of the coefficients ignores returns after a truncation, so the targets of V ignore them too.
    var whole = values
    for l in whole.last.indices { for e in whole.last[l].indices { whole.last[l][e] = 0 } }
    var returns = Advantages(laneCount: rollout.lanes.count)
    returns.estimate(
      rollout, by: estimator,
      from: Advantages.Ingredients(rewards: rollout.lanes.map(\.rewards), values: whole))
    batch.load(rollout, returns, whole.steps, for: policy, cut: Truncation(), isComplete: true)
    report.explain(batch.steps)
    order.restart(
      at: StreamKey(seed: order.key.seed, purpose: .minibatches, episode: UInt32(moment.iteration)))
    try update.fit(
      &θ, to: batch, in: &rollout, schedule: moment.rate, drawing: order, into: &report)
  }
}
