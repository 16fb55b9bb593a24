import Ascent

/// CartPole without its velocities, and a policy with a gated recurrent unit that has to infer them.
func trainWithMemory(steps: Int) throws {
  let environments = try (0..<8).map { _ in
    let cartPole = TimeLimit(try CartPole(), limit: CartPole.timeLimit)
    return try PartialObservation(
      cartPole, [Emission(typed: "hide=1,3"), Emission(typed: "gaussian=0.01")], horizon: CartPole.timeLimit)
  }
  let lanes = try Lanes(environments, seed: 1)
  let policy = try PolicyBuilder.policy(
    observing: lanes.observationSpace, acting: lanes.actionSpace,
    architecture: Architecture(critic: .separate, recurrence: Recurrence(.gru, size: 32)))
  var learner = try Learner(.ppo, policy: policy, lanes: lanes)
  var returns: [Double] = []
  while learner.steps < steps, let report = try learner.iterate(budget: steps - learner.steps) {
    if report.objective.count > 0 { returns.append(report.objective.mean) }
  }
  let (first, last) = (returns.first ?? .nan, returns.last ?? .nan)
  print("hidden velocities: mean return \(first.rounded()) at first, \(last.rounded()) at last")
}
