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
    guard let bytes = try? AtomicFile.read(run.metricsFile) else { return [] }
    let table = MetricsTable(String(decoding: bytes, as: UTF8.self))
    guard let made = table.columns.firstIndex(of: "steps"),
      let count = table.columns.firstIndex(of: "episodes"),
      let value = table.columns.firstIndex(of: "mean_return")
    else { return [] }
    var (sums, counts) = (
      [Double](repeating: 0, count: Self.count), [Double](repeating: 0, count: Self.count)
    )
    var reached = 0
    for row in table.rows {
      guard let done = Int(row[made]) else { continue }
      let tenth = min((done * Self.count - 1) / steps, Self.count - 1)
      reached = max(reached, done >= steps ? Self.count : tenth)
      guard let episodes = Double(row[count]), let mean = Double(row[value]) else { continue }
      sums[tenth] += episodes * mean
      counts[tenth] += episodes
    }
    return (0..<min(reached, Self.count - 1)).map { counts[$0] > 0 ? sums[$0] / counts[$0] : nil }
  }

  /// The steps after a number of tenths.
  func steps(after tenths: Int) -> Int { steps * tenths / Self.count }

  private static var count: Int { OptunaStudy.rungs }
}
