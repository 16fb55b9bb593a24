// A program with native environments alone: no Python is built or linked.
import AscentCore

// Names that Ascent's modules must leave to a client.
enum Environments { static let names = Catalog.standard.environments.names }
enum Policies {}

let lanes = try Lanes(
  (0..<8).map { _ in TimeLimit(try CartPole(), limit: CartPole.timeLimit) }, seed: 1)
let policy = try PolicyBuilder.policy(
  observing: lanes.observationSpace, acting: lanes.actionSpace, hidden: [64, 64])
var learner = try Learner(.reinforce, policy: policy, lanes: lanes)
var last = 0.0
while learner.steps < 40_000, let report = try learner.iterate(budget: 40_000 - learner.steps) {
  if report.objective.count > 0 { last = report.objective.mean }
}
precondition(last > 50, "a policy learns within 40,000 steps")
print("\(Environments.names.count) native environments, mean return \(last)")
