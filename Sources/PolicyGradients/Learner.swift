public import Environments
public import Policies
public import Randomness

/// Gradient ascent on J(θ): sample, evaluate, estimate, ascend, discard.
public struct Learner {
  /// The policy.
  public let policy: any Policy
  /// θ, with its version.
  public private(set) var parameters: Parameters
  /// Turns gradients into steps.
  public private(set) var optimizer: any Optimizer
  /// How many iterations were made.
  public private(set) var iteration = 0
  /// How many environment steps were made.
  public private(set) var steps = 0

  private let algorithm: Algorithm
  private let estimator: any Estimator
  private let baseline: (any Baseline)?
  private var sampler: Sampler
  private var rollout: Rollout
  private var estimate: GradientEstimate

  /// What one iteration found.
  public struct Report: Sendable {
    /// The number of the iteration, counted from 1.
    public var iteration: Int
    /// Environment steps of this iteration.
    public var steps: Int
    /// Steps whose episode was cut, and which the estimate leaves out.
    public var cutSteps: Int
    /// Ĵ(θ) of the policy that sampled.
    public var objective: Objective
    /// Mean length of the complete episodes, or NaN.
    public var meanLength: Double
    /// −mean log π(a∣o): an estimate of the policy's entropy.
    public var entropy: Double
    /// ‖ĝ‖ of the last update, or NaN when no episode was complete.
    public var gradientNorm: Double
    /// What the complete trajectories were worth in the last update: their number on-policy.
    public var effectiveSampleSize: Double
  }

  /// Makes a learner at the beginning of a run; the parameters come from the stream (seed, parameters).
  ///
  /// - Throws: ``RandomnessError`` when the generator cannot be opened.
  public init(
    _ algorithm: Algorithm, policy: any Policy, lanes: Lanes, generator: RandomGenerator = .philox
  ) throws(RandomnessError) {
    self.algorithm = algorithm
    self.policy = policy
    let stream = try RandomStream(
      StreamKey(seed: lanes.seed, purpose: .parameters), generator: generator)
    parameters = policy.initialParameters(from: stream)
    estimator = algorithm.rule.makeEstimator
    baseline = algorithm.rule.makeBaseline
    optimizer = algorithm.makeOptimizer
    sampler = try Sampler(lanes, policy: policy, generator: generator)
    rollout = Rollout(
      laneCount: lanes.count, observationSize: lanes.observationSize, actionSize: lanes.actionSize)
    estimate = GradientEstimate(
      laneCount: lanes.count, policy: policy, parameterCount: parameters.values.count)
  }

  /// One iteration: at most `budget` environment steps, and the algorithm's updates.
  ///
  /// - Returns: what it found, or nil when it was interrupted; then nothing has changed but the lanes.
  /// - Throws: ``LearnerError`` when an environment fails or a number is not finite; the parameters are then
  ///   those of the last good iteration.
  public mutating func iterate(
    budget: Int, isInterrupted: () -> Bool = { false }
  ) throws(LearnerError) -> Report? {
    guard try sample(budget, isInterrupted) else { return nil }
    let objective = Objective(rollout)
    iteration += 1
    steps += rollout.stepCount
    var gradientNorm = Double.nan
    if objective.count > 0 {
      for _ in 0..<algorithm.epochs {
        let gradient = try gradient(of: rollout)
        gradientNorm = try ascend(along: gradient)
      }
    }
    return report(objective, gradientNorm)
  }

  private mutating func sample(
    _ budget: Int, _ isInterrupted: () -> Bool
  ) throws(LearnerError) -> Bool {
    do {
      return try sampler.fill(
        &rollout, acting: policy, parameters, .stepsPerLane(algorithm.stepsPerLane), budget: budget,
        isInterrupted: isInterrupted)
    } catch {
      throw LearnerError.environment(error)
    }
  }

  /// ĝ from a rollout: of the current parameters, unless the estimator is an off-policy one.
  ///
  /// - Throws: ``LearnerError/offPolicy(sampled:current:)`` for a rollout of another version.
  public mutating func gradient(of rollout: Rollout) throws(LearnerError) -> [Float] {
    guard !estimator.isOnPolicy || rollout.version == parameters.version else {
      throw LearnerError.offPolicy(sampled: rollout.version, current: parameters.version)
    }
    return estimate.estimate(
      rollout, estimator: estimator, baseline: baseline, policy: policy, parameters: parameters)
  }

  /// θ ← θ + Δ(ĝ), unless that would leave the finite numbers; ‖ĝ‖ comes back.
  private mutating func ascend(along gradient: [Float]) throws(LearnerError) -> Double {
    let norm = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    guard norm.isFinite else { throw LearnerError.notFinite(quantity: "gradient", iteration: iteration) }
    var (next, stepped) = (parameters, optimizer)
    stepped.ascend(&next, along: gradient)
    guard next.values.allSatisfy(\.isFinite) else {
      throw LearnerError.notFinite(quantity: "parameter vector", iteration: iteration)
    }
    next.version += 1
    (parameters, optimizer) = (next, stepped)
    return norm
  }

  private func report(_ objective: Objective, _ gradientNorm: Double) -> Report {
    var (cut, complete) = (0, 0)
    var logProbability: [Double] = []
    for lane in rollout.lanes {
      for episode in lane.episodes {
        if episode.end == .cut { cut += episode.steps.count } else { complete += episode.steps.count }
      }
      logProbability.append(lane.logProbabilities.reduce(0, +))
    }
    return Report(
      iteration: iteration, steps: rollout.stepCount, cutSteps: cut, objective: objective,
      meanLength: Double(complete) / Double(objective.count),
      entropy: -LaneTree.sum(logProbability) / Double(rollout.stepCount), gradientNorm: gradientNorm,
      effectiveSampleSize: estimator.isOnPolicy
        ? Double(objective.count)
        : ImportanceWeights.effectiveSampleSize(logWeights: estimate.logWeights))
  }

  /// Begins with other parameters than those that the seed draws.
  public mutating func begin(with parameters: Parameters) { self.parameters = parameters }

  /// Puts the learner where a checkpoint was taken.
  public mutating func restore(
    parameters: Parameters, moments: [(name: String, values: [Float])], optimizerSteps: Int, iteration: Int,
    steps: Int
  ) {
    self.parameters = parameters
    optimizer.moments = moments
    optimizer.stepCount = optimizerSteps
    self.iteration = iteration
    self.steps = steps
  }
}
