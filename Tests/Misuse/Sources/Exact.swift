import AscentEnvironments
import AscentPolicies
import AscentPolicyGradients

extension Misuses {
  mutating func addExact() {
    type = "PolicyGradients"
    func table(_ states: Int) throws -> PolicyTable {
      let policy = try Policy.categorical(observationSize: states, actionCount: 2, hidden: [])
      return PolicyTable(of: policy, policy.initialParameters(from: try stream()), in: try process(states, 2))
    }
    let (exact, enumeration) = (
      "ExactGradient.init(of:in:horizon:discount:isCountedFromBeginning:)",
      "TrajectoryEnumeration.init(of:in:horizon:)"
    )
    add(exact, "the table of another process", .stops("states of the table must have 3")) {
      _ = ExactGradient(of: try table(2), in: try process(3, 2), horizon: 2)
    }
    add(enumeration, "the table of another process", .stops("states of the table must have 3")) {
      _ = TrajectoryEnumeration(of: try table(2), in: try process(3, 2), horizon: 2)
    }
    let maze = { try PartiallyObservedProcess.tMaze(corridor: 1) }
    let calls: [(String, () throws -> Void)] = [
      (exact, { _ = ExactGradient(of: try table(2), in: try process(2, 2), horizon: -1) }),
      (enumeration, { _ = TrajectoryEnumeration(of: try table(2), in: try process(2, 2), horizon: -1) }),
      (
        "BeliefOptimum.objective(_:horizon:discount:most:)",
        { _ = BeliefOptimum.objective(try maze(), horizon: -1) }
      ),
      (
        "BeliefOptimum.upperBound(_:horizon:discount:)",
        { _ = BeliefOptimum.upperBound(try maze(), horizon: -1) }
      ),
      ("LinearQuadraticOptimum.init(_:horizon:)", { _ = LinearQuadraticOptimum(.mass, horizon: -1) }),
      (
        "MemorylessOptimum.init(_:horizon:discount:starts:seed:)",
        { _ = try MemorylessOptimum(try maze(), horizon: -1) }
      ),
      ("OptimalValues.init(_:horizon:discount:)", { _ = OptimalValues(try process(2, 2), horizon: -1) }),
      (
        "ExactGradient.expectation(of:trajectories:policy:in:horizon:)",
        {
          _ = ExactGradient.expectation(
            of: GradientRule(.totalReturn), trajectories: 1, policy: try table(2), in: try process(2, 2),
            horizon: -1)
        }
      ),
    ]
    for (function, call) in calls {
      add(function, "a horizon of −1", .stops("horizon must be at least 0"), call)
    }
    add(
      "ExactGradient.expectation(of:trajectories:policy:in:horizon:)", "no trajectory",
      .stops("number of trajectories")
    ) {
      _ = ExactGradient.expectation(
        of: GradientRule(.totalReturn), trajectories: 0, policy: try table(2), in: try process(2, 2),
        horizon: 1)
    }
    add(
      "MemorylessOptimum.init(_:horizon:discount:starts:seed:)", "−1 starts",
      .stops("number of random starts")
    ) {
      _ = try MemorylessOptimum(try maze(), horizon: 1, starts: -1)
    }
    add("LinearQuadraticOptimum.init(_:horizon:)", "a short sensor", .stops("the sensor, the state cost")) {
      var process = LinearGaussianProcess.mass
      process.sensor = [1]
      _ = LinearQuadraticOptimum(process, horizon: 2)
    }
    for (features, actions, words) in [(1, 2, "parameters must have"), (2, 1, "action must be a choice")] {
      add(
        "PolicyTable.init(of:_:in:)", "the parameters of a policy of \(features), \(actions)", .stops(words)
      ) {
        let other = try Policy.categorical(observationSize: features, actionCount: actions, hidden: [])
        let policy = try Policy.categorical(observationSize: 2, actionCount: 2, hidden: [])
        let θ = other.initialParameters(from: try stream())
        _ = PolicyTable(of: actions == 1 ? other : policy, θ, in: try process(2, 2))
      }
    }
    add("PolicyTable.init(of:_:in:)", "a policy with two actions", .stops("a table needs a policy")) {
      let policy = try Policy(featureSize: 2, factors: [.categorical(2), .categorical(2)])
      _ = PolicyTable(of: policy, policy.initialParameters(from: try stream()), in: try process(2, 2))
    }
    add("PolicyTable.gradient(_:)", "three coefficients of four", .stops("coefficients must have 4")) {
      print(try table(2).gradient(.of(3)))
    }
    add(
      ["TrajectoryEnumeration.visit(_:)", "TrajectoryEnumeration.moments(of:behavior:)"],
      "the table of another policy",
      .stops("table of the policy that acted must have 4")
    ) {
      let trajectories = TrajectoryEnumeration(of: try table(2), in: try process(2, 2), horizon: 2)
      trajectories?.visit { _, steps, rewards, _ in print(steps, rewards) }
      print(trajectories?.moments(of: ImportanceSampling(), behavior: try table(3)) as Any)
    }
  }
}
