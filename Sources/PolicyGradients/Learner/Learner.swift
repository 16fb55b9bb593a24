public import Environments
public import Policies
public import Randomness

/// Gradient ascent on J(θ): sample, evaluate, estimate, ascend, discard.
public struct Learner {
  /// The policy.
  public let policy: Policy
  /// θ, with its version.
  public private(set) var parameters: Parameters
  /// Turns gradients into steps.
  public private(set) var optimizer: any Optimizer
  /// How many iterations were made.
  public private(set) var iteration = 0
  /// How many environment steps were made.
  public private(set) var steps = 0

  private let algorithm: Algorithm
  private let collective: any Collective
  private var sampler: Sampler
  /// What the last iteration saw and did.
  public private(set) var rollout: Rollout
  /// How ĝ is made: of whole trajectories, or of advantages.
  ///
  /// One of the two is there; not an enumeration, whose payload is copied out to be changed, with all its buffers.
  private var trajectories: TrajectoryMethod?
  private var advantages: AdvantageMethod?
  private var standardizer: Standardizer?

  /// Where the time goes, for those who ask.
  public var profile: Profile? { didSet { sampler.profile = profile } }

  /// What one iteration found.
  public struct Report: Sendable {
    /// The number of the iteration, counted from 1.
    public var iteration: Int
    /// Environment steps of this iteration.
    public var steps: Int
    /// Steps whose episode was cut, and which an estimate of whole trajectories leaves out.
    public var cutSteps: Int
    /// Ĵ(θ) of the policy that sampled, by the episodes that ended.
    public var objective: Objective
    /// Mean length of these episodes, or NaN.
    public var meanLength: Double
    /// Episodes that a fault of their environment ended.
    public var faults: Int
    /// −mean log π(a∣o): an estimate of the policy's entropy.
    public var entropy: Double
    /// What the complete trajectories were worth in the last update: their number on-policy.
    public var effectiveSampleSize: Double
    /// What the updates saw.
    public var update: UpdateReport
  }

  /// Makes a learner at the beginning of a run; the parameters come from the stream (seed, parameters).
  ///
  /// - Throws: ``LearnerError`` when the algorithm needs a critic and the policy has none, when settings
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
    self.algorithm = algorithm
    self.collective = collective
    self.policy = policy
    do {
      let stream = try RandomStream(
        StreamKey(seed: lanes.seed, purpose: .parameters), generator: generator)
      parameters = policy.initialParameters(from: stream)
      sampler = try Sampler(
        lanes, policy: policy, generator: generator, explorationSteps: algorithm.explorationSteps,
        truncation: algorithm.truncation, with: collective)
      if algorithm.usesAdvantages {
        advantages = try AdvantageMethod(algorithm, policy, lanes, generator, with: collective)
      } else {
        trajectories = try TrajectoryMethod(algorithm, policy, lanes, generator, with: collective)
      }
    } catch {
      throw LearnerError.randomness(error)
    }
    optimizer = algorithm.makeOptimizer()
    rollout = Rollout(
      laneCount: lanes.count, observationSize: lanes.observationSize, actionSize: lanes.actionSize)
    if algorithm.normalizesObservations { standardizer = Standardizer(policy) }
  }

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
    let border = (iteration, steps)
    if sampler.isTorn { try replay(sampler.open) }
    let place = sampler.border
    guard try sample(budget, isInterrupted) else { return nil }
    profile?.enter(.updating)
    defer { profile?.enter(.logging) }
    let objective = Objective(rollout)
    let left = Double(budget) / Double(max(1, steps + budget))
    iteration += 1
    steps += rollout.stepCount
    let (good, scale) = ((parameters, optimizer, criticOptimizer, standardizer), advantages?.scale)
    do throws(UpdateFailure) {
      let update = try update(left)
      standardizer?.absorb(rollout, into: &parameters)
      guard collective.failure == nil, parameters.values.allSatisfy(\.isFinite) else {
        throw UpdateFailure(quantity: "parameter vector")
      }
      parameters.version += 1
      return report(objective, update)
    } catch {
      let failed = iteration
      (parameters, optimizer, criticOptimizer, standardizer) = good
      advantages?.scale = scale
      (iteration, steps) = border
      sampler.goBack(to: place)
      if let failure = collective.failure { throw LearnerError.collective(failure) }
      throw LearnerError.notFinite(quantity: error.quantity, iteration: failed)
    }
  }

  private mutating func sample(
    _ budget: Int, _ isInterrupted: () -> Bool
  ) throws(LearnerError) -> Bool {
    let amount: Sampler.Amount =
      algorithm.usesAdvantages
      ? .exactly(algorithm.stepsPerLane, rollout: iteration) : .stepsPerLane(algorithm.stepsPerLane)
    let isWhole: Bool
    do {
      isWhole = try sampler.fill(
        &rollout, acting: policy, parameters, amount, budget: budget, isInterrupted: isInterrupted)
    } catch {
      throw LearnerError.environment(error)
    }
    if let failure = collective.failure { throw LearnerError.collective(failure) }
    return isWhole
  }

  private mutating func update(_ left: Double) throws(UpdateFailure) -> UpdateReport {
    let factors = MinibatchUpdate.Factors(
      rate: algorithm.rateSchedule.factor(left), clip: algorithm.clipSchedule.factor(left),
      entropy: algorithm.entropySchedule.factor(left))
    if let report = try advantages?.update(
      rollout, &parameters, &optimizer, factors, iteration: iteration, profile: profile)
    {
      return report
    }
    return try trajectories?.update(rollout, &parameters, &optimizer, factors, iteration: iteration)
      ?? UpdateReport()
  }

  /// The optimizer of a critic that is fitted by itself.
  private var criticOptimizer: (any Optimizer)? {
    get { advantages?.criticOptimizer ?? trajectories?.critic?.optimizer }
    set {
      guard let newValue else { return }
      advantages?.criticOptimizer = newValue
      trajectories?.critic?.optimizer = newValue
    }
  }

  /// ĝ from a rollout: of the current parameters, unless the estimator is an off-policy one.
  ///
  /// - Throws: ``LearnerError/offPolicy(sampled:current:)`` for a rollout of another version,
  ///   ``LearnerError/contradiction(_:)`` for an algorithm on advantages, which has no one gradient.
  public mutating func gradient(of rollout: Rollout) throws(LearnerError) -> [Float] {
    if trajectories?.isOnPolicy == true, rollout.version != parameters.version {
      throw LearnerError.offPolicy(sampled: rollout.version, current: parameters.version)
    }
    guard let gradient = trajectories?.gradient(of: rollout, parameters) else {
      throw LearnerError.contradiction("\(algorithm.name) makes many gradients of a rollout, not one")
    }
    return gradient
  }

  private func report(_ objective: Objective, _ update: UpdateReport) -> Report {
    var (cut, complete, faults) = (0, 0, 0)
    var logProbability: [Double] = []
    for lane in rollout.lanes {
      for episode in lane.episodes {
        if episode.end == .cut {
          cut += episode.steps.count
        } else {
          complete += episode.earlierSteps + episode.steps.count
        }
      }
      faults += lane.faults
      logProbability.append(lane.logProbabilities.reduce(0, +))
    }
    var effectiveSampleSize = Double(objective.count)
    if let trajectories, !trajectories.isOnPolicy { effectiveSampleSize = trajectories.effectiveSampleSize }
    return Report(
      iteration: iteration, steps: rollout.stepCount, cutSteps: cut, objective: objective,
      meanLength: Double(complete) / Double(objective.count), faults: faults,
      entropy: -LaneTree.sum(logProbability) / Double(rollout.stepCount),
      effectiveSampleSize: effectiveSampleSize, update: update)
  }

  /// The actions that a lane's environment has received since its episode began, [step × value], up to the one that led to
  /// a fault of it.
  ///
  /// - Parameter lane: the lane in which a step failed.
  /// - Returns: the actions.
  public func actionsUpToFault(lane: Int) -> [Float] {
    sampler.actionsUpToFault(lane, rollout.lanes[lane], acting: policy)
  }

  /// Begins with other parameters than those that the seed draws.
  public mutating func begin(with parameters: Parameters) { self.parameters = parameters }
}

