internal import AscentExperiments
internal import AscentPolicyGradients
internal import AscentRegistries

/// What `ascent train` prints while it trains and at its end.
final class TrainingOutput {
  /// The results of the iteration under the names of TensorBoard.
  var numbers: [(name: String, value: Double)] = []
  private let output: OutputOptions
  private var progress: ProgressLine
  private var isWarned = false

  init(_ settings: Configuration, _ output: OutputOptions) {
    self.output = output
    progress = ProgressLine(total: settings.steps, lanes: settings.lanes, isQuiet: output.quiet)
  }

  /// Counts a step of the lanes, or of an evaluation.
  func step() { progress.step() }

  /// Ends the live lines.
  func finish() { progress.finish() }

  /// Prints a notice above the live rows.
  func notice(_ text: String) {
    progress.erase()
    output.notice(text)
  }

  // MARK: Iterations and evaluations

  /// Shows the results of an iteration.
  func show(_ report: Training.Report, steps: Int, seconds: Double) {
    progress.show(report, steps: steps, seconds: seconds)
    let least = ImportanceWeights.collapse * Double(report.objective.count)
    if !isWarned, report.effectiveSampleSize < least {
      isWarned = true
      notice(Self.collapse(report))
    }
    if output.json { Terminal.writeLine(Self.line(report, steps, seconds, numbers)) }
  }

  /// Shows that an evaluation begins, or its results.
  func show(_ evaluation: InterimEvaluation?) {
    guard let evaluation else { return progress.beginEvaluation() }
    progress.endEvaluation(evaluation)
    if output.json { Terminal.writeLine(Self.line(evaluation)) }
  }

  private static func collapse(_ report: Training.Report) -> String {
    "the importance weights collapsed in iteration \(report.iteration): \(report.objective.count) trajectories "
      + "have an effective sample size of \(Terminal.fixed(report.effectiveSampleSize, 1)); use fewer algorithm.epochs "
      + "or a lower algorithm.rate"
  }

  private static func line(
    _ report: Training.Report, _ steps: Int, _ seconds: Double, _ numbers: [(name: String, value: Double)]
  ) -> String {
    JSON.object(
      [
        ("event", .text("iteration")), ("iteration", .integer(report.iteration)), ("steps", .integer(steps)),
        ("episodes", .integer(report.objective.count)), ("mean_return", .number(report.objective.mean)),
        ("standard_error", .number(report.objective.standardError)), ("entropy", .number(report.entropy)),
        ("gradient_norm", .number(report.update.gradientNorm)),
        ("effective_sample_size", .number(report.effectiveSampleSize)), ("seconds", .number(seconds)),
      ] + numbers.map { ($0.name, .number($0.value)) }
    ).line
  }

  private static func line(_ row: InterimEvaluation) -> String {
    JSON.object(
      [
        ("event", .text("evaluation")), ("iteration", .integer(row.iteration)),
        ("steps", .integer(row.steps)),
        ("episodes", .integer(row.episodes)), ("mean_return", .number(row.meanReturn)),
        ("standard_error", .number(row.standardError)), ("min", .number(row.lowest)),
        ("max", .number(row.highest)), ("mean_length", .number(row.meanLength)), ("cut", .integer(row.cut)),
        ("best", .bool(row.isBest)),
      ] + row.tagged.map { ($0.name, .number($0.value)) }
    ).line
  }

  // MARK: The end

  private static func profileTable(_ rows: [RunProfile.Row], steps: Int) -> [String] {
    let total = rows.reduce(0) { $0 + $1.seconds }
    let lines = rows.map { row in
      [
        row.name, Terminal.fixed(row.seconds, 3), Terminal.fixed(100 * row.seconds / total, 1) + " %",
        Terminal.fixed(row.seconds / Double(max(1, steps)) * 1e6, 3),
      ]
    }
    let table = Terminal.table([["phase", "seconds", "share", "µs/step"]] + lines)
    return zip(table, [""] + rows.map { "  " + $0.meaning }).map { $0 + $1 }
  }

  /// Shows the results of the run in a folder.
  func show(_ outcome: Training.Outcome, _ run: String) {
    guard !output.json else {
      let done = JSON.object([
        ("event", .text(outcome.isInterrupted ? "interrupted" : "done")), ("steps", .integer(outcome.steps)),
        ("seconds", .number(outcome.seconds)), ("steps_per_second", .number(outcome.stepsPerSecond)),
        ("mean_return", .number(outcome.meanReturn)), ("fingerprint", .text(outcome.fingerprint)),
        ("bits", .text(outcome.bits)),
        ("faults", .integer(outcome.faults)), ("run", .text(run)),
      ])
      let seconds = outcome.profile?.rows.map { ($0.name, JSON.number($0.seconds)) }
      if let seconds {
        let traffic = outcome.profile?.traffic.map { traffic in
          [("meetings", JSON.integer(traffic.meetings)), ("bytes_received", .integer(traffic.bytesReceived))]
        }
        Terminal.writeLine(
          JSON.object([("event", .text("profile")), ("seconds", .object(seconds))] + (traffic ?? [])))
      }
      return Terminal.writeLine(done)
    }
    let ending = outcome.isInterrupted ? "interrupted after" : "trained"
    let speed = Terminal.grouped(Int(outcome.stepsPerSecond))
    Terminal.writeLine("\(ending) \(Terminal.grouped(outcome.steps)) steps, \(speed) steps/s")
    Terminal.writeLine("mean return  \(Terminal.fixed(outcome.meanReturn, 2))")
    Terminal.writeLine("fingerprint  \(outcome.fingerprint)")
    Terminal.writeLine("bits         \(outcome.bits)")
    Terminal.writeLine("run          \(run)")
    if let rows = outcome.profile?.rows {
      Self.profileTable(rows, steps: outcome.newSteps).forEach(Terminal.writeLine)
    }
    if let traffic = outcome.profile?.traffic {
      let bytes = Terminal.fixed(Double(traffic.bytesReceived) / Double(max(1, outcome.newSteps)), 1)
      Terminal.writeLine(
        "exchanged    \(Terminal.grouped(traffic.meetings)) meetings, \(bytes) bytes received for each step")
    }
    if outcome.isInterrupted {
      Terminal.writeLine("to continue: ascent train --out \(run) --resume")
    }
  }
}
