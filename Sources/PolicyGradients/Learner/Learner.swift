public import AscentEnvironments
internal import AscentMathematics
public import AscentPolicies
public import AscentRandomness

/// The identity of a learner, by which its lanes know it.
private final class Ownership {}

/// Gradient ascent on J(θ); each iteration samples a rollout, estimates a gradient, updates θ and discards the rollout.
///
/// A learner has exclusive use of its lanes, so it cannot be copied, and no other learner can be made on them while it
/// exists: two learners on the same lanes would interfere.
public struct Learner: ~Copyable {
  /// The policy.
  public let policy: Policy
  /// The name of the algorithm.
  public let algorithmName: String
  /// The generator of the streams.
  public let generator: RandomGenerator
  /// The number of completed iterations.
  public internal(set) var iteration = 0
  /// The number of environment steps so far.
  public internal(set) var steps = 0
  /// The rollout of the last iteration.
  public private(set) var rollout: Rollout
  /// The timing of the run's phases; nil if it is not measured.
  public var profile: Profile? { didSet { sampler.profile = profile } }

  /// The owner of the lanes, which is gone with the learner.
  private let ownership = Ownership()
  private let rateSchedule: Schedule
  private let collective: any Collective
  var sampler: Sampler
  var method: any LearningMethod
  var learned: Learned
  var standardizer: Standardizer?

  /// Makes a learner in its initial state; the parameters are drawn from the stream (seed, parameters).
  ///
  /// Observations are standardized if the policy's architecture says so.
  ///
  /// - Throws: ``LearnerError`` if a number of the algorithm is not allowed, such as a negative rate, if the algorithm and
  ///   the policy contradict each other, such as an algorithm that needs a critic and a policy without one, if the lanes
  ///   belong to another learner, or if the generator cannot be opened.
  public init(
    _ algorithm: Algorithm, policy: Policy, lanes: Lanes, generator: RandomGenerator = .philox,
    with collective: any Collective = Alone()
  ) throws(LearnerError) {
    try algorithm.check(policy, lanes)
    guard lanes.hosted == collective.share(of: lanes, rank: collective.rank) else {
      throw LearnerError.contradiction(
        "the lanes \(lanes.hosted) are not the share of process \(collective.rank)")
    }
    guard lanes.owner == nil else {
      throw LearnerError.contradiction(
        "these lanes belong to another learner: make lanes with other environments, or end that learner first"
      )
    }
    lanes.owner = ownership
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
    (algorithmName, self.generator) = (algorithm.name, generator)
    rateSchedule = algorithm.rateSchedule
    learned = Learned(
      parameters: policy.initialParameters(from: streams.parameters), optimizer: algorithm.optimizer)
    method = algorithm.makeMethod(policy, lanes, streams.order, with: collective)
    rollout = Rollout(of: lanes)
    self.sampler.spreadsObservations = ObservationSpread.isWorthwhile(
      bytes: Rollout.observationBytes(in: lanes),
      passes: method.passes ?? 0,
      processes: collective.count)
    if policy.architecture.standardizes { standardizer = Standardizer(policy) }
  }

  /// Makes a learner from settings, such as those of a named algorithm: `Learner(.ppo, …)`.
  ///
  /// - Throws: ``LearnerError``, also if the settings contradict each other.
  public init(
    _ settings: AlgorithmSettings, policy: Policy, lanes: Lanes, generator: RandomGenerator = .philox,
    with collective: any Collective = Alone()
  ) throws(LearnerError) {
    let algorithm = try settings.algorithm()
    try self.init(
      algorithm, policy: policy, lanes: lanes, generator: generator, with: collective)
  }

  /// The parameters θ, with their version.
  public var parameters: Parameters { learned.parameters }

  /// The lanes.
  public var lanes: Lanes { sampler.lanes }

  /// The optimizer.
  public var optimizer: any Optimizer { learned.optimizer }

  /// Replaces the initial parameters that were drawn from the seed.
  public mutating func begin(with parameters: Parameters) {
    policy.requireOwn(parameters)
    learned.parameters = parameters
  }

  // MARK: Iterations

  /// Runs one iteration: at most `budget` environment steps, and the algorithm's updates.
  ///
  /// Schedules reach their end when the budget is used up.
  ///
  /// - Returns: the iteration's report; nil if it was interrupted, and then the next call repeats the iteration.
  /// - Throws: ``LearnerError`` if an environment fails, a number is not finite or another process fails; the
  ///   parameters are then those after the last successful iteration.
  public mutating func iterate(
    budget: Int, isInterrupted: () -> Bool = { false }
  ) throws(LearnerError) -> Report? {
    guard budget >= 0 else {
      throw LearnerError.contradiction("the budget of an iteration must be at least 0 steps, not \(budget)")
    }
    if sampler.isTorn { try replay(sampler.open) }
    let border = (iteration: iteration, steps: steps, lanes: sampler.border)
    guard try sample(budget, isInterrupted) else { return nil }
    profile?.enter(.updating)
    defer { profile?.enter(.logging) }
    let remaining = Double(budget) / Double(max(1, steps + budget))
    iteration += 1
    steps += rollout.stepCount
    // On failure, θ, the optimizers and the normalizers are restored; saving the whole method would copy all
    // workspaces.
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
    let report = try method.update(&learned, from: &rollout, moment)
    precondition(
      learned.parameters.values.count == policy.parameterCount,
      "an optimizer must not change the number of parameters")
    standardizer?.absorb(rollout, into: &learned.parameters, with: collective)
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

  /// Estimates ĝ from a rollout, which must be sampled with the current parameters if the estimator is on-policy.
  ///
  /// - Throws: ``LearnerError/offPolicy(sampled:current:)`` for a rollout of another version,
  ///   ``LearnerError/contradiction(_:)`` for an algorithm with advantages, which has more than one gradient.
  public mutating func gradient(of rollout: Rollout) throws(LearnerError) -> [Float] {
    rollout.require(self.rollout.lanes.count, policy.observationSize, policy.actionSize)
    return try method.gradient(of: rollout, learned.parameters)
  }

  /// The actions that a lane's environment has received in its episode, up to the faulty step, [step × value].
  ///
  /// - Parameter lane: the lane in which a step failed.
  /// - Returns: the actions.
  public func actionsUpToFault(lane: Int) -> [Float] {
    Require.index(lane, of: "lane", in: rollout.lanes.indices)
    return sampler.actionsUpToFault(lane, rollout.lanes[lane], acting: policy)
  }
}
