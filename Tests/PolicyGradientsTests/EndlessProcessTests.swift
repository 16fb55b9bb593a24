import AscentEnvironments
import AscentPolicies
import AscentPolicyGradients
import AscentRandomness
import AscentTestSupport
import Testing

/// Takes every end of the environment below for a terminal state.
private final class Ending: Environment {
  private let base: any Environment
  init(_ base: any Environment) { self.base = base }

  var observationSpace: Space { base.observationSpace }
  var actionSpace: Space { base.actionSpace }

  func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) throws(EnvironmentError) {
    try base.reset(key, into: &observation)
  }

  func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    var step = try base.step(action, into: &observation)
    if step.end != nil { step.end = .terminated }
    return step
  }
}

/// One state in which every step pays 1, looked at for 10 steps at a time; γ = 0.9.
@Suite struct `A process without an end` {
  static let algorithms: [AlgorithmSettings] = [AlgorithmSettings.vpg, .ppo, .a2c].map { named in
    var algorithm = named
    algorithm.estimation.gamma = 0.9
    (algorithm.stepsPerLane, algorithm.optimization.rate, algorithm.critic.rate) = (40, 0.02, 0.02)
    // A step of gradient clipping is too short to walk 10 in.
    algorithm.minibatches.gradientClip = 0
    algorithm.rewards.normalizesReturns = false
    return algorithm
  }

  /// V of the one state after learning.
  private func learnedValue(
    _ algorithm: AlgorithmSettings, terminating: Bool, budget: Int = 1_000_000
  ) throws -> Double {
    let iterations = algorithm.name == "a2c" ? 600 : 100
    let process = try MarkovDecisionProcess(
      stateCount: 1, actionCount: 2, transition: [1, 1], reward: [1, 1], initial: [1], terminal: [false])
    let environments = try (0..<4).map { _ in
      let limited = TimeLimit(try TabularEnvironment(process), limit: 10)
      return terminating ? Ending(limited) as any Environment : limited
    }
    let lanes = try Lanes(environments, seed: 5)
    let policy = try PolicyBuilder.policy(
      observing: lanes.observationSpace, acting: lanes.actionSpace,
      architecture: Architecture(hidden: [], critic: .separate))
    var learner = try Learner(algorithm.algorithm(), policy: policy, lanes: lanes)
    for _ in 0..<iterations { _ = try learner.iterate(budget: budget) }
    var workspace = policy.makeWorkspace(rows: 1)
    var value = [0.0]
    policy.values(learner.parameters, on: [1], rows: 0..<1, in: &workspace, into: &value)
    return value[0]
  }

  /// r / (1 − γ), whatever the time limit.
  @Test(arguments: algorithms)
  func `is worth all that it would pay beyond a time limit`(algorithm: AlgorithmSettings) throws {
    #expect(abs(try learnedValue(algorithm, terminating: false) - 10) < 0.1)
  }

  /// A state that shows no clock is worth the mean of its returns over the ten steps.
  ///
  /// With λ = 1 that is 10 − Σ 0.9ᵏ = 4.14, with λ = 0, where V stands behind each step but the last, it is
  /// V = 1 + 0.9 · 0.9 V = 5.26; other λ lie between.
  @Test(arguments: algorithms)
  func `is worth less when it ends after ten steps`(algorithm: AlgorithmSettings) throws {
    let value = try learnedValue(algorithm, terminating: true)
    #expect(value > 4 && value < 5.4)
  }

  /// The value baseline of whole trajectories is the mean of what they see, 4.14 as above.
  ///
  /// A budget of 15 steps a lane cuts every second episode in the middle. Its returns, 2.63 on average, would
  /// lower the value to 3.64 if they were not left out.
  @Test func `is worth what whole trajectories see of it`() throws {
    var algorithm = AlgorithmSettings.reinforce
    (algorithm.estimation.gamma, algorithm.baseline) = (0.9, .value)
    (algorithm.critic.epochs, algorithm.critic.minibatch, algorithm.critic.rate) = (10, 0, 0.02)
    let value = try learnedValue(algorithm, terminating: false, budget: 60)
    var (power, mean) = (1.0, 0.0)
    for _ in 0..<10 {
      power *= 0.9
      mean += (1 - power) / (1 - 0.9) / 10
    }
    #expect(abs(value - mean) < 0.02)
  }
}
