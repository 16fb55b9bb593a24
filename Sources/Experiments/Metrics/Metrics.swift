internal import AscentPolicyGradients

/// One column of a metrics.csv, with its meaning.
public struct MetricsColumn<Row>: Sendable {
  /// The name in the header.
  public let name: String
  /// The meaning of the column, in a sentence.
  public let meaning: String
  /// The unit of its numbers; empty for numbers without one.
  public let unit: String
  /// The text in a row; empty for a number that is not finite.
  let text: @Sendable (Row) -> String
  /// The number in a row.
  let number: @Sendable (Row) -> Double

  init(_ name: String, _ meaning: String, unit: String = "", count: @escaping @Sendable (Row) -> Int) {
    (self.name, self.meaning, self.unit) = (name, meaning, unit)
    text = { "\(count($0))" }
    number = { Double(count($0)) }
  }

  init(_ name: String, _ meaning: String, unit: String = "", number: @escaping @Sendable (Row) -> Double) {
    (self.name, self.meaning, self.unit, self.number) = (name, meaning, unit, number)
    text = { row in
      let x = number(row)
      return x.isFinite ? "\(x)" : ""
    }
  }

  /// The first line of a file with these columns.
  static func header(_ columns: [Self]) -> String { columns.map(\.name).joined(separator: ",") + "\n" }

  /// The line of a row.
  static func line(_ columns: [Self], _ row: Row) -> String {
    columns.map { $0.text(row) }.joined(separator: ",") + "\n"
  }
}

/// metrics.csv: one row for each iteration.
///
/// Rows are appended to the file, one write each; a resumed run first removes the rows of iterations after its
/// checkpoint, and restores lost ones (`MetricsLog`). The seed determines every column except `seconds`.
public enum Metrics {
  /// The data of a row.
  public struct Row: Sendable {
    let report: Learner.Report
    let steps: Int
    let seconds: Double
    /// The last episodes that ended, those of this iteration included.
    var recent = RecentEpisodes()
    /// The rate of the actor's optimizer; NaN if it has none.
    var rate = Double.nan
    /// Environment steps per second since this process began or resumed the run.
    var stepsPerSecond = Double.nan
  }

  /// The columns of a training run, in order.
  public static let columns: [MetricsColumn<Row>] = [
    MetricsColumn("iteration", "The number of the iteration, counted from 1.") { $0.report.iteration },
    MetricsColumn("steps", "Environment steps of the run so far.", unit: "steps") { $0.steps },
    MetricsColumn("episodes", "Episodes that ended in this iteration.", unit: "episodes") {
      $0.report.objective.count
    },
    MetricsColumn("mean_return", "The mean return of these episodes: Ĵ of the policy that sampled them.") {
      $0.report.objective.mean
    },
    MetricsColumn("standard_error", "The standard error of that mean.") { $0.report.objective.standardError },
    MetricsColumn("min_return", "The smallest of these returns.") { $0.report.objective.lowest },
    MetricsColumn("max_return", "The largest of these returns.") { $0.report.objective.highest },
    MetricsColumn("mean_length", "The mean length of these episodes.", unit: "steps") {
      $0.report.meanLength
    },
    MetricsColumn(
      "entropy", "−mean log π(a∣o) of the sampled steps, an estimate of the policy's entropy.", unit: "nats"
    ) {
      $0.report.entropy
    },
    MetricsColumn(
      "gradient_norm",
      "The Euclidean norm of the actor's last gradient of the iteration, before algorithm.gradient_clip."
    ) {
      $0.report.update.gradientNorm
    },
    MetricsColumn(
      "effective_sample_size",
      "(Σ w)² / Σ w² of the episodes' importance weights in the last update; on-policy, the number of episodes.",
      unit: "episodes"
    ) { $0.report.effectiveSampleSize },
    MetricsColumn(
      "divergence",
      "The mean of (ρ − 1) − log ρ in the last pass, an estimate of KL(π̄ ‖ π) from the policy that sampled; after a line search "
        + "the mean divergence itself.",
      unit: "nats"
    ) { $0.report.update.divergence },
    MetricsColumn(
      "clip_fraction",
      "The share of the steps in the last pass for which the clip of the surrogate was active."
    ) {
      $0.report.update.clipFraction
    },
    MetricsColumn("value_error", "The mean of (V − target)² in the critic's last pass.") {
      $0.report.update.valueError
    },
    MetricsColumn(
      "explained_variance",
      "1 − Var(target − V) / Var(target) before the update: 1 for a perfect critic, 0 for a constant."
    ) { $0.report.update.explainedVariance },
    MetricsColumn("updates", "The number of updates of the actor in this iteration.", unit: "updates") {
      $0.report.update.updates
    },
    MetricsColumn(
      "line_search",
      "The number of times the line search shortened the natural step until it was accepted; −1 if none was."
    ) { $0.report.update.lineSearch },
    MetricsColumn(
      "cut_steps",
      "Steps of episodes that were cut at the end of the rollout; estimates over whole episodes omit them.",
      unit: "steps"
    ) { $0.report.cutSteps },
    MetricsColumn(
      "seconds", "Time since this process began to train; the only column that the seed does not determine.",
      unit: "seconds"
    ) {
      rounded($0.seconds)
    },
  ]

  static var header: String { MetricsColumn.header(columns) }

  static func line(_ row: Row) -> String { MetricsColumn.line(columns, row) }

  private static let meanReturnColumn = columns.firstIndex { $0.name == "mean_return" }

  /// The mean return in a row; nil if no episode ended in its iteration.
  static func meanReturn(ofRow row: [UInt8]) -> Double? {
    let cells = row.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard let k = meanReturnColumn, cells.count > k else { return nil }
    return Double(String(decoding: cells[k], as: UTF8.self))
  }

  /// Seconds rounded to milliseconds.
  static func rounded(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }
}
