internal import ArgumentParser
internal import AscentExperiments

/// `ascent reproduce RUN`.
struct Reproduce: ParsableCommand {
  static let configuration = CommandConfiguration.page(
    "Repeat a run from its run.toml, and compare every byte that the seed determines.",
    """
    Compares metrics.csv except for its seconds, the checkpoints that both have, the policy, the bits of \
    its parameters and the fingerprint. Versions that differ from the recorded ones are printed first; the same bits of other versions are no difference. \
    Exits with 5 when something differs.
    """,
    examples: ["reproduce runs/demo", "reproduce runs/demo --workers 2 --out runs/again"],
    codes: ExitStatus.playing + [.checkFailed, .diverged])

  @Argument(
    help: ArgumentHelp("The folder of a training run.", valueName: "run"), completion: Completions.runs)
  var folder: String

  @Option(
    help: ArgumentHelp(
      "The folder of the repeated run. [default: a temporary folder, deleted unless something differs]",
      valueName: "dir"))
  var out: String?

  @OptionGroup var workers: WorkerOptions
  @OptionGroup var host: HostOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let configuration = try Configuration.ofRun(RunFolder(folder), AscentProgram.catalog)
    Interrupt.listen()
    try keepingOpen(patience: host.patience) { try repeatRun(of: configuration, $0) }
  }

  private func repeatRun(of configuration: Configuration, _ open: OpenEnvironments) throws {
    var reproduction = try Reproduction(
      of: RunFolder(folder), in: out.map { RunFolder($0) }, host: host.host,
      workforce: try workers.workforce(lanes: configuration.lanes, host))
    open.keep(reproduction.environment)
    for warning in reproduction.warnings { output.notice(warning) }
    var progress = ProgressLine(
      total: reproduction.steps, lanes: configuration.lanes, isQuiet: output.quiet)
    let comparisons = try reproduction.run(
      onIteration: { progress.show($0, steps: $1, seconds: $2) },
      isInterrupted: {
        progress.step()
        return Interrupt.isRequested
      })
    progress.finish()
    guard let comparisons else { throw ExitStatus.interrupted.code }
    let isEqual = comparisons.allSatisfy(\.isEqual)
    show(comparisons, isEqual, in: reproduction.folder)
    if !isEqual { throw ExitStatus.checkFailed.code }
  }

  private func show(_ comparisons: [Reproduction.Comparison], _ isEqual: Bool, in copy: String) {
    for comparison in comparisons {
      if output.json {
        let line = JSON.object([
          ("event", .text("comparison")), ("name", .text(comparison.name)),
          ("equal", .bool(comparison.isEqual)),
          ("text", .text(comparison.text)),
        ])
        Terminal.writeLine(line)
      } else {
        let gap = String(repeating: " ", count: max(2, 13 - comparison.name.count))
        Terminal.writeLine(
          "\(comparison.isEqual ? "equal" : "DIFFERS")  \(comparison.name)\(gap)\(comparison.text)")
      }
    }
    if output.json {
      let line = JSON.object([
        ("event", .text("reproduced")), ("run", .text(folder)), ("equal", .bool(isEqual)),
      ])
      Terminal.writeLine(line)
    } else if !isEqual {
      Terminal.writeLine(
        "the repeated run is in \(copy); ascent diff \(folder) \(copy) finds the first difference")
    }
  }
}
