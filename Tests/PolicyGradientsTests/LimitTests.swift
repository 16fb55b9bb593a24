import AscentEnvironments
import AscentPolicies
import AscentPolicyGradients
import AscentRandomness
import Testing

/// A cart whose lane 1 shows NaN in step 4.
private final class Failing: EnvironmentWrapper {
  let base: any Environment
  private let failsAt: Int
  private var steps = 0

  init(failsAt: Int) throws { (base, self.failsAt) = (try CartPole(), failsAt) }

  func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) throws(EnvironmentError) {
    steps = 0
    try base.reset(key, into: &observation)
  }

  func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    let step = try base.step(action, into: &observation)
    steps += 1
    if steps == failsAt { observation[2] = .nan }
    return step
  }
}

@Suite("Numbers that a learner refuses")
struct LimitTests {
  private func policy() throws -> Policy {
    try Policy(
      featureSize: 4, factors: [.categorical(2)], architecture: Architecture(hidden: [8], critic: .separate))
  }

  private func lanes() throws -> Lanes { try Lanes([CartPole(), CartPole()], seed: 1) }

  @Test func `settings that are impossible name their key`() throws {
    let changes: [(String, (inout AlgorithmSettings) -> Void)] = [
      ("algorithm.rate takes a number above 0, not -1.0", { $0.optimization.rate = -1 }),
      ("algorithm.epochs takes a whole number from 1 to 1000, not 0", { $0.minibatches.epochs = 0 }),
      ("algorithm.gamma takes a number from 0 to 1, not 3.0", { $0.estimation.gamma = 3 }),
      ("algorithm.minibatch takes a whole number from 0 to 1000000000, not -5", { $0.minibatches.size = -5 }),
    ]
    for (sentence, change) in changes {
      var settings = AlgorithmSettings.ppo
      change(&settings)
      let error = #expect(throws: LearnerError.self) {
        try Learner(settings, policy: policy(), lanes: lanes()).steps
      }
      #expect(error.map { "\($0)" } == sentence)
    }
  }

  @Test func `an own algorithm is checked, too`() throws {
    let learning = TrajectoryLearning(RewardToGo(discount: 1.5))
    let algorithm = Algorithm(name: "own", method: .trajectories(learning), optimizer: Adam(rate: 0.1))
    let error = #expect(throws: LearnerError.self) {
      try Learner(algorithm, policy: policy(), lanes: lanes()).steps
    }
    #expect(error.map { "\($0)" } == "algorithm.gamma takes a number from 0 to 1, not 1.5")
  }

  @Test func `lanes belong to one learner at a time`() throws {
    let lanes = try lanes()
    do {
      let first = try Learner(.ppo, policy: policy(), lanes: lanes)
      let error = #expect(throws: LearnerError.self) {
        try Learner(.ppo, policy: policy(), lanes: lanes).steps
      }
      #expect(error.map { "\($0)".hasPrefix("these lanes belong to another learner") } == true)
      #expect(first.steps == 0)
    }
    #expect(try Learner(.ppo, policy: policy(), lanes: lanes).steps == 0)
  }

  @Test func `NaN from an environment is its own fault, with lane, step and seed`() throws {
    let lanes = try Lanes([Failing(failsAt: 1000), Failing(failsAt: 4)], seed: 9)
    var learner = try Learner(.reinforce, policy: policy(), lanes: lanes)
    let error = #expect(throws: LearnerError.self) { _ = try learner.iterate(budget: 1000) }
    guard case .environment(let fault) = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
    #expect((fault.lane, fault.episode, fault.step, fault.seed) == (1, 0, 4, 9))
    #expect(
      fault.description
        == "the observation has nan at index 2; it must be finite (lane 1, episode 0, step 4, seed 9)")
  }
}
