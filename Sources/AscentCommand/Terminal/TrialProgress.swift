internal import AscentDesk
internal import AscentExperiments

/// Progress of trainings on standard error, and a line of JSON for each that ended.
final class TrialProgress {
  private let output: OutputOptions
  private let total: Int?
  private var line: LiveLine
  private var (running, ended, failed) = (0, 0, 0)
  private let clock = ContinuousClock()
  private let begun: ContinuousClock.Instant

  /// Makes a progress.
  ///
  /// - Parameters:
  ///   - output: the options.
  ///   - total: the number of trainings; nil if it is not known.
  init(_ output: OutputOptions, total: Int?) {
    (self.output, self.total) = (output, total)
    line = LiveLine(isQuiet: output.quiet || !Terminal.isInteractive)
    begun = clock.now
  }

  /// Counts a trial that begins (nil) or ended.
  func change(_ trial: Trial, _ ending: TrialEnding?, _ store: TrialStore) {
    guard let ending else {
      running += 1
      return show(trial)
    }
    (running, ended) = (running - 1, ended + 1)
    if output.json {
      Terminal.writeLine(
        JSON.object(
          [
            ("event", .text("trial")), ("trial", .text(trial.name)),
            ("run", .text(store.run(of: trial).path)),
          ]
            + ending.json))
    }
    if let failure = ending.failure {
      failed += 1
      line.finish()
      output.warn("\(trial.name) \(failure.ending): \(failure.lastLine) (log: \(store.log(of: trial)))")
    } else if !output.quiet, !Terminal.isInteractive {
      Terminal.writeError("\(count)  \(trial.name)  \(Self.words(ending))\n")
    }
    show(trial)
  }

  func finish() { line.finish() }

  private var count: String { total.map { "\(ended)/\($0)" } ?? "\(ended)" }

  private func show(_ trial: Trial) {
    let spent = Double((clock.now - begun).components.seconds)
    let left = total.flatMap { ended > 0 ? spent / Double(ended) * Double($0 - ended) : nil }
    let short = "\(count) trials"
    let more = short + "  \(running) running" + (failed > 0 ? "  \(failed) failed" : "")
    let whole = more + (left.map { "  left \(Terminal.clock($0))" } ?? "")
    line.show([whole + "  \(trial.name)", whole, more, short])
  }

  private static func words(_ ending: TrialEnding) -> String {
    switch ending {
    case .finished(let score):
      "mean return \(Terminal.short(score.meanReturn))"
        + (score.standardError.map { " ± \(Terminal.short($0))" } ?? "")
    case .pruned(let steps, _): "pruned after \(Terminal.grouped(steps)) steps"
    case .failed, .interrupted: ending.word
    }
  }
}
