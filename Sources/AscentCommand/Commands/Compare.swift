internal import ArgumentParser
internal import AscentDesk
internal import AscentExperiments
internal import FoundationEssentials

/// `ascent compare A B`.
struct CompareCommand: ParsableCommand {
  static let configuration: CommandConfiguration = {
    var page = CommandConfiguration.page(
      "Say whether A is better than B, over seeds.",
      """
      A and B are runs, folders of runs that differ in their seeds, or TOML files as for train --config, which are trained. Sides \
      with the same seeds are paired: they share their random numbers. The answer is that of a confidence sequence, which may \
      be looked at after each seed; it needs seven seeds at least. docs/desk-comparisons.md states its one assumption.
      """,
      examples: [
        "compare sweeps/first/ppo sweeps/first/a2c",
        "compare a.toml b.toml --environment CartPole-v1 --seeds 10",
        "compare a.toml b.toml --until-decided --most-seeds 50 --out comparisons/rates",
      ], codes: ExitStatus.playing + [.diverged])
    page.commandName = "compare"
    return page
  }()

  @Argument(
    help: ArgumentHelp("A run, a folder of runs, or a TOML file.", valueName: "a"), completion: .file())
  var a: String

  @Argument(help: ArgumentHelp("Another one.", valueName: "b"), completion: .file())
  var b: String

  @Option(
    help: ArgumentHelp(
      "mean_return, that of held-out episodes, or a column of metrics.csv, the mean over the last tenth of the iterations.",
      valueName: "name"), completion: Completions.metrics)
  var metric = ComparisonRun.heldOut

  @Option(
    help: ArgumentHelp("The environment of a TOML file that does not say it.", valueName: "env"),
    completion: Completions.environments)
  var environment: String?

  @Option(
    help: "The number of seeds. [default: those that exist, or 10]", transform: Whole.number)
  var seeds: Int?

  @Flag(help: "Train more seeds until the answer is known or --most-seeds are used.")
  var untilDecided = false

  @Option(help: "The most seeds of --until-decided. [default: 50]", transform: Whole.number)
  var mostSeeds: Int?

  /// The number of seeds at which --until-decided ends.
  private var limit: Int { mostSeeds ?? 50 }

  @Option(help: "The number of held-out episodes of each run.", transform: Whole.number)
  var episodes = 100

  @Option(
    help: ArgumentHelp(
      "The folder of what is trained. [default: comparisons/A-vs-B; nothing is kept if nothing is trained]",
      valueName: "dir"),
    completion: .directory)
  var out: String?

  @OptionGroup var options: TrialOptions

  func validate() throws {
    for (name, value) in [("--seeds", seeds ?? 1), ("--most-seeds", limit), ("--episodes", episodes)]
    where value < 1 {
      throw ValidationError("\(name) must be at least 1; it is \(value)")
    }
    guard seeds ?? 1 <= SweepPlan.mostTrials, limit <= SweepPlan.mostTrials else {
      throw ValidationError("at most \(SweepPlan.mostTrials) seeds can be compared")
    }
    guard untilDecided || mostSeeds == nil else {
      throw ValidationError(
        "--most-seeds is the end of --until-decided; --seeds is the number of seeds without it")
    }
  }

  func run() throws {
    try ComparisonRun.check(metric: metric)
    let catalog = AscentProgram.catalog
    let sides = (
      try ComparedSide(a, environment: environment, catalog),
      try ComparedSide(b, environment: environment, catalog)
    )
    guard sides.0.configuration.hasEnvironment(sides.1.environment) else {
      throw ExperimentError.usage(
        "\(a) is of \(sides.0.environment) and \(b) of \(sides.1.environment): returns of two environments cannot be compared"
      )
    }
    let first = seeds ?? (sides.0.runs.isEmpty && sides.1.runs.isEmpty ? ComparisonSeeds.standard : nil)
    let count = untilDecided ? first.map { min($0, limit) } : first
    var run = ComparisonRun(
      sides.0, sides.1, ComparisonSeeds(sides.0, sides.1, count: count), options.runner(in: RunFolder("")))
    (run.metric, run.mostSeeds) = (metric, untilDecided ? limit : nil)
    guard !untilDecided || run.seeds.isPaired else {
      throw ExperimentError.usage(
        "--until-decided trains pairs of one seed; \(a) and \(b) have no two seeds in common")
    }
    Interrupt.listen()
    try options.host.host.checkTrust(in: sides.0.configuration)
    try options.host.host.checkTrust(in: sides.1.configuration)
    guard run.trains else { return try temporarily(&run) }
    let folder = RunFolder(out ?? "comparisons/\(Self.name(a))-vs-\(Self.name(b))")
    let lock = try options.claim(folder, for: sides.0.configuration)
    try withExtendedLifetime(lock) { try compare(&run, in: folder) }
  }

  /// Compares runs that exist, with a folder that is gone afterward.
  private func temporarily(_ run: inout ComparisonRun) throws {
    let folder = try RunFolder.temporary()
    defer { try? FileManager.default.removeItem(atPath: folder.path) }
    try compare(&run, in: folder)
  }

  /// The name of a side as a part of a folder's name.
  private static func name(_ path: String) -> String {
    let last = path.split(separator: "/").last.map(String.init) ?? "side"
    return last.hasSuffix(".toml") ? String(last.dropLast(5)) : last
  }

  private func compare(_ run: inout ComparisonRun, in folder: RunFolder) throws {
    run.runner = options.runner(in: folder)
    run.runner.episodes = episodes
    let store = run.runner.store
    let progress = TrialProgress(options.output, total: untilDecided ? nil : 2 * run.seeds.pairs.count)
    run.runner.onChange = { progress.change($0, $1, store) }
    run.onPair = { comparison in
      guard options.output.json, untilDecided else { return }
      Terminal.writeLine(
        JSON.object([
          ("event", .text("pair")), ("seeds", .integer(comparison.scores.count)),
          ("difference", .number(comparison.difference)), ("evidence", .number(comparison.sequence.evidence)),
        ]))
    }
    let (comparison, ending) = try run.run()
    progress.finish()
    if let notice = RunAgreement.notice(run.runs(comparison.scores.count)) { options.output.warn(notice) }
    if !comparison.scores.isEmpty { try show(comparison, run, folder) }
    switch ending {
    case .complete: return
    case .interrupted:
      if run.trains {
        options.output.notice("to continue, repeat the command with --out \(folder.path) --resume")
      }
      throw ExitStatus.interrupted.code
    case .failed(_, let failure): throw ExitCode(failure.code)
    }
  }

  private func show(_ comparison: Comparison, _ run: ComparisonRun, _ folder: RunFolder) throws {
    let report = try ComparisonReport(comparison, run)
    guard options.output.json else { return report.lines.forEach(Terminal.writeLine) }
    Terminal.writeLine(JSON.object(report.fields + [("folder", run.trains ? .text(folder.path) : .null)]))
  }
}
