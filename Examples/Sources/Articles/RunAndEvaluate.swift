import Ascent

/// Trains a run with a folder, and plays episodes with the policy of its files.
func runAndEvaluate(in path: String) throws {
  var configuration = Configuration(environment: "native:cartpole")
  try configuration.set("algorithm.name", typed: "reinforce")
  try configuration.set("run.steps", typed: "60000")
  try configuration.set("run.seed", typed: "1")

  let (folder, host) = (RunFolder(path), Host())
  var training = try Training(configuration, folder: folder, host: host)
  let outcome = try training.run(onIteration: { report, steps, _ in
    if report.iteration.isMultiple(of: 10) { print("\(steps) steps, mean return \(report.objective.mean)") }
  })
  print("\(path): bits \(outcome.bits.prefix(12))…")

  let evaluation = try Evaluation(
    of: folder, episodes: 20, isStochastic: false, EvaluationPlan(seed: 3, host: host))
  print("mean return \(evaluation.meanReturn) ± \(evaluation.standardError)")

  var playing = try Playing(.run(folder, isStochastic: true), EvaluationPlan(seed: 3, host: host))
  let episode = try playing.next(0)
  print("\(episode.rewards.count) steps of drawn actions, return \(episode.totalReward)")
}
