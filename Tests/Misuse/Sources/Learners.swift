import AscentEnvironments
import AscentPolicies
import AscentPolicyGradients
import AscentRandomness

extension Misuses {
  mutating func addLearners() {
    type = "PolicyGradients"
    addSettings()
    add("Learner.begin(with:)", "the parameters of another policy", .stops("parameters must have")) {
      var learner = try Self.learner()
      learner.begin(with: try cartPolePolicy(5).initialParameters(from: try stream()))
    }
    for budget in [-1, Int.min] {
      add("Learner.iterate(budget:isInterrupted:)", "\(budget) steps", .fails("must be at least 0 steps")) {
        var learner = try Self.learner()
        _ = try learner.iterate(budget: budget)
      }
    }
    add("Learner.gradient(of:)", "a rollout of one of two lanes", .stops("lanes of the rollout must have 2"))
    {
      var learner = try Self.learner(.reinforce)
      print(try learner.gradient(of: Rollout(laneCount: 1, observationSize: 4, actionSize: 1)))
    }
    for lane in [-1, 2] {
      add("Learner.actionsUpToFault(lane:)", "lane \(lane)", .stops("lane must be from 0 to 1")) {
        print(try Self.learner().actionsUpToFault(lane: lane))
      }
    }
    let changes: [(String, (inout LearnerState) -> Void)] = [
      ("short parameters", { $0.parameters.values.removeLast() }),
      ("a lane without a record", { $0.open.removeLast() }),
      ("no step counters", { $0.optimizerSteps = [] }),
      ("a short observation", { $0.open[0].observation = .of(3) }),
      ("fewer actions", { $0.open[0].actions = [] }),
      ("long moments", { $0.moments.append(("x", .of(99_999))) }),
    ]
    for (what, change) in changes {
      add("Learner.restore(_:)", what, .fails("")) {
        var learner = try Self.learner()
        _ = try learner.iterate(budget: 1000)
        var state = learner.state
        change(&state)
        try learner.restore(state)
      }
    }
    add("Learner.restore(_:)", "short moments", .returns) {
      var learner = try Self.learner()
      _ = try learner.iterate(budget: 1000)
      var state = learner.state
      state.moments = state.moments.map { ($0.name, .of(1)) }
      try learner.restore(state)
      _ = try learner.iterate(budget: 1000)
    }
    addBuilders()
  }

  static func learner(_ settings: AlgorithmSettings = .ppo) throws -> Learner {
    try Learner(settings, policy: try cartPolePolicy(), lanes: try lanes())
  }

  private mutating func addBuilders() {
    let make = "PolicyBuilder.policy(observing:acting:maskSize:boxes:architecture:in:)"
    add(
      [make, "PolicyBuilder.policy(observing:acting:hidden:)"], "a layer without units",
      .fails("width of a layer")
    ) {
      _ = try PolicyBuilder.policy(observing: .discrete(2), acting: .discrete(2), hidden: [0])
    }
    for size in [-1, 1] {
      add(make, "a mask of \(size) numbers", .fails("number of mask values")) {
        _ = try PolicyBuilder.policy(observing: .discrete(2), acting: .discrete(2), maskSize: size)
      }
    }
    let broken = Space(.box(shape: [3], low: [0], high: [1], element: .float32))
    for (o, a) in [(broken, Space.discrete(2)), (Space.discrete(2), broken)] {
      add(make, "a box with bounds for one of three numbers", .fails("give one for each")) {
        _ = try PolicyBuilder.policy(observing: o, acting: a)
      }
    }
    add("PolicyBuilder.inputs(of:scale:)", "no choices", .fails("number of features of an input")) {
      let inputs = PolicyBuilder.inputs(of: .discrete(count: 0, start: 0), scale: -1)
      _ = try Policy(featureSize: 0, factors: [.categorical(2)], architecture: Architecture(inputs: inputs))
    }
    add("AlgorithmSettings.notices(lanes:isRecurrent:)", "no lanes", .returns) {
      print(AlgorithmSettings.ppo.notices(lanes: 0), AlgorithmSettings.ppo.notices(lanes: -1))
    }
  }

  /// Settings with numbers that the command line refuses, too.
  private mutating func addSettings() {
    let make = "Algorithm.init(name:stepsPerLane:method:optimizer:rateSchedule:explorationSteps:)"
    let changes: [(String, (inout AlgorithmSettings) -> Void)] = [
      ("algorithm.rate", { $0.optimization.rate = -1 }), ("algorithm.rate", { $0.optimization.rate = .nan }),
      ("algorithm.epochs", { $0.minibatches.epochs = 0 }), ("algorithm.gamma", { $0.estimation.gamma = 3 }),
      ("algorithm.lambda", { $0.estimation.lambda = -0.1 }),
      ("algorithm.minibatch", { $0.minibatches.size = -5 }),
      ("algorithm.clip ", { $0.estimation.clip = 0 }), ("rollout.steps", { $0.stepsPerLane = 0 }),
      ("algorithm.sequence", { $0.truncation.length = -1 }),
      ("algorithm.critic_epochs", { $0.critic.epochs = -1 }),
      ("algorithm.conjugate_steps", { $0.natural.conjugateSteps = 0 }),
      ("policy.exploration_steps", { $0.explorationSteps = -1 }),
      ("normalize.reward_clip", { $0.rewards.clip = -1 }),
    ]
    for (key, change) in changes {
      add(make, "settings: \(key)", .fails("\(key.trimmed) takes")) {
        var settings = AlgorithmSettings.ppo
        change(&settings)
        _ = try Self.learner(settings)
      }
    }
    let gae = GeneralizedAdvantage(discount: 3, decay: 1)
    let algorithms: [(String, Algorithm)] = [
      ("algorithm.gamma", Self.trajectories(TotalReturn(discount: -1))),
      ("algorithm.gamma", Self.trajectories(RewardToGo(discount: 2))),
      ("algorithm.weight_clip", Self.trajectories(ImportanceSampling(clip: -1))),
      ("algorithm.rate", Self.trajectories(TotalReturn(), rate: 0)),
      ("rollout.steps", Self.trajectories(TotalReturn(), steps: -1)),
      (
        "algorithm.gamma",
        Algorithm(
          name: "own",
          method: .advantages(
            AdvantageLearning(gae, update: .joint(MinibatchSettings(), ValueLoss()), discount: 1)),
          optimizer: Adam(rate: 1))
      ),
    ]
    for (key, algorithm) in algorithms {
      add(make, "an own algorithm: \(key)", .fails("\(key) takes")) {
        _ = try Learner(algorithm, policy: try cartPolePolicy(), lanes: try lanes())
      }
    }
  }

  private static func trajectories(_ estimator: any Estimator, rate: Double = 1, steps: Int = 10) -> Algorithm
  {
    Algorithm(
      name: "own", stepsPerLane: steps, method: .trajectories(TrajectoryLearning(estimator)),
      optimizer: Adam(rate: rate))
  }
}

extension String {
  fileprivate var trimmed: String { String(split(separator: " ")[0]) }
}
