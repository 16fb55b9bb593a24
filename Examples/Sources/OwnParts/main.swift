// Adds an environment, an emission, an estimator, a baseline, an optimizer and an action family to Ascent and trains with them: without
// arguments by calls of the library, with arguments as the command line `ascent`, which then knows their names:
//
//     OwnParts train native:docking --algorithm reinforce --set algorithm.estimator=short-sighted …
import Ascent
import AscentCommand

/// Everything that can be named: Ascent's own entries and those of this program.
func catalog() throws -> Catalog {
  var catalog = Catalog.standard
  try catalog.environments.add(.docking)
  try catalog.emissions.add(.bias)
  try catalog.estimators.add(.shortSighted)
  try catalog.baselines.add(.trajectoryMean)
  try catalog.optimizers.add(.signAscent)
  try catalog.distributions.add(.laplace)
  return catalog
}

/// Trains with the five parts, without names and without a command line.
func trainDirectly() throws {
  let environments = try (0..<8).map { _ in TimeLimit(try Docking(), limit: Docking.timeLimit) }
  let lanes = try Lanes(environments, seed: 1)
  let policy = try PolicyBuilder.policy(
    observing: lanes.observationSpace, acting: lanes.actionSpace, boxes: .laplace,
    architecture: Architecture(hidden: [32], logDeviation: -1))
  let method = TrajectoryLearning(ShortSighted(window: 20), baseline: .trajectories(TrajectoryMean()))
  let algorithm = Algorithm(
    name: "own parts", method: .trajectories(method), optimizer: SignAscent(rate: 0.002))
  var learner = try Learner(algorithm, policy: policy, lanes: lanes)
  var returns: [Double] = []
  while learner.steps < 100_000, let report = try learner.iterate(budget: 100_000 - learner.steps) {
    if report.objective.count > 0 { returns.append(report.objective.mean) }
  }
  let (first, last) = (returns.first ?? .nan, returns.last ?? .nan)
  print("docking: \(learner.steps) steps, mean return \(first.rounded()) at first, \(last.rounded()) at last")
}

if CommandLine.arguments.count > 1 {
  AscentProgram.main(catalog: try catalog(), adding: [Autopilot.self])
} else {
  try trainDirectly()
}
