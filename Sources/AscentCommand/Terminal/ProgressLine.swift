internal import AscentExperiments
internal import AscentPolicyGradients
internal import AscentRegistries

/// Progress on standard error: two updated rows on a terminal, otherwise at most one line per second.
///
///     123,456/300,000 steps  41 %  98,765 steps/s  left 0:02
///     return 450.1 ± 12.3  best 487.2  ▁▁▂▃▃▅▆▇██
struct ProgressLine {
  private let total: Int
  private let lanes: Int
  private var line: LiveLine
  /// The steps before this process resumed the run; they do not count for the rate.
  private var stepsBefore: Int?
  /// The objective of the last iteration in which an episode ended.
  private var objective: Objective?
  /// The mean returns of the iterations.
  private var curve = Sparkline()
  /// The mean return of the best evaluation.
  private var best: Double?
  /// True while the policy is evaluated.
  private var isEvaluating = false
  /// The iterations and steps that are complete, and the steps of each lane in the open iteration or evaluation.
  private var done = (iterations: 0, steps: 0, ticks: 0)
  private let clock = ContinuousClock()
  /// The beginning of the open iteration.
  private var begun: ContinuousClock.Instant

  /// The least width for two rows.
  private static let leastColumns = 30
  /// The greatest width of the curve.
  private static let widestCurve = 48

  init(total: Int, lanes: Int, isQuiet: Bool) {
    (self.total, self.lanes) = (total, lanes)
    line = LiveLine(isQuiet: isQuiet)
    begun = clock.now
  }

  /// Counts a step of the lanes within an iteration, which may take long, or one of an evaluation.
  mutating func step() {
    done.ticks += 1
    // An iteration that ends within a second shows its results instead.
    guard line.isDue, clock.now - begun >= .seconds(1) else { return }
    // Before the first iteration's report, the number of steps of a resumed run is not known here.
    let steps =
      stepsBefore == nil ? "" : "\(Terminal.grouped(done.steps))/\(Terminal.grouped(total)) steps"
    let made = "\(Terminal.grouped(done.ticks)) steps"
    let part =
      isEvaluating
      ? "evaluation: \(made)"
      : "iteration \(done.iterations + 1): \(made)" + (lanes > 1 ? " in each of \(lanes) lanes" : "")
    line.show(steps.isEmpty ? [part] : ["\(steps)  \(part)", part])
  }

  /// Shows an iteration.
  mutating func show(_ report: Training.Report, steps: Int, seconds: Double) {
    let before = stepsBefore ?? steps - report.steps
    stepsBefore = before
    if report.objective.count > 0 { objective = report.objective }
    curve.add(report.objective.mean)
    (done, begun) = ((report.iteration, steps, 0), clock.now)
    guard line.isDue || steps >= total else { return }
    let rate = seconds > 0 ? Double(steps - before) / seconds : 0
    let left = rate > 0 ? Double(total - steps) / rate : .nan
    let state = State(
      made: Terminal.grouped(steps), all: Terminal.grouped(total),
      percent: "\(100 * steps / max(1, total)) %",
      rate: Terminal.grouped(Int(rate)), left: "left \(Terminal.clock(left))", result: result)
    let columns = Terminal.progressColumns
    guard line.isLive, columns >= Self.leastColumns else { return line.show(state.texts) }
    line.show(rows: [LiveLine.Row(text: LiveLine.fitting(state.firstRow, columns)), curveRow(columns)])
  }

  private var result: String {
    let (mean, error) = (objective?.mean ?? .nan, objective?.standardError ?? .nan)
    return "return \(Terminal.fixed(mean, 1)) ± \(Terminal.fixed(error, 1))"
  }

  /// The row with the return and its curve, in as much of the width as there is.
  private func curveRow(_ columns: Int) -> LiveLine.Row {
    var text = result
    if let best, case let longer = "\(text)  best \(Terminal.fixed(best, 1))", longer.count + 10 <= columns {
      text = longer
    }
    text = LiveLine.fitting([text], columns)
    let curve = curve.text(width: min(Self.widestCurve, columns - text.count - 2))
    return curve.isEmpty ? LiveLine.Row(text: text) : LiveLine.Row(text: text + "  ", colored: curve)
  }

  /// The words of one moment.
  private struct State {
    var made, all, percent, rate, left, result: String

    /// The one line, from the longest to the shortest.
    var texts: [String] {
      [
        "\(made)/\(all) steps  \(percent)  \(rate) steps/s  \(result)  \(left)",
        "\(made)/\(all) steps  \(percent)  \(result)  \(left)", "\(made)/\(all) steps  \(result)  \(left)",
        "\(made)/\(all) steps  \(result)", "\(made) steps  \(result)", "\(made) steps",
      ]
    }

    /// The first of two rows, from the longest to the shortest.
    var firstRow: [String] {
      [
        "\(made)/\(all) steps  \(percent)  \(rate) steps/s  \(left)",
        "\(made)/\(all)  \(percent)  \(rate)/s  \(left)",
        "\(made)/\(all)  \(rate)/s  \(left)", "\(made)  \(percent)  \(rate)/s  \(left)",
        "\(percent)  \(rate)/s  \(left)", "\(percent)  \(left)",
      ]
    }
  }

  // MARK: Evaluations

  /// Begins to count the steps of an evaluation.
  mutating func beginEvaluation() {
    isEvaluating = true
    (done.ticks, begun) = (0, clock.now)
  }

  /// Writes the results of an evaluation above the live rows.
  mutating func endEvaluation(_ row: InterimEvaluation) {
    isEvaluating = false
    (done.ticks, begun) = (0, clock.now)
    if row.isBest { best = row.meanReturn }
    let steps = Terminal.grouped(row.steps)
    let mean = "\(Terminal.fixed(row.meanReturn, 1)) ± \(Terminal.fixed(row.standardError, 1))"
    line.add([
      "evaluation after \(steps) steps: return \(mean)" + (row.isBest ? ", the best so far" : ""),
      "evaluation \(steps): \(mean)" + (row.isBest ? " best" : ""), "evaluation \(mean)",
    ])
  }

  /// Makes room for a line that stays; the rows are shown again below it.
  mutating func erase() { line.erase() }

  /// Ends the rows.
  mutating func finish() { line.finish() }
}
