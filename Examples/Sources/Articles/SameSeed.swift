import Ascent

/// Trains for some iterations, and returns θ.
func parameters(seed: UInt64) throws -> [Float] {
  let environments = try (0..<4).map { _ in TimeLimit(try CartPole(), limit: CartPole.timeLimit) }
  let lanes = try Lanes(environments, seed: seed)
  let policy = try PolicyBuilder.policy(observing: lanes.observationSpace, acting: lanes.actionSpace)
  var learner = try Learner(.reinforce, policy: policy, lanes: lanes)
  for _ in 0..<5 { _ = try learner.iterate(budget: 10_000) }
  return learner.parameters.values
}

/// One seed gives the same bits, another one others.
func compareSeeds() throws {
  let (first, again, other) = (
    try parameters(seed: 7), try parameters(seed: 7), try parameters(seed: 8)
  )
  print("seed 7 twice: \(first == again ? "the same bits" : "different bits")")
  print("seeds 7 and 8: \(first == other ? "the same bits" : "different bits")")
}
