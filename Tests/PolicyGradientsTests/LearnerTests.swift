import AscentEnvironments
import AscentPolicies
import AscentPolicyGradients
import AscentRandomness
import Testing

private func cartPoles(_ count: Int, seed: UInt64 = 1) throws -> Lanes {
  try Lanes((0..<count).map { _ in TimeLimit(try CartPole(), limit: 500) }, seed: seed)
}

private func learner(
  _ lanes: Lanes, _ settings: AlgorithmSettings = .reinforce, hidden: [Int] = [16]
) throws -> Learner {
  let policy = try PolicyBuilder.policy(
    observing: lanes.observationSpace, acting: lanes.actionSpace, hidden: hidden)
  return try Learner(settings.algorithm(), policy: policy, lanes: lanes)
}

@Suite struct `A sampler` {
  private func fill(
    _ lanes: Lanes, stepsPerLane: Int, budget: Int
  ) throws -> Rollout {
    let policy = try PolicyBuilder.policy(
      observing: lanes.observationSpace, acting: lanes.actionSpace, hidden: [8])
    let θ = policy.initialParameters(from: try RandomStream(StreamKey(seed: 1, purpose: .parameters)))
    var sampler = try Sampler(lanes, policy: policy)
    var rollout = Rollout(laneCount: lanes.count, observationSize: 4, actionSize: 1)
    let budget = SamplingBudget(.stepsPerLane(stepsPerLane), steps: budget)
    #expect(try sampler.fill(&rollout, acting: policy, θ, budget))
    return rollout
  }

  @Test func `follows episodes to their ends`() throws {
    let rollout = try fill(cartPoles(3), stepsPerLane: 50, budget: 100_000)
    for lane in rollout.lanes {
      #expect(lane.rewards.count >= 50)
      #expect(lane.episodes.allSatisfy { $0.end == .terminated || $0.end == .truncated })
      #expect(
        lane.episodes.last.map { lane.rewards.count - $0.steps.count < 50 } ?? false, "no episode too many")
      #expect(lane.slotCount == lane.rewards.count + lane.episodes.count)
      #expect(lane.lastObservations.count == 4 * lane.episodes.count)
      #expect(lane.episodes.map(\.number) == Array(lane.episodes.indices))
    }
  }

  @Test(arguments: [1, 2, 3, 7, 100, 101, 1000])
  func `makes exactly the steps of its budget, and cuts what is open`(budget: Int) throws {
    let rollout = try fill(cartPoles(3), stepsPerLane: 1_000_000, budget: budget)
    #expect(rollout.stepCount == budget)
    let shares = rollout.lanes.map(\.rewards.count)
    #expect((shares.max() ?? 0) - (shares.min() ?? 0) <= 1)
  }

  @Test func `samples a lane as if it were alone`() throws {
    let (one, four) = (
      try fill(cartPoles(1), stepsPerLane: 40, budget: 10_000),
      try fill(cartPoles(4), stepsPerLane: 40, budget: 10_000)
    )
    #expect(one.lanes[0].actions == four.lanes[0].actions)
    #expect(one.lanes[0].observed == four.lanes[0].observed)
    #expect(one.lanes[0].logProbabilities == four.lanes[0].logProbabilities)
    #expect(one.lanes[0].actions != four.lanes[1].actions)
  }

  @Test func `stops when it is interrupted`() throws {
    let lanes = try cartPoles(2)
    let policy = try Policy.categorical(observationSize: 4, actionCount: 2, hidden: [4])
    let θ = policy.initialParameters(from: try RandomStream(StreamKey(seed: 1, purpose: .parameters)))
    var sampler = try Sampler(lanes, policy: policy)
    var rollout = Rollout(laneCount: 2, observationSize: 4, actionSize: 1)
    var asked = 0
    let isWhole = try sampler.fill(
      &rollout, acting: policy, θ, SamplingBudget(.stepsPerLane(500), steps: 1000)
    ) {
      asked += 1
      return asked == 5
    }
    #expect(!isWhole && rollout.stepCount == 8)
  }
}

