internal import ArgumentParser
internal import AscentExperiments
internal import AscentPolicyGradients
internal import AscentRegistries

/// `ascent train ENV`.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration.page(
    "Train a policy in an environment.",
    """
    The same command gives the same run, bit for bit, with the same fingerprint. The fingerprint is also over the \
    versions of Ascent, Python, Gymnasium and numpy; bits is over the learned parameters alone.
    """,
    examples: [
      "train CartPole-v1 --seed 1 --out runs/demo",
      "train envs/arrivals.py:Queue --algorithm trpo --steps 1e6",
      "train CartPole-v1 --set algorithm.gamma=0.99 --set policy.hidden=32,32",
      "train --out runs/demo --resume",
    ], codes: ExitStatus.playing + [.diverged])

  @Argument(
    help: ArgumentHelp(
      "The environment: an id, file.py:Class or native:NAME; with --resume it may be omitted.",
      valueName: "env"), completion: Completions.environments)
  var environment: String?

  @Option(
    help: ArgumentHelp(
      "A named algorithm (see ascent algorithms). [default: ppo] (values: "
        + algorithms.joined(separator: ", ") + ")",
      valueName: "name"), completion: Completions.algorithms)
  var algorithm: String?

  @Option(
    help: ArgumentHelp(
      "The preset to apply first, such as CartPole-v1, or none. [default: that of env, unless --config is given]",
      valueName: "name"), completion: Completions.presetNames)
  var preset: String?

  @Option(help: "The seed of all random numbers. [default: 1]", transform: Whole.number)
  var seed: UInt64?

  @Option(
    help: "The exact number of environment steps. [default: the preset's, or 100000]", transform: Whole.number
  )
  var steps: Int?

  @OptionGroup var workers: WorkerOptions

  @Option(
    help: ArgumentHelp("A TOML file of settings.", valueName: "file.toml"),
    completion: .file(extensions: ["toml"]))
  var config: String?

  @Option(
    help: ArgumentHelp("Begin with the policy of another run (ascent clone makes one).", valueName: "run"),
    completion: Completions.runs)
  var from: String?

  @Option(
    help: ArgumentHelp("The folder of the run. [default: a new folder below runs/]", valueName: "dir"),
    completion: .directory)
  var out: String?

  @Flag(
    help: ArgumentHelp(
      "Resume the run in --out, with its settings, from the newest intact checkpoint, or start a new run if there is none."
    ))
  var resume = false

  @Flag(
    help: ArgumentHelp(
      "With --resume: go on although the environment's file, an emission's, the policy of --from or the version of a "
        + "package has changed; run.toml records what was and what is."))
  var acceptChanges = false

  @Flag(
    help:
      "Print the time of each phase of process 0 at the end; waiting for workers counts under rollout and update."
  )
  var profile = false

  @Flag(
    help: "Step all lanes with one call, as a vector environment that ENV provides (see ascent environments)."
  )
  var vector = false

  @Option(
    help: ArgumentHelp(
      "The part that a fault ends: the run (stop); its process, which is restarted from the newest checkpoint, "
        + "also after hangs and crashes, and yields the same bits (restart); or the episode, when a step raises an "
        + "exception or returns an invalid value (reset-lane). [default: stop]",
      valueName: "action"))
  var onFault: FaultAction?

  @Option(help: .hidden)
  var supervisedBy: Int32?

  @OptionGroup var resolution: ResolutionOptions
  @OptionGroup var started: StartedByOption
  @OptionGroup var environmentOptions: EnvironmentOptions
  @OptionGroup var output: OutputOptions

  /// The values of `--on-fault`.
  enum FaultAction: String, ExpressibleByArgument, CaseIterable {
    case stop, restart
    case resetLane = "reset-lane"
  }

  /// The algorithms that learn from rewards.
  private static var algorithms: [String] {
    AscentProgram.catalog.algorithms.entries.filter { !$0.isOfDemonstrations }.map(\.name)
  }

  func run() throws {
    do {
      try train()
    } catch let error as ExperimentError where supervisedBy != nil && error.isRefusal {
      _ = Interrupt.report(error)
      throw ExitCode(Supervisor.refusal)
    }
  }

  private func train() throws {
    guard !resume || out != nil else {
      throw ExperimentError.usage("--resume needs --out, the folder of the run to continue")
    }
    guard !acceptChanges || resume else {
      throw ExperimentError.usage("--accept-changes is for a run that is resumed: add --resume")
    }
    let settings = try resolved()
    try showZooNotices(of: settings)
    if resolution.dryRun { return try show(settings) }
    if let supervisedBy {
      Supervisor.endWithParent(supervisedBy)
    } else if onFault == .restart {
      return try supervise(settings)
    }
    var workforce = try workers.workforce(lanes: settings.lanes, environmentOptions.hostOptions)
    workforce.supervisor = supervisedBy
    started.listen(isSupervised: supervisedBy != nil)
    var training = try Training(
      settings, folder: out.map { RunFolder($0) }, host: environmentOptions.host,
      beginning: resume ? .resumed(acceptingChanges: acceptChanges) : .new, workforce: workforce)
    for notice in training.notices { output.notice(notice) }
    for loss in training.losses { output.warn(loss) }
    var isWarned = false
    var progress = ProgressLine(total: settings.steps, lanes: settings.lanes, isQuiet: output.quiet)
    let outcome = try Self.run(
      &training,
      onIteration: { report, steps, seconds in
        progress.show(report, steps: steps, seconds: seconds)
        if !isWarned, report.effectiveSampleSize < ImportanceWeights.collapse * Double(report.objective.count)
        {
          isWarned = true
          progress.finish()
          output.notice(Self.collapse(report))
        }
        if output.json { Terminal.writeLine(Self.iterationLine(report, steps, seconds)) }
      },
      onNotice: { notice in
        progress.finish()
        output.notice(notice)
      },
      onStep: { progress.step() }, profiling: profile)
    progress.finish()
    if outcome.faults > 0 { showFaults(outcome) }
    show(outcome, training.folder.path)
    let status = outcome.isInterrupted ? ExitStatus.interrupted : .done
    try training.allowHanging(exitCode: status.rawValue)
    if outcome.isInterrupted { throw status.code }
  }

  /// Runs the training until its end or Ctrl-C.
  private static func run(
    _ training: inout Training, onIteration: (Training.Report, Int, Double) -> Void,
    onNotice: (String) -> Void, onStep: @escaping () -> Void, profiling: Bool
  ) throws -> Training.Outcome {
    do throws(ExperimentError) {
      return try training.run(
        onIteration: onIteration, onNotice: onNotice,
        isInterrupted: {
          onStep()
          return Interrupt.isRequested
        }, profiling: profiling)
    } catch {
      // Written here: the environments are closed next, and that may hang.
      throw ExitCode(Interrupt.report(error))
    }
  }

  private static func collapse(_ report: Training.Report) -> String {
    "the importance weights collapsed in iteration \(report.iteration): \(report.objective.count) trajectories "
      + "have an effective sample size of \(Terminal.fixed(report.effectiveSampleSize, 1)); use fewer algorithm.epochs "
      + "or a lower algorithm.rate"
  }

  private static func iterationLine(_ report: Training.Report, _ steps: Int, _ seconds: Double) -> String {
    JSON.object([
      ("event", .text("iteration")), ("iteration", .integer(report.iteration)), ("steps", .integer(steps)),
      ("episodes", .integer(report.objective.count)), ("mean_return", .number(report.objective.mean)),
      ("standard_error", .number(report.objective.standardError)), ("entropy", .number(report.entropy)),
      ("gradient_norm", .number(report.update.gradientNorm)),
      ("effective_sample_size", .number(report.effectiveSampleSize)), ("seconds", .number(seconds)),
    ]).line
  }

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

  private func show(_ outcome: Training.Outcome, _ run: String) {
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
        Terminal.writeLine(JSON.object([("event", .text("profile")), ("seconds", .object(seconds))]))
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
    if outcome.isInterrupted {
      Terminal.writeLine("to continue: ascent train --out \(run) --resume")
    }
  }
}
