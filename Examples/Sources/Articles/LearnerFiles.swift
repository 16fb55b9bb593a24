import Ascent

/// A learner without a run: its checkpoint is a file, and so is its policy.
func keepLearner(below path: String) throws {
  let algorithm = try AlgorithmSettings.reinforce.algorithm()
  func makeLanes() throws -> Lanes {
    try Lanes((0..<4).map { _ in TimeLimit(try CartPole(), limit: CartPole.timeLimit) }, seed: 1)
  }
  let lanes = try makeLanes()
  let policy = try PolicyBuilder.policy(observing: lanes.observationSpace, acting: lanes.actionSpace)
  var learner = try Learner(algorithm, policy: policy, lanes: lanes)
  for _ in 0..<3 { _ = try learner.iterate(budget: 10_000) }
  try learner.checkpoint(to: "\(path)/learner.safetensors")
  _ = try learner.iterate(budget: 10_000)

  var resumed = try Learner(
    resuming: "\(path)/learner.safetensors", algorithm, policy: policy, lanes: try makeLanes())
  _ = try resumed.iterate(budget: 10_000)
  let isEqual = learner.parameters.values == resumed.parameters.values
  print("resumed: \(isEqual ? "the same bits" : "different bits")")

  try SavedPolicy(learner, environment: "native:cartpole").save(to: RunFolder("\(path)/policy"))
  let loaded = try SavedPolicy(contentsOf: RunFolder("\(path)/policy"))
  print("a policy of \(loaded.parameters.values.count) parameters, after \(loaded.steps ?? 0) steps")
}
