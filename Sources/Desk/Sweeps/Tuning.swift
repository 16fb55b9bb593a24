package import AscentExperiments

/// Searches settings for an environment, and compares what it found with the default on fresh seeds.
package struct Tuning {
  /// The plan.
  package let plan: TuningPlan
  /// The processes.
  package var runner: TrialRunner
  /// The number of held-out episodes of a trial of a rung.
  package var searchEpisodes = 20
  /// The number of held-out episodes of a trial on fresh seeds.
  package var freshEpisodes = 100
  /// Called after each rung.
  package var onRung: (Rung) -> Void = { _ in }

  /// A rung that is done.
  package struct Rung: Sendable {
    /// Its number, from 1.
    package let number: Int
    /// The steps of each of its trainings.
    package let steps: Int
    /// Its settings and their returns, best first; nil for a training that failed.
    package let scores: [(candidate: Candidate, score: Double?)]
  }

  /// The result.
  package struct Result: Sendable {
    /// The settings that won; those of the default have no values.
    package let winner: Candidate
    /// The winner (A) beside the default (B) on fresh seeds; without scores if the default won.
    package let comparison: Comparison
    /// The default's scores on fresh seeds.
    package let defaults: [Double]
    /// The winner's run of the first fresh seed, and the default's.
    package let runs: (winner: RunFolder, default: RunFolder)

    /// True if the winner is not the default, and its mean on fresh seeds is the higher one: then the file has its settings.
    package var isHigher: Bool { !comparison.scores.isEmpty && comparison.difference > 0 }

    /// What the fresh seeds say of the winner beside the default: `better`, `worse` or `undecided`; nil if the default won.
    package var verdict: String? {
      guard !comparison.scores.isEmpty else { return nil }
      return switch comparison.verdict {
      case .a: "better"
      case .b: "worse"
      case .undecided: "undecided"
      }
    }
  }

  /// The way in which a tuning ended.
  package enum Ending {
    case complete(Result)
    case failed(Trial, TrialFailure)
    case interrupted
  }

  /// Makes a tuning.
  package init(_ plan: TuningPlan, _ runner: TrialRunner) { (self.plan, self.runner) = (plan, runner) }

  /// The settings of the first rung: the default, and draws from the algorithm's space.
  ///
  /// - Throws: ``ExperimentError/machine(_:)`` if a stream cannot be made.
  package func candidates() throws(ExperimentError) -> [Candidate] {
    var sweep = SweepPlan()
    (sweep.seed, sweep.ranges) = (plan.seed, TuningSpace.ranges(of: plan.algorithm))
    var all = [Candidate(name: "default", algorithm: plan.algorithm, values: [])]
    for k in 1..<plan.candidates {
      all.append(Candidate(name: "draw-\(k)", algorithm: plan.algorithm, values: try sweep.draw(k)))
    }
    return all
  }

  /// A training of settings.
  private func trial(_ candidate: Candidate, _ prefix: String, _ steps: Int, _ seed: UInt64) -> Trial {
    Trial(
      group: "\(prefix)-\(candidate.name)", seed: seed,
      arguments: [plan.environment, "--algorithm", plan.algorithm, "--steps", String(steps)]
        + candidate.values.flatMap(\.arguments))
  }

  /// The first training, whose speed says how many steps fit into a time.
  package func firstTrial() -> Trial {
    trial(
      Candidate(name: "default", algorithm: plan.algorithm, values: []), "rung-1", plan.steps(of: 0),
      plan.seed &+ 1)
  }

  /// Runs the trials that have no result yet.
  ///
  /// - Returns: the result, the trial that failed where it must not, or that the user stopped it.
  /// - Throws: ``ExperimentError`` if no process can be started or a result cannot be written.
  package func run() throws(ExperimentError) -> Ending {
    var left = try candidates()
    var search = runner
    (search.episodes, search.evaluationSeed) = (searchEpisodes, plan.seed)
    for rung in 0..<TuningPlan.rungs {
      left = Array(left.prefix(plan.count(of: rung)))
      let steps = plan.steps(of: rung)
      let trials = left.map { trial($0, "rung-\(rung + 1)", steps, plan.seed &+ UInt64(rung + 1)) }
      let endings = try search.run(trials)
      guard !endings.contains(.interrupted) else { return .interrupted }
      if let (trial, failure) = zip(trials, endings).lazy.compactMap({ pair in
        pair.1.failure.map { (pair.0, $0) }
      }).first,
        !endings.contains(where: { $0.score != nil })
      {
        return .failed(trial, failure)
      }
      let scored = zip(left, endings).map { ($0, $1.score?.meanReturn) }
      // Stable: of equal settings the first stays first, and the default is the very first.
      let sorted = scored.sorted { ($0.1 ?? -.infinity) > ($1.1 ?? -.infinity) }
      onRung(Rung(number: rung + 1, steps: steps, scores: sorted.map { (candidate: $0.0, score: $0.1) }))
      left = sorted.filter { $0.1 != nil }.map(\.0)
    }
    return try compare(left[0])
  }

  /// Trains the winner and the default on fresh seeds.
  private func compare(_ winner: Candidate) throws(ExperimentError) -> Ending {
    let standard = try candidates()[0]
    let seeds = (1...UInt64(TuningPlan.freshSeeds)).map { plan.seed &+ 100 &+ $0 }
    let sides = winner == standard ? [standard] : [winner, standard]
    let trials = seeds.flatMap { seed in sides.map { trial($0, "fresh", plan.steps, seed) } }
    var fresh = runner
    (fresh.episodes, fresh.evaluationSeed) = (freshEpisodes, plan.seed &+ 1)
    let endings = try fresh.run(trials)
    guard !endings.contains(.interrupted) else { return .interrupted }
    var scores: [[Double]] = sides.map { _ in [] }
    var winnerFailed = false
    for (k, ending) in endings.enumerated() {
      if let failure = ending.failure {
        // Settings that fail on a fresh seed are not better than the default.
        guard sides.count == 2, k % 2 == 0 else { return .failed(trials[k], failure) }
        winnerFailed = true
      }
      if let score = ending.score { scores[k % sides.count].append(score.meanReturn) }
    }
    var comparison = Comparison(isPaired: true)
    let defaults = scores[sides.count - 1]
    if sides.count == 2, !winnerFailed { for (a, b) in zip(scores[0], defaults) { comparison.add(a, b) } }
    return .complete(
      Result(
        winner: winner, comparison: comparison, defaults: defaults,
        runs: (runner.store.run(of: trials[0]), runner.store.run(of: trials[sides.count - 1]))))
  }
}

extension Tuning.Result {
  /// The text of the file of settings: the winner's, or the default's where no higher mean was found.
  ///
  /// - Parameters:
  ///   - plan: the plan.
  ///   - catalog: the names.
  /// - Returns: the text.
  /// - Throws: ``ExperimentError`` if the run cannot be read.
  package func text(_ plan: TuningPlan, _ catalog: Catalog) throws(ExperimentError) -> String {
    let found =
      isHigher
      ? winner.values.map(\.short).joined(separator: " ")
      : "none with a higher mean than the default's, which these are"
    let numbers =
      comparison.scores.isEmpty
      ? "Mean return on \(defaults.count) fresh seeds: \(mean(defaults))."
      : "Mean return on \(defaults.count) fresh seeds: \(mean(comparison.ours)), with the default's settings \(mean(defaults))"
        + (isHigher && verdict != "better" ? " (higher, but not shown to be better)." : ".")
    return SettingsFile.text(
      of: try .ofRun(isHigher ? runs.winner : runs.default, catalog),
      comments: [
        "Settings of \(plan.algorithm) for \(plan.environment), by ascent tune: \(found).", numbers,
        "ascent train \(plan.environment) --config FILE",
      ])
  }
}
