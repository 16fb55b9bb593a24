import AscentEnvironments
import AscentPolicies
import AscentPolicyGradients
import AscentRandomness

/// A policy for `native:cartpole`.
func cartPolePolicy(_ observationSize: Int = 4, critic: Architecture.Critic = .separate) throws -> Policy {
  try Policy(
    featureSize: observationSize, factors: [.categorical(2)],
    architecture: Architecture(hidden: [4], critic: critic))
}

/// A rollout of some steps of each of two lanes, with the sampler and what it was sampled with.
struct Sample {
  var sampler: Sampler
  var rollout: Rollout
  let policy: Policy
  let θ: Parameters

  init(_ amount: Sampler.Amount = .exactly(5, rollout: 0)) throws {
    let lanes = try lanes()
    policy = try cartPolePolicy()
    θ = policy.initialParameters(from: try stream())
    sampler = try Sampler(lanes, policy: policy)
    rollout = Rollout(of: lanes)
    _ = try sampler.fill(&rollout, acting: policy, θ, SamplingBudget(amount, steps: 1000))
  }
}

extension Misuses {
  mutating func addSampling() {
    type = "PolicyGradients"
    let make = "Rollout.init(laneCount:observationSize:actionSize:storesBytes:)"
    for (lanes, observation, action, words) in [
      (-1, 1, 1, "number of lanes"), (1, -1, 1, "observationSize must"), (1, 1, -1, "actionSize must"),
    ] {
      add(make, "\(lanes), \(observation), \(action)", .stops(words)) {
        _ = Rollout(laneCount: lanes, observationSize: observation, actionSize: action)
      }
    }
    let fill = "Sampler.fill(_:acting:_:_:isInterrupted:)"
    for (lanes, size, words) in [
      (1, 4, "lanes of the rollout must have 2"), (2, 3, "observations of the rollout must have 4"),
    ] {
      add(fill, "a rollout of \(lanes) lanes, \(size) numbers", .stops(words)) {
        var sample = try Sample()
        var rollout = Rollout(laneCount: lanes, observationSize: size, actionSize: 1)
        _ = try sample.sampler.fill(
          &rollout, acting: sample.policy, sample.θ, SamplingBudget(.episodes(1), steps: 9))
      }
    }
    add(fill, "the parameters of another policy", .stops("parameters must have")) {
      var sample = try Sample()
      let θ = try cartPolePolicy(5).initialParameters(from: try stream())
      _ = try sample.sampler.fill(
        &sample.rollout, acting: sample.policy, θ, SamplingBudget(.episodes(1), steps: 9))
    }
    add(fill, "another policy", .stops("workspace must be one that this policy")) {
      var sample = try Sample()
      let policy = try cartPolePolicy(critic: .none)
      let θ = policy.initialParameters(from: try stream())
      _ = try sample.sampler.fill(&sample.rollout, acting: policy, θ, SamplingBudget(.episodes(1), steps: 9))
    }
    add(fill, "a policy for another environment", .stops("observations of the policy must have 4")) {
      var sample = try Sample()
      let policy = try cartPolePolicy(3)
      _ = try sample.sampler.fill(
        &sample.rollout, acting: policy, sample.θ, SamplingBudget(.episodes(1), steps: 9))
    }
    for amount in [Sampler.Amount.episodes(-3), .stepsPerLane(-3), .exactly(-3, rollout: 0)] {
      for steps in [-5, 0, 7] {
        add([fill, "SamplingBudget.init(_:steps:)"], "\(amount) of \(steps) steps", .returns) {
          var sample = try Sample()
          print(
            try sample.sampler.fill(
              &sample.rollout, acting: sample.policy, sample.θ, SamplingBudget(amount, steps: steps)))
          print(sample.rollout.stepCount, Objective(sample.rollout))
        }
      }
    }
    addReadingOfRollouts()
    addReplays()
    addShares()
    addEstimates()
  }

  private mutating func addReadingOfRollouts() {
    for index in [-1, 6, 1000] {
      add("Rollout.Lane.observation(inSlot:)", "slot \(index)", .stops("slot must be from 0")) {
        print(try Sample().rollout.lanes[0].observation(inSlot: index))
      }
      add("Rollout.Lane.observation(before:)", "step \(index)", .stops("step must be from 0")) {
        print(try Sample().rollout.lanes[0].observation(before: index))
      }
      add("Rollout.load(_:lane:into:)", "lane \(index)", .stops("lane must be from 0 to 1")) {
        var trajectory = Trajectory()
        let sample = try Sample()
        sample.rollout.load(sample.rollout.lanes[0].episodes[0], lane: index, into: &trajectory)
      }
    }
    add(
      "Rollout.load(_:lane:into:)", "an episode of another rollout",
      .stops("episode must be one of this lane")
    ) {
      var trajectory = Trajectory()
      let (short, long) = (try Sample(), try Sample(.exactly(7, rollout: 0)))
      short.rollout.load(long.rollout.lanes[0].episodes[0], lane: 0, into: &trajectory)
    }
    add("Objective.init(_:)", "an empty rollout", .returns) {
      print(Objective(Rollout(laneCount: 0, observationSize: 0, actionSize: 0)))
    }
    add("ActionBounds.clamp(_:_:into:)", "an action that is too short", .stops("drawn action must have 1")) {
      var (applied, drawn): ([Float], [Float]) = (.of(1), [])
      drawn = []
      ActionBounds(.discrete(2)).clamp(try cartPolePolicy(), drawn.span, into: &applied)
    }
    add("ActionBounds.clamp(_:_:into:)", "no room", .stops("applied action must have at least 1")) {
      var (applied, drawn): ([Float], [Float]) = ([], .of(1))
      drawn = .of(1)
      ActionBounds(.discrete(2)).clamp(try cartPolePolicy(), drawn.span, into: &applied)
    }
    add("Profile.Phase.init(rawValue:)", "a number of no phase", .returns) {
      print(Profile.Phase(rawValue: -1) as Any, Profile.Phase(rawValue: 99) as Any)
    }
  }