@Suite struct `A learner` {
  @Test func `refuses trajectories of other parameters`() throws {
    let lanes = try cartPoles(2)
    var learner = try learner(lanes)
    let policy = learner.policy
    var sampler = try Sampler(lanes, policy: policy)
    var rollout = Rollout(laneCount: 2, observationSize: 4, actionSize: 1)
    _ = try sampler.fill(
      &rollout, acting: policy, learner.parameters, SamplingBudget(.stepsPerLane(20), steps: 1000))
    _ = try learner.gradient(of: rollout)
    _ = try learner.iterate(budget: 1000)
    let error = #expect(throws: LearnerError.self) { try learner.gradient(of: rollout) }
    guard case .offPolicy(sampled: 0, current: 1)? = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
  }

  @Test func `gives the same parameters again, and others for another seed`() throws {
    func parameters(_ seed: UInt64) throws -> [Float] {
      var learner = try learner(cartPoles(3, seed: seed))
      for _ in 0..<3 { _ = try learner.iterate(budget: 5000) }
      return learner.parameters.values
    }
    #expect(try parameters(7) == parameters(7))
    #expect(try parameters(7) != parameters(8))
  }

  /// The optimum of the two-state chain over 10 steps is to leave state 0 at once and to stay in state 1: the
  /// expected reward tends to 8/9 a step and is 8.79 in all, as the recursion below finds.
  ///
  /// A run on a fixed seed; chance plays no part.
  @Test(arguments: [AlgorithmSettings.reinforce, .likelihoodRatio, .offPolicyReinforce], [1, 2] as [UInt64])
  func `finds the optimum of the two-state chain`(algorithm: AlgorithmSettings, seed: UInt64) throws {
    var (p, optimum) = (0.0, 0.0)
    for _ in 0..<MarkovDecisionProcess.twoStateTimeLimit {
      p = p * 0.9 + (1 - p) * 0.8
      optimum += p
    }
    let limit = MarkovDecisionProcess.twoStateTimeLimit
    let lanes = try Lanes(
      (0..<8).map { _ in TimeLimit(try TabularEnvironment(.twoState()), limit: limit) }, seed: seed)
    var settings = algorithm
    settings.estimation.gamma = 1
    settings.optimization.rate = 0.02
    var learner = try learner(lanes, settings)
    var last: [Double] = []
    for k in 0..<60 {
      let report = try #require(try learner.iterate(budget: 10_000_000))
      if k >= 50 { last.append(report.objective.mean) }
    }
    let mean = last.reduce(0, +) / Double(last.count)
    #expect(mean > 0.95 * optimum && mean < 1.03 * optimum)
  }

