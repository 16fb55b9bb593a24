import AscentEnvironments
import AscentPolicies
import AscentRandomness
import AscentRegistries
import Testing

@testable import AscentPolicyGradients

/// Three numbers to look at, any space to act in, and a pay of −Σ (aₖ − oₖ)²/4: it ends by chance in one step of
/// 12, and after 20.
final class Follower: Environment, RandomTransitions {
  let observationSpace = Space.box(
    low: Array(repeating: -.infinity, count: 3), high: Array(repeating: .infinity, count: 3))
  let actionSpace: Space
  private let stream: RandomStream
  private var state: [Float] = [0, 0, 0]
  private var steps = 0

  init(_ actions: Space) throws {
    actionSpace = actions
    stream = try RandomStream(StreamKey(seed: 0, purpose: .environment))
  }

  func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) throws(EnvironmentError) {
    stream.restart(at: key)
    steps = 0
    for k in 0..<3 { state[k] = Float(stream.standardNormal()) }
    show(&observation)
  }

  func drawTransitions(from key: StreamKey) { stream.restart(at: key) }

  func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    var reward = 1.0
    for k in action.indices {
      let d = Double(action[k] - state[k % 3])
      reward -= d * d / 4
    }
    for k in 0..<3 {
      let noise = 0.2 * Float(stream.standardNormal())
      state[k] = 0.9 * state[k] + 0.1 * action[k % action.count] + noise
    }
    steps += 1
    show(&observation)
    let isOver = stream.uniform() < 1.0 / 12
    return Step(reward: reward, end: isOver ? .terminated : steps == 20 ? .truncated : nil)
  }

  private func show(_ observation: inout MutableSpan<Float>) {
    for k in 0..<3 { observation[k] = state[k] }
  }
}

/// A space of actions, and how a policy acts in it.
struct ActionCase: CustomTestStringConvertible, Sendable {
  let name: String
  let space: Space
  var boxes = BoxDistribution.gaussian
  /// What a policy remembers by.
  var recurrence: Recurrence?
  var testDescription: String { recurrence.map { "\(name), \($0.cell)" } ?? name }

  private static let box = Space.box(low: [-1, -2], high: [1, 2])
  private static let product = Space(leaves: [
    Space.Leaf(path: "arm.0", kind: .box(shape: [2], low: [-1, -1], high: [1, 1], element: .float32)),
    Space.Leaf(path: "gear", kind: .discrete(count: 3, start: 0)),
    Space.Leaf(path: "lights", kind: .multiBinary(shape: [2])),
  ])

  static let all: [ActionCase] =
    [
      ActionCase(name: "discrete", space: .discrete(3)),
      ActionCase(
        name: "multi-discrete", space: Space(.multiDiscrete(counts: [2, 3], starts: [0, 0], shape: [2]))),
      ActionCase(name: "multi-binary", space: Space(.multiBinary(shape: [3]))),
      ActionCase(name: "product", space: product),
      ActionCase(name: "exploring product", space: product, boxes: .exploring),
    ]
    + Registry<BoxDistribution>.distributions.entries.map {
      ActionCase(name: "box, \($0.name)", space: box, boxes: $0)
    }

  static func named(_ name: String) -> ActionCase { all.first { $0.name == name } ?? all[0] }

  /// The same with a policy that remembers.
  func remembering(_ cell: Recurrence.Cell) -> ActionCase {
    var other = self
    other.recurrence = Recurrence(cell, size: 4)
    return other
  }

  func lanes(_ count: Int, seed: UInt64) throws -> Lanes {
    try Lanes((0..<count).map { _ in try Follower(space) }, seed: seed)
  }

  func policy(for algorithm: AlgorithmSettings, critic: Architecture.Critic = .separate) throws -> Policy {
    let lanes = try lanes(1, seed: 0)
    return try PolicyBuilder.policy(
      observing: lanes.observationSpace, acting: lanes.actionSpace, boxes: boxes,
      architecture: Architecture(
        hidden: [6], critic: algorithm.needsCritic ? critic : .none,
        standardizes: algorithm.standardization != .none, recurrence: recurrence))
  }

  func learner(
    _ settings: AlgorithmSettings, lanes: Lanes, critic: Architecture.Critic = .separate
  ) throws -> Learner {
    try Learner(settings.algorithm(), policy: policy(for: settings, critic: critic), lanes: lanes)
  }
}

/// Every named algorithm that learns from what it does, on short rollouts.
let shortAlgorithms: [AlgorithmSettings] = Registry<AlgorithmSettings>.algorithms.entries.filter {
  !$0.isOfDemonstrations
}.map {
  var short = $0
  (short.stepsPerLane, short.minibatches.size) = (min($0.stepsPerLane, 24), min($0.minibatches.size, 16))
  (short.critic.epochs, short.minibatches.epochs) = (min($0.critic.epochs, 2), min($0.minibatches.epochs, 3))
  return short
}
