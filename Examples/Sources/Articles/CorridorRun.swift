import Ascent

/// Trains in the corridor with a run folder, evaluates the run, and asks its policy for an action.
func trainInCorridor(below path: String) throws {
  var configuration = Configuration(environment: "corridor")
  try configuration.set("environment.time_limit", typed: "100")
  try configuration.set("run.steps", typed: "30000")

  let folder = RunFolder("\(path)/corridor")
  var training = try Training(configuration, folder: folder) { _ in try Corridor() }
  let outcome = try training.run()
  print("corridor: \(outcome.steps) steps, bits \(outcome.bits.prefix(12))…")

  let evaluation = try Evaluation(of: folder, episodes: 50) { _ in try Corridor() }
  print("mean return \(evaluation.meanReturn) ± \(evaluation.standardError)")

  let agent = try Agent(contentsOf: folder)
  print("at the left end it goes \(agent.act([0]) == [1] ? "right" : "left")")
}
