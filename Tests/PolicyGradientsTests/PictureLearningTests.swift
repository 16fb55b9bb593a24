import AscentEnvironments
import AscentPolicies
import AscentRandomness
import Testing

@testable import AscentPolicyGradients

/// Pictures of 6×6×2 whose numbers are drawn; the first action is rewarded where the first number is large.
///
/// It is trusted with its numbers, since one of them may be outside of the space, as after an emission.
private final class Pictures: Environment, ContractKeeper {
  let observationSpace: Space
  let actionSpace = Space.discrete(2)
  let keepsContract = true
  /// The step of each episode whose first number is no byte; nil for none.
  private let other: Int?
  private let stream: RandomStream
  private var time = 0
  private var first: Float = 0

  init(_ element: Space.Element, other: Int?) throws {
    observationSpace = Space(
      .box(
        shape: [6, 6, 2], low: Array(repeating: 0, count: 72), high: Array(repeating: 255, count: 72),
        element: element))
    self.other = other
    stream = try RandomStream(StreamKey(seed: 1, purpose: .environment))
  }

  private func show(_ observation: inout MutableSpan<Float>) {
    for k in observation.indices { observation[k] = Float(stream.nextUInt32() >> 24) }
    if time == other { observation[0] = 100.5 }
    first = observation[0]
  }

  func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) {
    stream.restart(at: key)
    time = 0
    show(&observation)
  }

  func step(_ action: Span<Float>, into observation: inout MutableSpan<Float>) -> Step {
    let reward = (action[0] == 0) == (first > 127) ? 1.0 : 0
    time += 1
    show(&observation)
    return Step(reward: reward, end: time == 11 ? .terminated : nil)
  }
}

/// Runs on pictures of bytes, beside runs on the same numbers in a box of floats.
@Suite struct `Learning from bytes` {
  private static let algorithms: [String: AlgorithmSettings] = [
    "ppo": .ppo, "a2c": .a2c, "trpo": .trpo, "reinforce": .reinforce,
  ]

  private func learned(
    _ settings: AlgorithmSettings, _ element: Space.Element, _ critic: Architecture.Critic,
    _ memory: Recurrence?,
    other: Int?
  ) throws -> (parameters: [Float], storesBytes: [Bool]) {
    let lanes = try Lanes(try (0..<3).map { _ in try Pictures(element, other: other) }, seed: 5)
    let architecture = Architecture(
      hidden: [6], activation: .relu, critic: critic,
      inputs: [Network.Input(.image(.init(height: 6, width: 6, channels: 2)), scale: 1 / 255)],
      convolutions: [.init(filters: 4, side: 3, stride: 1), .init(filters: 3, side: 2, stride: 1)],
      recurrence: memory)
    let policy = try PolicyBuilder.policy(
      observing: lanes.observationSpace, acting: lanes.actionSpace, architecture: architecture)
    var settings = settings
    (settings.stepsPerLane, settings.minibatches.size) = (24, 20)
    var learner = try Learner(settings, policy: policy, lanes: lanes)
    for _ in 0..<3 { _ = try learner.iterate(budget: 10_000) }
    return (learner.parameters.values, learner.rollout.lanes.map(\.observations.storesBytes))
  }

  /// Actor and critic of TRPO and REINFORCE are fitted apart, so they share no trunk.
  @Test(arguments: [
    ("ppo", Architecture.Critic.shared), ("ppo", .separate), ("a2c", .shared), ("a2c", .separate),
    ("trpo", .separate), ("reinforce", .separate),
  ])
  func `ends with the bits of learning from the same numbers as floats`(
    name: String, critic: Architecture.Critic
  ) throws {
    let settings = try #require(Self.algorithms[name])
    for memory in [nil, Recurrence(.gru, size: 3)] {
      // A number that is no byte turns a lane into floats in the middle of a rollout.
      for other in [nil, 7] {
        let bytes = try learned(settings, .uint8, critic, memory, other: other)
        let floats = try learned(settings, .float32, critic, memory, other: other)
        #expect(bytes.parameters == floats.parameters)
        #expect(bytes.storesBytes.allSatisfy { $0 == (other == nil) })
        #expect(floats.storesBytes.allSatisfy { !$0 })
      }
    }
  }
}
