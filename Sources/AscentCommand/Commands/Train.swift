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
  @OptionGroup var evaluation: EvaluationOptions
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
    if let ranks = Ranks.started {
      guard onFault != .restart else {
        throw ExperimentError.usage(
          "--on-fault restart starts one process again, and under mpirun a lost one ends all: start mpirun again, with --resume"
        )
      }
      if ranks.rank > 0 { return try takePart() }
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
    let shown = TrainingOutput(settings, output)
    let outcome = try Self.run(&training, shown, profiling: profile)
    shown.finish()
    if outcome.faults > 0 { showFaults(outcome) }
    shown.show(outcome, training.folder.path)
    let status = outcome.isInterrupted ? ExitStatus.interrupted : .done
    try training.allowHanging(exitCode: status.rawValue)
    if outcome.isInterrupted { throw status.code }
  }

  /// Makes the share of a rank other than 0, which has the settings.
  private func takePart() throws {
    let workforce = try workers.workforce(lanes: .max, environmentOptions.hostOptions)
    started.listen()
    try WorkerProcess.ofRank(
      host: environmentOptions.host, workforce, isInterrupted: { Interrupt.isRequested })
  }

  /// Runs the training until its end or Ctrl-C.
  private static func run(
    _ training: inout Training, _ shown: TrainingOutput, profiling: Bool
  ) throws -> Training.Outcome {
    do throws(ExperimentError) {
      return try training.run(
        onIteration: { shown.show($0, steps: $1, seconds: $2) }, onNumbers: { shown.numbers = $0 },
        onEvaluation: { shown.show($0) }, onNotice: { shown.notice($0) },
        isInterrupted: {
          shown.step()
          return Interrupt.isRequested
        }, profiling: profiling)
    } catch {
      shown.finish()
      // Written here: the environments are closed next, and that may hang.
      throw ExitCode(Interrupt.report(error))
    }
  }
}
