public import Environments
public import Policies
public import Randomness

/// Gradient ascent on J(θ): sample, evaluate, estimate, ascend, discard.
///
/// A learner belongs to its lanes, and so cannot be copied: two learners over the same lanes would disturb each other.
public struct Learner: ~Copyable {
  /// The policy.
  public let policy: Policy
  /// How many iterations were made.
  public private(set) var iteration = 0
  /// How many environment steps were made.
  public private(set) var steps = 0
  /// What the last iteration sampled.
  public private(set) var rollout: Rollout
  /// Where the time goes, if somebody asks.
  public var profile: Profile? { didSet { sampler.profile = profile } }

  private let rateSchedule: Schedule
  private let collective: any Collective
  private var sampler: Sampler
  private var method: any LearningMethod
  private var learned: Learned
  private var standardizer: Standardizer?

  /// Makes a learner at the beginning of a run; the parameters come from the stream (seed, parameters).
  ///
  /// Observations are standardized if the policy's architecture says so.
  ///
  /// - Throws: ``LearnerError`` when the algorithm needs a critic and the policy has none, when algorithm and policy
  ///   contradict each other, or when the generator cannot be opened.
  public init(
    _ algorithm: Algorithm, policy: Policy, lanes: Lanes, generator: RandomGenerator = .philox,
    with collective: any Collective = Alone()
  ) throws(LearnerError) {
    try algorithm.check(policy)
    guard lanes.hosted == collective.share(of: lanes, rank: collective.rank) else {
      throw LearnerError.contradiction(
        "the lanes \(lanes.hosted) are not the share of process \(collective.rank)")
    }
    var drawing = Sampler.Drawing()
    (drawing.generator, drawing.explorationSteps) = (generator, algorithm.explorationSteps)
    let streams: (parameters: RandomStream, order: RandomStream)
    let sampler: Sampler
    do throws(RandomnessError) {
      streams = (
        try RandomStream(StreamKey(seed: lanes.seed, purpose: .parameters), generator: generator),
        try RandomStream(StreamKey(seed: lanes.seed, purpose: .minibatches), generator: generator)
      )
      sampler = try Sampler(
        lanes, policy: policy, drawing: drawing, truncation: algorithm.truncation, with: collective)
    } catch {
      throw LearnerError.randomness(error)
    }
    (self.policy, self.collective, self.sampler) = (policy, collective, sampler)
    rateSchedule = algorithm.rateSchedule
    learned = Learned(
      parameters: policy.initialParameters(from: streams.parameters), optimizer: algorithm.optimizer)
    method = algorithm.makeMethod(policy, lanes, streams.order, with: collective)
    rollout = Rollout(
      laneCount: lanes.count, observationSize: lanes.observationSize, actionSize: lanes.actionSize)
    if policy.architecture.standardizes { standardizer = Standardizer(policy) }
  }

  /// Makes a learner of settings, such as those of a named algorithm: `Learner(.ppo, …)`.
  ///
  /// - Throws: ``LearnerError``, also for settings that contradict each other.
  public init(
    _ settings: AlgorithmSettings, policy: Policy, lanes: Lanes, generator: RandomGenerator = .philox,
    with collective: any Collective = Alone()
  ) throws(LearnerError) {
    let algorithm = try settings.algorithm()
    try self.init(
      algorithm, policy: policy, lanes: lanes, generator: generator, with: collective)
  }

  /// θ, with its version.
  public var parameters: Parameters { learned.parameters }

  /// Turns gradients into steps.
  public var optimizer: any Optimizer { learned.optimizer }

  /// Begins with other parameters than those that the seed draws.
  public mutating func begin(with parameters: Parameters) { learned.parameters = parameters }

  // MARK: Iterations

  /// One iteration: at most `budget` environment steps, and the algorithm's updates.
  ///
  /// Schedules end when the budget does.
  ///
  /// - Returns: what it found, or nil when it was interrupted; the next one begins where this one did.
  /// - Throws: ``LearnerError`` when an environment fails, a number is not finite or another process is gone; the
  ///   parameters are then those of the last good iteration.
  public mutating func iterate(
    budget: Int, isInterrupted: () -> Bool = { false }
  ) throws(LearnerError) -> Report? {
    if sampler.isTorn { try replay(sampler.open) }
    let border = (iteration: iteration, steps: steps, lanes: sampler.border)
    guard try sample(budget, isInterrupted) else { return nil }
    profile?.enter(.updating)
    defer { profile?.enter(.logging) }
    let remaining = Double(budget) / Double(max(1, steps + budget))
    iteration += 1
    steps += rollout.stepCount
    // Where the update fails, everything that it may have moved is restored. Saving the whole method would copy every buffer.
    let saved = (learned: learned, method: method.state, standardizer: standardizer)
    do throws(UpdateFailure) {
      return report(try update(remaining))
    } catch {
      let failed = iteration
      (learned, method.state, standardizer) = (saved.learned, saved.method, saved.standardizer)
      (iteration, steps) = (border.iteration, border.steps)
      sampler.goBack(to: border.lanes)
      if let failure = collective.failure { throw LearnerError.collective(failure) }
      throw LearnerError.notFinite(quantity: error.quantity, iteration: failed)
    }
  }

