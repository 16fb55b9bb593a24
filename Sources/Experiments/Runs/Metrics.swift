internal import PolicyGradients

/// metrics.csv: one row for each iteration.
///
/// Rows are added at the end of the file, one write each; a resumed run first drops the rows that lie behind
/// its checkpoint. Every column but `seconds` is decided by the seed.
enum Metrics {
  static let header =
    "iteration,steps,episodes,mean_return,standard_error,min_return,max_return,mean_length,entropy,"
    + "gradient_norm,effective_sample_size,divergence,clip_fraction,value_error,explained_variance,updates,"
    + "line_search,cut_steps,seconds\n"

  static func row(_ report: Learner.Report, steps: Int, seconds: Double) -> String {
    let objective = report.objective
    let numbers = [
      objective.mean, objective.standardError, objective.lowest, objective.highest, report.meanLength,
      report.entropy, report.update.gradientNorm, report.effectiveSampleSize, report.update.divergence,
      report.update.clipFraction, report.update.valueError, report.update.explainedVariance,
    ]
    let columns =
      ["\(report.iteration)", "\(steps)", "\(objective.count)"]
      + numbers.map { $0.isFinite ? "\($0)" : "" } + [
        "\(report.update.updates)", "\(report.update.lineSearch)", "\(report.cutSteps)", rounded(seconds),
      ]
    return columns.joined(separator: ",") + "\n"
  }

  /// The rows of the first `iterations` iterations of a file that may have more, or a torn last line.
  static func rows(of text: String, upTo iterations: Int) -> String {
    let rows = text.split(separator: "\n").dropFirst().filter { row in
      row.split(separator: ",").first.flatMap { Int($0) }.map { $0 <= iterations } ?? false
    }
    return header + rows.map { $0 + "\n" }.joined()
  }

  /// The mean return of the last row that has one, or NaN.
  static func lastMeanReturn(of text: String) -> Double {
    for row in text.split(separator: "\n").reversed() {
      let columns = row.split(separator: ",", omittingEmptySubsequences: false)
      if columns.count > 3, let mean = Double(columns[3]) { return mean }
    }
    return .nan
  }

  /// Seconds with milliseconds.
  static func rounded(_ seconds: Double) -> String { "\((seconds * 1000).rounded() / 1000)" }
}
