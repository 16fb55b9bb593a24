import Ascent

/// Trains in the corridor and tells what happens; cancelling the task interrupts the run, with a checkpoint.
func followRun(below path: String) async throws {
  let folder = RunFolder("\(path)/followed")
  for try await event in Training.events(of: { () throws(ExperimentError) in
    var configuration = Configuration(environment: "corridor")
    (configuration.steps, configuration.timeLimit) = (20_000, 100)
    return try Training(configuration, folder: folder) { _ in try Corridor() }
  }) {
    switch event {
    case .iteration(let report, let steps, _): print("\(steps) steps, mean return \(report.objective.mean)")
    case .evaluation(let found): print("\(found.steps) steps, evaluated: \(found.meanReturn)")
    case .notice(let text): print(text)
    case .finished(let outcome): print("bits \(outcome.bits.prefix(12))…")
    }
  }
}
