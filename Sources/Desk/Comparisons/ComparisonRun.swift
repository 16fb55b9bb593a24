package import AscentExperiments
import AscentRegistries

/// Trains and evaluates what a comparison needs.
package struct ComparisonRun {
  /// The sides.
  package let a: ComparedSide, b: ComparedSide
  /// The seeds.
  package var seeds: ComparisonSeeds
  /// The metric: `mean_return` for held-out episodes, or a column of metrics.csv.
  package var metric = ComparisonRun.heldOut
  /// The processes.
  package var runner: TrialRunner
  /// The largest number of seeds that are trained until the answer is known; nil if none are added.
  package var mostSeeds: Int?
  /// Called after each pair.
  package var onPair: (Comparison) -> Void = { _ in }

  /// The metric of held-out episodes.
  package static let heldOut = "mean_return"

  /// Makes a comparison.
  package init(_ a: ComparedSide, _ b: ComparedSide, _ seeds: ComparisonSeeds, _ runner: TrialRunner) {
    (self.a, self.b, self.seeds, self.runner) = (a, b, seeds, runner)
  }

  /// Checks the name of a metric.
  ///
  /// - Throws: ``ExperimentError/usage(_:)``, which names the nearest one, or says that seconds are none.
  package static func check(metric: String) throws(ExperimentError) {
    guard metric != "seconds" else { throw .usage("seconds depend on the machine; choose another --metric") }
    let known = Metrics.columns.map(\.name)
    guard !known.contains(metric) else { return }
    throw .usage(
      "\(UnknownName(kind: "metric", name: metric.inOneLine, known: known)) (see ascent help metrics)")
  }

  /// True if a run has to be trained.
  package var trains: Bool {
    mostSeeds != nil || seeds.pairs.contains { a.runs[$0.a] == nil || b.runs[$0.b] == nil }
  }

  /// The runs of the first pairs.
  package func runs(_ count: Int) -> [RunFolder] {
    seeds.pairs.prefix(count).flatMap { pair in
      [a.trial(pair.a, group: "A"), b.trial(pair.b, group: "B")].map(runner.store.run)
    }
  }

  /// The way in which the run ended.
  package enum Ending {
    /// With all scores that were asked for, or the answer.
    case complete
    /// With a trial that failed.
    case failed(Trial, TrialFailure)
    /// By the user.
    case interrupted
  }

  /// Computes the scores, pair by pair; the pairs are looked at in the order of the seeds, whatever their processes do.
  ///
  /// - Returns: the comparison, and how it ended.
  /// - Throws: ``ExperimentError`` if no process can be started or a result cannot be written.
  package mutating func run() throws(ExperimentError) -> (Comparison, Ending) {
    try runner.store.prepare()
    var comparison = Comparison(isPaired: seeds.isPaired)
    var done = 0
    while true {
      if done == seeds.pairs.count {
        guard let mostSeeds, done < mostSeeds, !comparison.sequence.excludesZero else {
          return (comparison, .complete)
        }
        seeds.extend(to: min(mostSeeds, done + max(1, runner.jobs / 2)))
      }
      let next = seeds.pairs[done...]
      let trials = next.flatMap { [a.trial($0.a, group: "A"), b.trial($0.b, group: "B")] }
      // A column of metrics.csv needs no evaluation of what exists.
      let endings = try runner.run(trials.filter { metric == Self.heldOut || $0.existing == nil })
      var left = endings[...]
      var values: [Double] = []
      for trial in trials {
        let ending = metric == Self.heldOut || trial.existing == nil ? left.popFirst() : nil
        if let failure = ending?.failure { return (comparison, .failed(trial, failure)) }
        if ending == .interrupted { return (comparison, .interrupted) }
        values.append(try value(of: trial, ending?.score))
      }
      for k in stride(from: 0, to: values.count, by: 2) {
        done += 1
        comparison.add(values[k], values[k + 1])
        onPair(comparison)
        if mostSeeds != nil, comparison.sequence.excludesZero { return (comparison, .complete) }
      }
    }
  }

  /// The score of a trial: of held-out episodes, or the mean of a column in the last tenth of its iterations.
  private func value(of trial: Trial, _ score: TrialScore?) throws(ExperimentError) -> Double {
    if metric == Self.heldOut, let score { return score.meanReturn }
    let run = runner.store.run(of: trial)
    let table = try RunTable(run.metricsFile)
    guard let numbers = table.numbers(of: metric) else {
      throw .usage("\(run.path) has no column \(metric) in its metrics.csv")
    }
    // An iteration in which nothing was measured has no number.
    let last = numbers.suffix(max(1, numbers.count / 10)).filter(\.isFinite)
    guard !last.isEmpty else {
      throw .usage("\(run.path) has no number in the column \(metric) of its last iterations")
    }
    return mean(Array(last))
  }
}