  @Test func `learns with plain gradient ascent too`() throws {
    let lanes = try Lanes(
      (0..<8).map { _ in TimeLimit(try TabularEnvironment(.twoState()), limit: 10) }, seed: 1)
    var settings = AlgorithmSettings.reinforce
    settings.optimizer = .ascent
    settings.optimization.rate = 0.1
    var learner = try learner(lanes, settings)
    let first = try #require(try learner.iterate(budget: 1_000_000)).objective.mean
    var last = first
    for _ in 0..<80 { last = try #require(try learner.iterate(budget: 1_000_000)).objective.mean }
    #expect(last > first + 2)
  }

  /// The mean of ĝ over every trajectory, weighted by its probability, is ∇J; here both come from the learner's
  /// own parts on many samples, compared with a finite difference of the exact J of a one-step bandit.
  @Test func `estimates the gradient of a bandit`() throws {
    // One state, two actions, rewards 1 and 3, one step: J = π₀ + 3π₁, ∂J/∂l₁ = 2 π₀ π₁ = ½ at π = ½.
    let bandit = try MarkovDecisionProcess(
      stateCount: 1, actionCount: 2, transition: [1, 1], reward: [1, 3], initial: [1], terminal: [true])
    for algorithm in [AlgorithmSettings.likelihoodRatio, .reinforce] {
      let lanes = try Lanes((0..<4).map { _ in try TabularEnvironment(bandit) }, seed: 3)
      var learner = try learner(lanes, algorithm, hidden: [])
      let policy = learner.policy
      var θ = learner.parameters
      for k in θ.values.indices { θ.values[k] = 0 }
      learner.begin(with: θ)
      var sampler = try Sampler(lanes, policy: policy)
      var rollout = Rollout(laneCount: 4, observationSize: 1, actionSize: 1)
      _ = try sampler.fill(
        &rollout, acting: policy, θ, SamplingBudget(.stepsPerLane(10_000), steps: 1_000_000))
      let gradient = try learner.gradient(of: rollout)
      // Parameters: weight (2), bias (2); ∂/∂bias₁ = ½, its standard error below 1.1/√40,000 = 0.0055.
      #expect(abs(gradient[3] - 0.5) < 5.4 * 0.0055)
      #expect(abs(gradient[2] + 0.5) < 5.4 * 0.0055)
      #expect(abs(gradient[1] - gradient[3]) < 1e-3, "the state is 1, so weights and biases move alike")
    }
  }

  @Test func `keeps the last good parameters when a number is not finite`() throws {
    var settings = AlgorithmSettings.reinforce
    settings.optimizer = .ascent
    settings.optimization.rate = 1e38
    var learner = try learner(cartPoles(2), settings)
    let before = learner.parameters
    for _ in 0..<5 {
      _ = try? learner.iterate(budget: 10_000)
      #expect(learner.parameters.values.allSatisfy { $0.isFinite })
    }
    #expect(throws: LearnerError.self) { for _ in 0..<5 { _ = try learner.iterate(budget: 10_000) } }
    #expect(learner.parameters.values.count == before.values.count)
  }

  @Test func `refuses a policy that does not fit its lanes, and a state of another learner`() throws {
    let discrete = ActionCase.named("discrete")
    let lanes = try discrete.lanes(2, seed: 1)
    let other = try PolicyBuilder.policy(
      observing: .box(low: [0, 0, 0, 0, 0], high: [1, 1, 1, 1, 1]), acting: lanes.actionSpace, hidden: [8])
    #expect(throws: LearnerError.self) { try Learner(.reinforce, policy: other, lanes: lanes).steps }
    var learner = try discrete.learner(.ppo, lanes: lanes)
    var state = learner.state
    state.open.removeLast()
    #expect(throws: LearnerError.self) { try learner.restore(state) }
    state = learner.state
    state.parameters.values.removeLast()
    #expect(throws: LearnerError.self) { try learner.restore(state) }
    #expect(try learner.iterate(budget: 1000) != nil, "nothing was changed")
  }

  @Test func `refuses an estimator with a critic for whole trajectories, and masks of another size`() throws {
    let discrete = ActionCase.named("discrete")
    let lanes = try discrete.lanes(2, seed: 1)
    let policy = try discrete.policy(for: .reinforce)
    let learning = TrajectoryLearning(GeneralizedAdvantage(discount: 0.99, decay: 0.95))
    let algorithm = Algorithm(name: "own", method: .trajectories(learning), optimizer: Adam(rate: 0.01))
    #expect(throws: LearnerError.self) { try Learner(algorithm, policy: policy, lanes: lanes).steps }
    #expect(throws: LearnerError.self) { try GradientRule(named: "reward-to-go+value").makeSubtrahend() }
    #expect(throws: PolicyError.self) { try Policy(featureSize: 3, factors: [.categorical(4)], maskSize: 3) }
    #expect(throws: LanesError.self) {
      try Lanes([TimeLimit(try CartPole(), limit: 5)], seed: 1, share: (0..<2, 2))
    }
    let wide = BoxDistribution("wide", help: "x", needsBounds: false) { GaussianFamily($0.low.count + 1) }
    #expect(throws: LearnerError.self) {
      try PolicyBuilder.policy(
        observing: .discrete(2), acting: .box(low: [0], high: [1]), boxes: wide, architecture: Architecture())
    }
  }

  @Test func `refuses an entropy that a baseline for each parameter would drop`() throws {
    var settings = AlgorithmSettings.reinforce
    (settings.baseline, settings.minibatches.entropy.weight) = (.optimalPerComponent, 0.01)
    let discrete = ActionCase.named("discrete")
    let lanes = try discrete.lanes(2, seed: 1)
    #expect(throws: LearnerError.self) { try discrete.learner(settings, lanes: lanes).steps }
  }

  @Test func `says which action spaces no policy has`() throws {
    let space = Space(.box(shape: [2], low: [0, 0], high: [9, 9], element: .int64))
    let error = #expect(throws: LearnerError.self) {
      try PolicyBuilder.policy(observing: .discrete(2), acting: space, hidden: [])
    }
    #expect(error?.description.contains("there is no policy for the action space") ?? false)
  }
}
