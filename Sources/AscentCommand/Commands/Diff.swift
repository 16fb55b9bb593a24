internal import ArgumentParser
internal import AscentExperiments

/// `ascent diff RUN RUN`.
struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration.page(
    "Find the first difference of two runs, and the kind of cause.",
    """
    Compares settings, versions, metrics and checkpoints; then repeats both runs side by side, up to the first \
    iteration that differs, and compares the observations and actions of their lanes. Exits with 5 when they differ.
    """,
    examples: ["diff runs/a runs/b", "diff runs/a runs/b --files"], codes: ExitStatus.playing + [.checkFailed]
  )

  @Argument(
    help: ArgumentHelp("The folder of a training run.", valueName: "run"), completion: Completions.runs)
  var one: String

  @Argument(
    help: ArgumentHelp("The folder of another training run.", valueName: "run"), completion: Completions.runs)
  var other: String

  @Flag(help: "Compare the files only; do not repeat the runs.")
  var files = false

  @OptionGroup var host: HostOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    Interrupt.listen()
    try keepingOpen(patience: host.patience, compare)
  }

  private func compare(_ open: OpenEnvironments) throws {
    let found = try RunDifference(
      RunFolder(one), RunFolder(other), looksAtFilesOnly: files, host: host.host,
      isInterrupted: { Interrupt.isRequested }, keep: { open.keep($0) })
    guard !Interrupt.isRequested else { throw ExitStatus.interrupted.code }
    if format.json {
      let step = found.step
      let line = JSON.object([
        ("event", .text("difference")), ("cause", .text(found.cause.rawValue)),
        ("recorded_causes", .array(found.recorded.map { .text($0.rawValue) })),
        ("iteration", found.iteration.map { .integer($0) } ?? .null),
        ("lane", step.map { .integer($0.lane) } ?? .null),
        ("episode", step.map { .integer($0.episode) } ?? .null),
        ("step", step.map { .integer($0.step) } ?? .null),
        ("tensor", found.tensor.map { .text($0) } ?? .null),
        ("same_bits", found.hasSameBits.map { .bool($0) } ?? .null),
        ("details", .array(found.lines.map { .text($0) })),
      ])
      Terminal.writeLine(line)
    } else {
      found.lines.forEach(Terminal.writeLine)
      if found.cause != .none { Terminal.writeLine("cause: \(found.cause.rawValue)") }
    }
    if found.cause != .none { throw ExitStatus.checkFailed.code }
  }
}
