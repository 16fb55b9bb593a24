internal import AscentExperiments

/// The mean return of the last training episodes of a run, as metrics.csv has them.
package struct FinalReturn: Sendable, Equatable {
  /// The mean return of these episodes.
  package let mean: Double
  /// The number of episodes: those of the last iterations that together have at least ``least``.
  package let episodes: Int

  /// The number of episodes that are wanted, as in the last line of `ascent train`, which does not end with an iteration.
  package static let least = 100

  /// Reads the returns of a run; nil if no episode has ended.
  package init?(of run: RunCurve) {
    guard let means = run.table.numbers(of: "mean_return"), let counts = run.table.numbers(of: "episodes")
    else {
      return nil
    }
    var (sum, count) = (0.0, 0.0)
    for (mean, episodes) in zip(means, counts).reversed()
    where mean.isFinite && episodes >= 1 && episodes < 1e12 {
      sum += mean * episodes
      count += episodes
      if count >= Double(Self.least) { break }
    }
    guard count > 0 else { return nil }
    (mean, episodes) = (sum / count, Int(count))
  }
}