  private mutating func sample(
    _ budget: Int, _ isInterrupted: () -> Bool
  ) throws(LearnerError) -> Bool {
    let isWhole: Bool
    do {
      isWhole = try sampler.fill(
        &rollout, acting: policy, learned.parameters, SamplingBudget(method.amount(iteration), steps: budget),
        isInterrupted: isInterrupted)
    } catch {
      throw LearnerError.environment(error)
    }
    if let failure = collective.failure { throw LearnerError.collective(failure) }
    return isWhole
  }

  private mutating func update(_ remaining: Double) throws(UpdateFailure) -> UpdateReport {
    let moment = Moment(
      iteration: iteration, remaining: remaining, rate: rateSchedule.factor(remaining), profile: profile)
    let report = try method.update(&learned, from: rollout, moment)
    standardizer?.absorb(rollout, into: &learned.parameters)
    guard collective.failure == nil, learned.parameters.values.allSatisfy(\.isFinite) else {
      throw UpdateFailure(quantity: "parameter vector")
    }
    learned.parameters.version += 1
    return report
  }

  private func report(_ update: UpdateReport) -> Report {
    var report = Report(rollout, iteration: iteration, update)
    report.effectiveSampleSize = method.effectiveSampleSize(of: report.objective.count)
    return report
  }

  /// ĝ from a rollout: of the current parameters, unless the estimator is an off-policy one.
  ///
  /// - Throws: ``LearnerError/offPolicy(sampled:current:)`` for a rollout of another version,
  ///   ``LearnerError/contradiction(_:)`` for an algorithm on advantages, which has no one gradient.
  public mutating func gradient(of rollout: Rollout) throws(LearnerError) -> [Float] {
    try method.gradient(of: rollout, learned.parameters)
  }

  /// The actions that a lane's environment has received since its episode began, [step × value], up to the one that led to
  /// a fault.
  ///
  /// - Parameter lane: the lane in which a step failed.
  /// - Returns: the actions.
  public func actionsUpToFault(lane: Int) -> [Float] {
    sampler.actionsUpToFault(lane, rollout.lanes[lane], acting: policy)
  }
}

// MARK: Checkpoints

extension Learner {
  private static let criticPrefix = "critic."

  /// The state at the border of the last whole iteration.
  public var state: LearnerState {
    var (moments, counts) = (learned.optimizer.moments, [learned.optimizer.stepCount, 0])
    let own = method.state
    if let critic = own.critic {
      moments += critic.moments.map { (Self.criticPrefix + $0.name, $0.values) }
      counts[1] = critic.stepCount
    }
    var records: [(name: String, values: [Double])] = []
    if let scale = own.scale { records.append(("returns", scale.record)) }
    if let standardizer { records.append(("observations", standardizer.record)) }
    return LearnerState(
      parameters: learned.parameters, moments: moments, optimizerSteps: counts, iteration: iteration,
      steps: steps, records: records, open: sampler.open, memorySize: policy.stateSize)
  }

  /// Puts the learner where a state was taken, and the lanes' environments by making their open episodes again.
  ///
  /// - Throws: ``LearnerError/environment(_:)`` when an environment fails, ``LearnerError/notReplayed(lane:)``
  ///   when it ends elsewhere than before.
  public mutating func restore(_ state: LearnerState) throws(LearnerError) {
    learned.parameters = state.parameters
    learned.optimizer.moments = state.moments.filter { !$0.name.hasPrefix(Self.criticPrefix) }
    learned.optimizer.stepCount = state.optimizerSteps.first ?? 0
    (iteration, steps) = (state.iteration, state.steps)
    var own = method.state
    own.critic?.moments = state.moments.filter { $0.name.hasPrefix(Self.criticPrefix) }.map {
      (name: String($0.name.dropFirst(Self.criticPrefix.count)), values: $0.values)
    }
    own.critic?.stepCount = state.optimizerSteps.last ?? 0
    for (name, values) in state.records {
      if name == "returns" { own.scale?.record = values }
      if name == "observations" { standardizer?.record = values }
    }
    method.state = own
    try replay(state.open)
  }

  private mutating func replay(_ open: [OpenEpisode]) throws(LearnerError) {
    let strayed: Int?
    do throws(EnvironmentError) {
      strayed = try sampler.replay(open)
    } catch {
      throw LearnerError.environment(error)
    }
    if let strayed { throw LearnerError.notReplayed(lane: strayed) }
  }
}

/// Everything that a learner's next iteration depends on, beside the lanes' episode counters.
public struct LearnerState: Sendable {
  /// θ.
  public var parameters: Parameters
  /// The optimizers' vectors, each with its name.
  public var moments: [(name: String, values: [Float])]
  /// Their step counters: the actor's, and that of a critic with an optimizer of its own.
  public var optimizerSteps: [Int]
  /// Iterations and environment steps so far.
  public var iteration, steps: Int
  /// The normalizers' numbers, each with its name.
  public var records: [(name: String, values: [Double])]
  /// The episode that each lane is in.
  public var open: [OpenEpisode]
  /// Floats of a lane's recurrent state.
  public var memorySize: Int
}
