import Policies
import Randomness

@testable import PolicyGradients

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
  let batch: Batch

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
    var workspace = policy.makeWorkspace(rows: count)
    var actions = Array(repeating: Float(0), count: count * policy.actionSize)
    var logs = Array(repeating: 0.0, count: count)
    policy.act(
      θ, on: o, lanes: Array(repeating: 0, count: count),
      drawing: [try RandomStream(StreamKey(seed: seed, purpose: .actions))], in: &workspace,
      actions: &actions, logProbabilities: &logs)
    var values = Array(repeating: 0.0, count: count)
    if policy.hasCritic { policy.values(θ, on: o, rows: 0..<count, in: &workspace, into: &values) }
    var rollout = Rollout(laneCount: 1, observationSize: size, actionSize: policy.actionSize)
    rollout.lanes[0].observations = o
    rollout.lanes[0].actions = actions
    rollout.lanes[0].rewards = Array(repeating: 0, count: count)
    rollout.lanes[0].logProbabilities = logs.map { $0 - staleness * stream.standardNormal() }
    var advantages = Advantages(laneCount: 1)
    advantages.advantages[0] = (0..<count).map { _ in stream.standardNormal() + 0.3 }
    advantages.targets[0] = (0..<count).map { _ in stream.standardNormal() }
    var batch = Batch()
    batch.load(
      rollout, advantages, [values.map { $0 + 0.1 * stream.standardNormal() }], for: policy, cut: Truncation()
    )
    self.batch = batch
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

  /// Lets the real update pass over the steps.
  func ascend(
    _ settings: Algorithm, with optimizer: any Optimizer = Recorder(), epochs: Int = 1, minibatch: Int = 0,
    clip: Double = 1
  ) throws -> Outcome {
    var settings = settings
    settings.minibatch = minibatch
    var update = MinibatchUpdate(settings, policy, with: Alone())
    var outcome = Outcome(θ: θ, optimizer: optimizer, report: UpdateReport())
    let factors = MinibatchUpdate.Factors(rate: 1, clip: clip, entropy: 1)
    _ = try update.ascend(
      batch, &outcome.θ, &outcome.optimizer, factors, epochs: epochs,
      drawing: try RandomStream(StreamKey(seed: 1, purpose: .minibatches)), into: &outcome.report)
    return outcome
  }
}

/// The largest entry.
func largest(_ x: [Float]) -> Float { x.reduce(0) { max($0, abs($1)) } }
