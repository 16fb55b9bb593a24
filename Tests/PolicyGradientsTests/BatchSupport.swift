import AscentMathematics
import AscentPolicies
import AscentRandomness
import AscentTestSupport

@testable import AscentPolicyGradients

/// Keeps the gradients that it is given, and moves nothing.
struct Recorder: Optimizer {
  var rate = 0.0
  var stepCount = 0
  var moments: [(name: String, values: [Float])] = []
  private(set) var gradients: [[Float]] = []

  mutating func ascend(_ θ: inout Parameters, along gradient: [Float]) {
    stepCount += 1
    gradients.append(gradient)
  }
}

/// A policy, steps that it made, and what a critic might have said of them.
struct Steps {
  let policy: Policy
  let θ: Parameters
  let rollout: Rollout
  /// [step × feature].
  let observations: [Float]
  var batch: Batch

  /// The numbers of each step.
  var numbers: StepNumbers { batch.steps }

  /// Makes steps on drawn observations.
  ///
  /// - Parameters:
  ///   - policy: what acts.
  ///   - count: how many steps.
  ///   - seed: of everything that is drawn.
  ///   - staleness: the deviation of log π − log π̄.
  ///   - observations: what is observed, if it is not to be drawn.
  /// - Throws: `RandomnessError` when the generator cannot be opened.
  init(
    _ policy: Policy, count: Int, seed: UInt64 = 1, staleness: Double = 0, observations: [Float]? = nil
  ) throws {
    self.policy = policy
    let stream = try RandomStream(StreamKey(seed: seed, purpose: .environment))
    var θ = policy.initialParameters(from: try RandomStream(StreamKey(seed: seed, purpose: .parameters)))
    // Away from small heads and zero biases.
    for k in 0..<policy.learnedCount { θ.values[k] += Float(0.2 * stream.standardNormal()) }
    self.θ = θ
    let size = policy.observationSize
    let o = observations ?? (0..<count * size).map { _ in Float(stream.standardNormal()) }
    self.observations = o
    var acting = Acting(policy, laneCount: count)
    let (actions, logs) = policy.drawn(
      θ, on: o, lanes: Array(repeating: 0, count: count),
      from: [try RandomStream(StreamKey(seed: seed, purpose: .actions))], in: &acting)
    var workspace = policy.makeWorkspace(rows: count)
    var values = Array(repeating: 0.0, count: count)
    if policy.hasCritic { policy.values(θ, on: o, rows: 0..<count, in: &workspace, into: &values) }
    var rollout = Rollout(laneCount: 1, observationSize: size, actionSize: policy.actionSize)
    rollout.lanes[0].take(o, endingIn: Array(repeating: 0, count: size))
    rollout.lanes[0].actions = actions
    rollout.lanes[0].rewards = Array(repeating: 0, count: count)
    rollout.lanes[0].logProbabilities = logs.map { $0 - staleness * stream.standardNormal() }
    rollout.lanes[0].episodes = [.at(0..<count, .cut)]
    self.rollout = rollout
    var advantages = Advantages(laneCount: 1)
    advantages.advantages[0] = (0..<count).map { _ in stream.standardNormal() + 0.3 }
    advantages.targets[0] = (0..<count).map { _ in stream.standardNormal() }
    batch = Batch()
    batch.load(
      rollout, advantages, [values.map { $0 + 0.1 * stream.standardNormal() }], for: policy, cut: Truncation()
    )
  }

  /// A policy over three choices, and one over two numbers, with critics of their own.
  static func policy(isCategorical: Bool, hidden: [Int] = [8], features: Int = 3) throws -> Policy {
    try Policy(
      featureSize: features, factors: [isCategorical ? .categorical(3) : .gaussian(2)],
      architecture: Architecture(hidden: hidden, critic: .separate, headGain: 1))
  }

  /// What an update did.
  struct Outcome {
    var θ: Parameters
    var optimizer: any Optimizer
    var report: UpdateReport
    var gradients: [[Float]] { (optimizer as? Recorder)?.gradients ?? [] }
  }

  /// Lets the real update of some settings pass over the steps; `clip` is a factor of ε.
  func ascend(
    _ settings: AlgorithmSettings, with optimizer: any Optimizer = Recorder(), epochs: Int = 1,
    minibatch: Int = 0, clip: Double = 1
  ) throws -> Outcome {
    var settings = settings
    (settings.minibatches.size, settings.minibatches.epochs) = (minibatch, epochs)
    settings.estimation.clip *= clip
    return try ascend(settings, from: θ, with: optimizer)
  }

  /// The same from other parameters, with settings as they are.
  func ascend(
    _ settings: AlgorithmSettings, from θ: Parameters, with optimizer: any Optimizer = Recorder()
  ) throws -> Outcome {
    guard case .advantages(let learning) = try settings.algorithm().method else {
      throw LearnerError.contradiction("these settings have no advantages")
    }
    var update: any ActorUpdate
    switch learning.update {
    case .joint(let minibatches, let value):
      update = MinibatchUpdate(minibatches, joint: value, policy, with: Alone())
    case .actor(let minibatches, _):
      update = MinibatchUpdate(minibatches, joint: nil, policy, with: Alone())
    case .natural(let natural, let step, _):
      update = NaturalUpdate(natural, step, policy, with: Alone())
    }
    var (learned, report) = (Learned(parameters: θ, optimizer: optimizer), UpdateReport())
    var rollout = rollout
    _ = try update.ascend(
      &learned, on: UpdateMaterial(batch: batch, estimator: learning.estimator), of: &rollout,
      UpdatePlan(
        rounds: 1, rate: settings.optimization.rate,
        order: try RandomStream(StreamKey(seed: 1, purpose: .minibatches)),
        moment: Moment(iteration: 1, remaining: 1, rate: 1)), into: &report)
    return Outcome(θ: learned.parameters, optimizer: learned.optimizer, report: report)
  }
}

extension Rollout.Lane {
  /// Takes the observations of one episode: those of its steps, and the one in which it stops.
  mutating func take(_ steps: [Float], endingIn last: [Float]) {
    let (size, all) = (last.count, steps + last)
    for first in stride(from: 0, to: all.count, by: max(1, size)) {
      writeSlot { one in for k in one.indices { one[k] = all[first + k] } }
    }
  }
}

extension Rollout.Lane {
  /// All observations, [slot × feature].
  var observed: [Float] { (0..<slotCount).flatMap { observation(inSlot: $0) } }
}

extension Rollout.Episode {
  /// The episode of this number in its lane, behind as many others.
  static func at(_ steps: Range<Int>, _ end: Trajectory.End, number: Int = 0) -> Self {
    Self(steps: steps, firstSlot: steps.lowerBound + number, end: end, number: number)
  }
}

/// The largest entry.
func largest(_ x: [Float]) -> Float { x.reduce(0) { max($0, abs($1)) } }
