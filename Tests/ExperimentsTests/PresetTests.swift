import AscentPolicyGradients
import AscentRegistries
import Testing

@testable import AscentExperiments

/// Presets depend on what is seen and remembered.
@Suite struct `A preset` {
  private func applied(
    _ environment: String, _ settings: [(String, String)] = [], algorithm: String = "ppo",
    preset: String? = nil
  ) throws -> Configuration {
    var configuration = Configuration(environment: environment)
    try configuration.set("algorithm.name", typed: algorithm)
    for (key, value) in settings { try configuration.set(key, typed: value) }
    try configuration.apply(preset: preset)
    return configuration
  }

  @Test(arguments: [
    ("CartPole-v1", "", "none", "CartPole-v1"), ("CartPole-v1", "", "gru", "CartPole-v1"),
    ("CartPole-v1", "hide=1,3", "none", "CartPole-v1 hide=1,3"),
    ("CartPole-v1", "hide=1,3", "lstm", "CartPole-v1 hide=1,3"),
    ("CartPole-v1", "hide=1", "gru", "CartPole-v1"),
    ("Pendulum-v1", "hide=2", "none", "Pendulum-v1 hide=2"),
    ("Pendulum-v1", "hide=2", "gru", "Pendulum-v1 hide=2 memory"),
    ("MyEnv-v0", "", "gru", ""),
  ]) func `is that of the question`(environment: String, emission: String, memory: String, name: String)
    throws
  {
    let emissions = emission.isEmpty ? [] : [("environment.emission", emission)]
    let found = try applied(environment, emissions + [("policy.memory", memory)])
    #expect(found.preset == name)
    if memory != "none" {
      #expect(found.algorithm.stepsPerLane >= 128 && found.algorithm.rewards.normalizesReturns)
      #expect(found.algorithm.standardization == .boxes)
    }
  }

  @Test func `normalizes only what it says, and its absence what is useful`() throws {
    #expect(try applied("CartPole-v1").algorithm.standardization == .none)
    #expect(try !applied("CartPole-v1").algorithm.rewards.normalizesReturns)
    for preset in [nil, Presets.none] {
      let own = try applied("MyEnv-v0", preset: preset)
      #expect(own.algorithm.standardization == .boxes && own.algorithm.rewards.normalizesReturns)
    }
    #expect(
      try applied("CartPole-v1", algorithm: "reinforce", preset: Presets.none).algorithm.standardization
        == .none)
  }

  /// Every table is read, and can be asked for by its name.
  @Test func `of every name is valid`() throws {
    var count = 0
    for algorithm in Registry<AlgorithmSettings>.algorithms.entries {
      for name in Presets.environments(of: algorithm) {
        let words = name.split(separator: " ").map(String.init)
        let settings = name.hasSuffix(" memory") ? [("policy.memory", "gru")] : []
        let found = try applied(words[0], settings, algorithm: algorithm.name, preset: name)
        #expect(found.preset == name)
        _ = try found.algorithm.algorithm()
        count += 1
      }
    }
    #expect(count > 40)
  }
}
