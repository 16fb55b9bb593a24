package import AscentExperiments
import AscentRandomness

/// The results of a sweep: statistics over the seeds of each candidate, and the best one.
///
/// A score is the mean return of held-out episodes of a trial's last policy. A candidate with a failed seed ranks behind those
/// without: left out, the failure would make it look better.
package struct SweepResult: Sendable {
  /// A statistic with its interval.
  package struct Estimate: Sendable {
    /// The statistic of the scores.
    package let value: Double
    /// Its interval of 95 % by the stratified bootstrap; nil for one seed, which says nothing about others.
    package let interval: ClosedRange<Double>?
  }

  /// A candidate with its scores and their statistics.
  package struct Row: Sendable {
    /// The candidate.
    package let candidate: Candidate
    /// Seeds and endings; a pruned candidate has fewer than the sweep.
    package let endings: [(seed: UInt64, ending: TrialEnding)]
    /// The interquartile mean.
    package let interquartileMean: Estimate
    /// The mean.
    package let mean: Estimate
    /// The optimality gap; nil without a goal.
    package let optimalityGap: Estimate?
    /// The probability that the best candidate is better than this one; nil for the best itself.
    package var bestIsBetter: Estimate?

    /// The scores, in the order of the seeds.
    package var scores: [Double] { endings.compactMap(\.ending.score?.meanReturn) }
    /// True if no seed failed, was pruned, or is missing.
    package let isWhole: Bool
  }

  /// The candidates with at least one score, best first.
  package private(set) var rows: [Row]
  /// The candidates without any.
  package let unscored: [Sweep.Row]
  /// The trials that failed.
  package let failures: [(trial: Trial, failure: TrialFailure)]
  /// The number of trials that the user's Ctrl-C left.
  package let interrupted: Int

  /// The best candidate; nil if there is no score.
  package var best: Row? { rows.first }

  /// The runs that have a score.
  package func runs(of plan: SweepPlan, in store: TrialStore) -> [RunFolder] {
    rows.flatMap { row in
      row.endings.filter { $0.ending.score != nil }.map { store.run(of: plan.trial(row.candidate, $0.seed)) }
    }
  }

  /// The number of resamples of an interval: fewer where there are many candidates.
  package static func bootstrap(rows: Int) -> Bootstrap { Bootstrap(resamples: rows <= 50 ? 10_000 : 1000) }

  /// Computes the statistics.
  ///
  /// - Parameters:
  ///   - plan: the sweep.
  ///   - all: a row for each candidate.
  /// - Throws: ``ExperimentError/machine(_:)`` if a stream cannot be made.
  package init(_ plan: SweepPlan, _ all: [Sweep.Row]) throws(ExperimentError) {
    unscored = all.filter { row in !row.endings.contains { $0.score != nil } }
    failures = all.flatMap { row in
      zip(plan.seeds, row.endings).compactMap { seed, ending in
        ending.failure.map { (plan.trial(row.candidate, seed), $0) }
      }
    }
    let left = all.reduce(0) { count, row in count + row.endings.count { $0 == .interrupted } }
    // Settings that Optuna was never asked for.
    let expected = plan.trials.map { $0 * plan.algorithms.count } ?? all.count
    interrupted = left + max(0, expected - all.count) * plan.seeds.count
    rows = []
    let bootstrap = Self.bootstrap(rows: all.count)
    do {
      for row in all where row.endings.contains(where: { $0.score != nil }) {
        rows.append(try Self.row(plan, row, bootstrap))
      }
      // Swift's sort is stable: of equal candidates the first stays first.
      rows.sort { a, b in
        a.isWhole == b.isWhole ? a.interquartileMean.value > b.interquartileMean.value : a.isWhole
      }
      guard let best = rows.first?.scores else { return }
      for k in rows.indices.dropFirst() {
        let scores = rows[k].scores
        rows[k].bestIsBetter = Estimate(
          value: probabilityOfImprovement(best, over: scores),
          interval: try min(best.count, scores.count) < 2
            ? nil
            : bootstrap.interval(ofStrata: [best, scores]) { probabilityOfImprovement($0[0], over: $0[1]) })
      }
    } catch {
      throw .machine("\(error)")
    }
  }

  private static func row(
    _ plan: SweepPlan, _ row: Sweep.Row, _ bootstrap: Bootstrap
  ) throws(RandomnessError) -> Row {
    let scores = row.endings.compactMap(\.score?.meanReturn)
    func estimate(_ statistic: ([Double]) -> Double) throws(RandomnessError) -> Estimate {
      let interval = try scores.count < 2 ? nil : bootstrap.interval(of: scores, statistic)
      return Estimate(value: statistic(scores), interval: interval)
    }
    var gap: Estimate?
    if let goal = plan.goal { gap = try estimate { AscentDesk.optimalityGap($0, goal: goal) } }
    return Row(
      candidate: row.candidate, endings: zip(plan.seeds, row.endings).map { ($0, $1) },
      interquartileMean: try estimate { AscentDesk.interquartileMean($0) },
      mean: try estimate { AscentDesk.mean($0) }, optimalityGap: gap,
      isWhole: scores.count == plan.seeds.count)
  }
}