  private mutating func addReplays() {
    let replay = "Sampler.replay(_:)"
    add(replay, "a record for one of two lanes", .stops("open episodes must have 2")) {
      var sample = try Sample()
      print(try sample.sampler.replay([OpenEpisode()]) as Any)
    }
    let changes: [(String, String, (inout OpenEpisode) -> Void)] = [
      ("negative steps", "negative number of steps", { $0.steps = -1 }),
      ("a short observation", "observation and a recurrent state", { $0.observation = .of(3) }),
      ("a state of a policy without one", "observation and a recurrent state", { $0.memory = .of(3) }),
      ("fewer actions than steps", "an action for each of its steps", { $0.actions.removeLast() }),
    ]
    for (what, words, change) in changes {
      add(replay, what, .stops(words)) {
        var sample = try Sample()
        var open = sample.sampler.open
        change(&open[1])
        print(try sample.sampler.replay(open) as Any)
      }
    }
  }

  private mutating func addShares() {
    for (total, unit, rank, words) in [
      (4, 0, 0, "number of lanes of a block"), (-4, 1, 0, "number of lanes or leaves"),
      (4, 1, 1, "rank must be"),
      (4, 1, -1, "rank must be"),
    ] {
      add("Collective.share(of:unit:rank:)", "\(total), \(unit), \(rank)", .stops(words)) {
        print(Alone().share(of: total, unit: unit, rank: rank))
      }
    }
    add(["Collective.share(of:rank:)"], "rank 1 of one", .stops("rank must be")) {
      print(Alone().share(of: 4, rank: 1))
    }
    add(["Collective.share(of:)"], "−1 lanes", .stops("number of lanes or leaves")) {
      print(Alone().share(of: -1))
    }
    for (given, received, words) in [(2, 1, "parcels"), (1, 0, "received parcels")] {
      add("Collective.trade(_:into:)", "\(given), \(received)", .stops(words)) {
        var all = Array(repeating: [1.0], count: received)
        Alone().trade(Array(repeating: [1.0], count: given), into: &all)
      }
    }
    add(
      ["Collective.write(_:)", "Alone.write(_:)", "Collective.read(from:into:)", "Alone.read(from:into:)"],
      "another process of one", .returns
    ) {
      var numbers = [1.0]
      Alone().write([Float]())
      Alone().read(from: 7, into: &numbers)
    }
  }

  private mutating func addEstimates() {
    let (make, weigh, estimate) = (
      "GradientEstimate.init(laneCount:policy:with:)",
      "GradientEstimate.weigh(_:estimator:subtracting:parameters:)",
      "GradientEstimate.estimate(_:estimator:subtracting:parameters:)"
    )
    for count in [0, -1] {
      add(make, "\(count) lanes", .stops("number of lanes must")) {
        _ = GradientEstimate(laneCount: count, policy: try cartPolePolicy())
      }
    }
    for (lanes, size, words) in [
      (3, 4, "lanes of the rollout must have 3"), (2, 5, "observations of the rollout must have 5"),
    ] {
      add([weigh, make], "a rollout of other sizes: \(words)", .stops(words)) {
        let sample = try Sample()
        var gradient = GradientEstimate(laneCount: lanes, policy: try cartPolePolicy(size))
        gradient.weigh(sample.rollout, estimator: TotalReturn(), subtracting: .nothing, parameters: sample.θ)
      }
    }
    for (values, words): ([[Double]], String) in [
      ([[]], "values must have 2"), ([[], [0]], "values of a lane must have 5"),
    ] {
      add(estimate, "values \(values)", .stops(words)) {
        let sample = try Sample()
        var gradient = GradientEstimate(laneCount: 2, policy: sample.policy)
        print(
          gradient.estimate(
            sample.rollout, estimator: TotalReturn(), subtracting: .values(values), parameters: sample.θ))
      }
    }
    add(estimate, "the parameters of another policy", .stops("parameters must have")) {
      let sample = try Sample()
      var gradient = GradientEstimate(laneCount: 2, policy: sample.policy)
      let θ = try cartPolePolicy(5).initialParameters(from: try stream())
      print(gradient.estimate(sample.rollout, estimator: TotalReturn(), subtracting: .nothing, parameters: θ))
    }
    let optimizers: [(String, any Optimizer)] = [
      ("Adam", Adam(rate: 1)), ("GradientAscent", GradientAscent(rate: 1)), ("Lion", Lion(rate: 1)),
      ("Momentum", Momentum(rate: 1)), ("RMSProp", RMSProp(rate: 1)),
    ]
    for (name, optimizer) in optimizers {
      add(
        ["\(name).ascend(_:along:)", "Optimizer.ascend(_:along:)"], "a gradient longer than θ",
        .stops("parameters must have")
      ) {
        var (θ, optimizer) = (try Sample().θ, optimizer)
        optimizer.ascend(&θ, along: .of(θ.values.count + 1))
      }
      add(["\(name).ascend(_:along:)", "Optimizer.ascend(_:along:)"], "moments of another length", .returns) {
        var (θ, optimizer) = (try Sample().θ, optimizer)
        optimizer.ascend(&θ, along: .of(θ.values.count))
        optimizer.moments = optimizer.moments.map { ($0.name, .of(1)) }
        optimizer.ascend(&θ, along: .of(θ.values.count))
      }
    }
  }
}
