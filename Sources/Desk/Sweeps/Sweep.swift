package import AscentExperiments
package import AscentPythonEnvironments

/// Trains and evaluates the settings of a sweep, each with its seeds.
package struct Sweep {
  /// The sweep as its file describes it.
  package let plan: SweepPlan
  /// The processes of its trials.
  package var runner: TrialRunner
  /// The embedded interpreter for Optuna; called once, if it is needed.
  package var startPython: () throws(ExperimentError) -> Interpreter

  /// The endings of the trials of one candidate, by the order of the seeds.
  package typealias Row = (candidate: Candidate, endings: [TrialEnding])

  /// Makes a sweep.
  package init(
    _ plan: SweepPlan, _ runner: TrialRunner, startPython: @escaping () throws(ExperimentError) -> Interpreter
  ) {
    (self.plan, self.runner, self.startPython) = (plan, runner, startPython)
    (self.runner.episodes, self.runner.evaluationSeed) = (plan.episodes, plan.evaluationSeed)
    // Optuna was told of the failure; a success instead of it would change what it proposes next.
    self.runner.keepsFailures = plan.method.needsOptuna
  }

  /// Checks that the packages are there, before a folder is made.
  ///
  /// - Throws: ``ExperimentError`` if Python cannot start, or Optuna is not installed.
  package func checkPackages() throws(ExperimentError) {
    if plan.needsOptuna { _ = try OptunaStudy(plan, plan.algorithms[0], try startPython()) }
  }

  /// Runs the trials that have no result yet.
  ///
  /// - Returns: a row for each candidate that was tried.
  /// - Throws: ``ExperimentError`` if no process can be started, a result cannot be written, or Optuna fails.
  package func run() throws(ExperimentError) -> [Row] {
    try runner.store.prepare()
    guard plan.needsOptuna else { return try rows(of: try plan.candidates()) }
    let interpreter = try startPython()
    var rows: [Row] = []
    for algorithm in plan.algorithms where !runner.isInterrupted() {
      rows += try adaptiveRows(algorithm, OptunaStudy(plan, algorithm, interpreter))
    }
    return rows
  }

  /// The trials of a sweep whose candidates are known beforehand: all of them with the first seed, then with the second, and
  /// so on.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` if the method chooses them by the results of others.
  package func trials() throws(ExperimentError) -> [Trial] {
    guard !plan.needsOptuna else {
      throw .usage(
        "method and pruner of this sweep choose trials by the results of others: it has one process that gives them out"
      )
    }
    return trials(of: try plan.candidates())
  }

  /// The rows of the trials that have been made one by one.
  package func collected() throws(ExperimentError) -> [Row] {
    let candidates = try plan.candidates()
    return rows(of: candidates, try runner.collected(try trials()))
  }

  private func trials(of candidates: [Candidate]) -> [Trial] {
    plan.seeds.flatMap { seed in candidates.map { plan.trial($0, seed) } }
  }

  private func rows(of candidates: [Candidate]) throws(ExperimentError) -> [Row] {
    rows(of: candidates, try runner.run(trials(of: candidates)))
  }

  private func rows(of candidates: [Candidate], _ endings: [TrialEnding]) -> [Row] {
    candidates.enumerated().map { number, candidate in
      (candidate, plan.seeds.indices.map { endings[$0 * candidates.count + number] })
    }
  }

  /// Tries what Optuna proposes, a batch after the other.
  private func adaptiveRows(_ algorithm: String, _ study: OptunaStudy) throws(ExperimentError) -> [Row] {
    var all: [Row] = []
    let count = plan.trials ?? 0
    while all.count < count, !runner.isInterrupted() {
      let first = all.count
      var batch: [Candidate] = []
      for number in first..<min(first + plan.batchSize, count) {
        let proposed = try study.ask(number)
        batch.append(plan.candidate(algorithm, number, of: count, proposed))
      }
      let rows = try plan.pruner == .none ? rows(of: batch) : prunedRows(batch, first, study)
      for (number, row) in rows.enumerated() {
        let scores = row.endings.compactMap(\.score?.meanReturn)
        let isWhole = scores.count == row.endings.count
        let isPruned = row.endings.contains { $0.word == "pruned" }
        if row.endings.contains(.interrupted) { continue }
        try study.tell(first + number, isWhole ? mean(scores) : nil, isPruned: isPruned)
      }
      all += rows
    }
    return all
  }

  /// Tries a batch with the first seed, under the eyes of a pruner, and what is left of it with the others.
  private func prunedRows(
    _ batch: [Candidate], _ first: Int, _ study: OptunaStudy
  ) throws(ExperimentError) -> [Row] {
    let trials = batch.map { plan.trial($0, plan.seeds[0]) }
    let rungs = Rungs(steps: plan.steps ?? 1)
    var reported: [String: Int] = [:]
    func look(_ trial: Trial, _ run: RunFolder) throws(ExperimentError) -> TrialEnding? {
      guard let index = trials.firstIndex(where: { $0.name == trial.name }) else { return nil }
      let means = rungs.means(of: run)
      for rung in means.indices.dropFirst(reported[trial.name] ?? 0) {
        reported[trial.name] = rung + 1
        guard let value = means[rung] else { continue }
        if try study.report(first + index, value, rung: rung + 1) {
          return .pruned(steps: rungs.steps(after: rung + 1), value: value)
        }
      }
      return nil
    }
    var watching = runner
    watching.prune = look
    let endings = try watching.run(trials)
    for (trial, ending) in zip(trials, endings) where reported[trial.name] == nil && ending != .interrupted {
      // A trial of an earlier process: what the pruner then saw is still in its metrics.csv.
      _ = try look(trial, runner.store.run(of: trial))
    }
    let others = Array(plan.seeds.dropFirst())
    let left = batch.indices.filter { endings[$0].score != nil }
    let more = try runner.run(left.flatMap { index in others.map { plan.trial(batch[index], $0) } })
    return batch.indices.map { index in
      guard let place = left.firstIndex(of: index) else { return (batch[index], [endings[index]]) }
      return (batch[index], [endings[index]] + more[(place * others.count)..<((place + 1) * others.count)])
    }
  }
}
