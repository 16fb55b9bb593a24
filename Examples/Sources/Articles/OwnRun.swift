import Ascent

/// Trains in an environment of the program's own, with a run folder, and evaluates there.
func trainInOwnEnvironment(in path: String) async throws {
  var settings = Configuration(environment: "short-cart")
  (settings.steps, settings.timeLimit) = (20_000, 100)
  let (wanted, folder) = (settings, RunFolder(path))

  for try await event in Training.events(of: { () throws(ExperimentError) in
    try Training(wanted, folder: folder) { _ in try CartPole() }
  }) {
    switch event {
    case .iteration(let report, let steps, _) where report.iteration % 10 == 0:
      print("\(steps) steps, mean return \(report.objective.mean)")
    case .iteration: break
    case .notice(let text): print(text)
    case .finished(let outcome): print("bits \(outcome.bits.prefix(12))…")
    }
  }
  let evaluation = try Evaluation(of: folder, episodes: 20) { _ in TimeLimit(try CartPole(), limit: 100) }
  print("mean return \(evaluation.meanReturn) ± \(evaluation.standardError)")
}
