internal import ArgumentParser
internal import Experiments

/// `ascent diff RUN RUN`.
struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Name the first place where two runs part, and the kind of cause.",
    discussion: """
      Compares settings, versions, metrics and checkpoints; then makes both runs again, side by side, up to the \
      iteration where they part, and compares what their lanes saw and did. Exits with 5 when they part.
      """)

  @Argument(help: ArgumentHelp("The folder of a training run.", valueName: "run"))
  var one: String

  @Argument(help: ArgumentHelp("The folder of another.", valueName: "run"))
  var other: String

  @Flag(help: "Compare what is written, and make nothing again.")
  var files = false

  @OptionGroup var host: HostOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    Interrupt.listen()
    let found = try RunDifference(
      RunFolder(one), RunFolder(other), looksAtFilesOnly: files, host: host.host,
      isInterrupted: { Interrupt.isRequested })
    guard !Interrupt.isRequested else { throw ExitStatus.interrupted.code }
    if format.json {
      let step = found.step
      let line = JSON.object([
        ("event", .text("difference")), ("cause", .text(found.cause.rawValue)),
        ("iteration", found.iteration.map { .integer($0) } ?? .null),
        ("lane", step.map { .integer($0.lane) } ?? .null),
        ("episode", step.map { .integer($0.episode) } ?? .null),
        ("step", step.map { .integer($0.step) } ?? .null),
        ("tensor", found.tensor.map { .text($0) } ?? .null),
        ("details", .array(found.lines.map { .text($0) })),
      ])
      Terminal.writeLine(line.line)
    } else {
      found.lines.forEach(Terminal.writeLine)
      if found.cause != .none { Terminal.writeLine("cause: \(found.cause.rawValue)") }
    }
    if found.cause != .none { throw ExitStatus.checkFailed.code }
  }
}
