internal import ArgumentParser
internal import AscentExperiments
internal import AscentHosting

/// `ascent clone FILE.jsonl`.
struct Clone: ParsableCommand {
  static let configuration = CommandConfiguration.page(
    "Fit a policy to demonstrations by maximum likelihood.",
    """
    A fifth of the episodes is held out; the result has the parameters of the pass that makes them most likely. It \
    is a run folder: evaluate it, or continue with ascent train ENV --from RUN.
    """,
    examples: ["clone runs/demo.jsonl --environment CartPole-v1 --out runs/clone"],
    codes: ExitStatus.playing + [.diverged, .unfitted])

  @Argument(
    help: ArgumentHelp(
      "Trajectories as ascent sample writes them, or minari:NAME for a Minari data set.",
      valueName: "file.jsonl"), completion: .file(extensions: ["jsonl"]))
  var file: String

  @Option(
    help: ArgumentHelp(
      "The environment of the trajectories. [default: the one that the file names]", valueName: "env"),
    completion: Completions.environments)
  var environment: String?

  @Option(
    help: "The seed of the first parameters and of the order of steps. [default: 1]", transform: Whole.number)
  var seed: UInt64?

  @Option(
    help: ArgumentHelp("The folder of the run. [default: a new folder below runs/]", valueName: "dir"))
  var out: String?

  @OptionGroup var environmentOptions: EnvironmentOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    Interrupt.listen()
    guard
      let environment = try environment ?? TrajectoryFile.environment(of: file, host: environmentOptions.host)
    else {
      throw ExperimentError.usage(
        "\(file) does not name its environment; use --environment ENV")
    }
    let files =
      self.environment == nil ? [NamedEnvironment(path: file, environment: environment)] : []
    var settings = environmentOptions.configuration(of: environment)
    try settings.set("algorithm.name", typed: "maximum-likelihood")
    if let seed { try settings.set("run.seed", typed: String(seed)) }
    try environmentOptions.apply(to: &settings)
    try keepingOpen(patience: environmentOptions.hostOptions.patience) {
      try fit(settings, environmentOptions.hostOptions.host(files: files), $0)
    }
  }

  private func fit(_ settings: Configuration, _ host: Host, _ open: OpenEnvironments) throws {
    var cloning = try Cloning(
      settings, from: file, folder: out.map { RunFolder($0) }, host: host)
    open.keep(cloning.environment)
    for notice in cloning.notices { output.notice(notice) }
    let outcome = try cloning.run(
      onEpoch: { report, seconds in
        if output.json {
          Terminal.writeLine(Self.line(report, seconds))
        } else if !output.quiet {
          Terminal.writeError(
            "pass \(report.epoch)  log-likelihood \(Terminal.fixed(report.logLikelihood, 3)) a step, "
              + "held out \(Terminal.fixed(report.heldOutLogLikelihood, 3))\n")
        }
      },
      isInterrupted: { Interrupt.isRequested })
    show(outcome, cloning.folder.path)
    if outcome.isInterrupted { throw ExitStatus.interrupted.code }
    guard outcome.best.epoch == 0 else { return }
    output.warn(
      "nothing was fitted: no pass made the held-out actions more likely than the initial policy does, which is what the "
        + "run has; set a lower algorithm.rate, another policy.distribution, or give more episodes")
    throw ExitStatus.unfitted.code
  }

  private static func line(_ report: Cloning.Report, _ seconds: Double) -> JSON {
    .object([
      ("event", .text("epoch")), ("epoch", .integer(report.epoch)),
      ("log_likelihood", .number(report.logLikelihood)),
      ("held_out_log_likelihood", .number(report.heldOutLogLikelihood)), ("seconds", .number(seconds)),
    ])
  }

  private func show(_ outcome: Cloning.Outcome, _ run: String) {
    guard !output.json else {
      let line = JSON.object([
        ("event", .text(outcome.isInterrupted ? "interrupted" : "done")),
        ("epochs", .integer(outcome.epochs)),
        ("best_epoch", .integer(outcome.best.epoch)), ("log_likelihood", .number(outcome.best.logLikelihood)),
        ("held_out_log_likelihood", .number(outcome.best.heldOutLogLikelihood)),
        ("steps", .integer(outcome.steps)),
        ("held_out_steps", .integer(outcome.heldOutSteps)), ("fingerprint", .text(outcome.fingerprint)),
        ("run", .text(run)),
      ])
      return Terminal.writeLine(line)
    }
    Terminal.writeLine(
      "fitted \(Terminal.grouped(outcome.steps)) steps in \(outcome.epochs) passes, "
        + "\(Terminal.grouped(outcome.heldOutSteps)) held out")
    Terminal.writeLine(
      "log-likelihood  \(Terminal.fixed(outcome.best.logLikelihood, 3)) a step, held out "
        + "\(Terminal.fixed(outcome.best.heldOutLogLikelihood, 3)), of pass \(outcome.best.epoch)")
    Terminal.writeLine("fingerprint     \(outcome.fingerprint)")
    Terminal.writeLine("run             \(run)")
  }
}
