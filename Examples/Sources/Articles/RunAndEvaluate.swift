import Ascent

/// Trains a run with a folder, and plays episodes with the policy of its files.
func runAndEvaluate(below path: String) throws {
  var configuration = Configuration(environment: "native:cartpole")
  try configuration.set("algorithm.name", typed: "reinforce")
  try configuration.set("run.steps", typed: "60000")

  let (folder, host) = (RunFolder("\(path)/run"), Host())
  var training = try Training(configuration, folder: folder, host: host)
  let outcome = try training.run(onIteration: { report, steps, _ in
    if report.iteration.isMultiple(of: 10) { print("\(steps) steps, mean return \(report.objective.mean)") }
  })
  print("bits \(outcome.bits.prefix(12))…")

  let evaluation = try Evaluation(
    of: folder, episodes: 20, isStochastic: false, EvaluationPlan(seed: 3, host: host))
  print("mean return \(evaluation.meanReturn) ± \(evaluation.standardError)")
}
