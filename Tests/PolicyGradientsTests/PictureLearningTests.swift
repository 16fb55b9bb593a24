import AscentEnvironments
import AscentPolicies
import Testing

@testable import AscentPolicyGradients

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
      inputs: [Network.Input(.image(.init(height: 16, width: 16, channels: 2)), scale: 1 / 255)],
      convolutions: [.init(filters: 4, side: 4, stride: 3), .init(filters: 3, side: 2, stride: 1)],
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