// MARK: Checkpoints

extension Learner {
  /// Everything that the next iteration depends on, beside the lanes' episode counters.
  public struct State: Sendable {
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
    /// What each lane is in the middle of.
    public var open: [OpenEpisode]
    /// Floats that the policy remembers of a lane.
    public var memorySize: Int
  }

  private static let criticPrefix = "critic."

  /// The state at the border of the last whole iteration.
  public var state: State {
    var (moments, counts, records) = (optimizer.moments, [optimizer.stepCount, 0], [(String, [Double])]())
    if let critic = criticOptimizer {
      moments += critic.moments.map { (Self.criticPrefix + $0.name, $0.values) }
      counts[1] = critic.stepCount
    }
    if let scale = advantages?.scale { records.append(("returns", scale.record)) }
    if let standardizer { records.append(("observations", standardizer.record)) }
    return State(
      parameters: parameters, moments: moments, optimizerSteps: counts, iteration: iteration, steps: steps,
      records: records, open: sampler.open, memorySize: policy.stateSize)
  }

  /// Puts the learner where a state was taken, and the lanes' environments by making their open episodes again.
  ///
  /// - Throws: ``LearnerError/environment(_:)`` when an environment fails, ``LearnerError/notReplayed(lane:)``
  ///   when it ends elsewhere than before.
  public mutating func restore(_ state: State) throws(LearnerError) {
    parameters = state.parameters
    optimizer.moments = state.moments.filter { !$0.name.hasPrefix(Self.criticPrefix) }
    optimizer.stepCount = state.optimizerSteps.first ?? 0
    (iteration, steps) = (state.iteration, state.steps)
    let critics = state.moments.filter { $0.name.hasPrefix(Self.criticPrefix) }.map {
      (name: String($0.name.dropFirst(Self.criticPrefix.count)), values: $0.values)
    }
    criticOptimizer?.moments = critics
    criticOptimizer?.stepCount = state.optimizerSteps.last ?? 0
    for (name, values) in state.records {
      if name == "returns" { advantages?.scale?.record = values }
      if name == "observations" { standardizer?.record = values }
    }
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
