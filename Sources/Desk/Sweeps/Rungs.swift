import AscentExperiments

/// The mean return of the episodes in each tenth of a training, from its metrics.csv, for a pruner.
struct Rungs {
  /// The steps of a whole training.
  let steps: Int

  /// The means of the tenths that are complete; nil for one in which no episode ended.
  ///
  /// - Parameter run: the run, whose metrics.csv may grow.
  /// - Returns: at most nine values: after the last tenth nothing is left to be stopped.
  func means(of run: RunFolder) -> [Double?] {
    guard let table = try? RunTable(run.metricsFile), let made = table.numbers(of: "steps"),
      let episodes = table.numbers(of: "episodes"), let returns = table.numbers(of: "mean_return")
    else { return [] }
    var (sums, counts) = (
      [Double](repeating: 0, count: Self.count), [Double](repeating: 0, count: Self.count)
    )
    var reached = 0
    for k in made.indices where made[k] >= 1 && made[k] < 1e15 {
      let tenth = min((Int(made[k]) * Self.count - 1) / steps, Self.count - 1)
      reached = max(reached, Int(made[k]) >= steps ? Self.count : tenth)
      guard episodes[k] > 0, returns[k].isFinite else { continue }
      sums[tenth] += episodes[k] * returns[k]
      counts[tenth] += episodes[k]
    }
    return (0..<min(reached, Self.count - 1)).map { counts[$0] > 0 ? sums[$0] / counts[$0] : nil }
  }

  /// The steps after a number of tenths.
  func steps(after tenths: Int) -> Int { steps * tenths / Self.count }

  private static var count: Int { OptunaStudy.rungs }
}
