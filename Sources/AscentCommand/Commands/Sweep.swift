internal import ArgumentParser
internal import AscentDesk
internal import AscentExperiments
internal import AscentHosting
internal import AscentPythonEnvironments

/// `ascent sweep FILE.toml`.
struct SweepCommand: ParsableCommand {
  static let configuration: CommandConfiguration = {
    var page = CommandConfiguration.page(
      "Train settings × seeds from one file, and say which settings are best.",
      """
      The file has an environment, algorithms, seeds and a [grid], or a [space] with method = "random" or "tpe" (see \
      docs/desk-sweeps.md). Under mpirun, all ranks take trials (docs/scaling.md). Each trial is a run folder with the bits \
      of its own ascent train line. A score is the mean return of held-out episodes. --out receives sweep.json, sweep.csv and best.toml, which train --config takes. If trials failed, the \
      others go on, and the exit code is that of the first that failed.
      """,
      examples: [
        "sweep sweep.toml --dry-run", "sweep sweep.toml --out sweeps/first",
        "sweep sweep.toml --out sweeps/first --resume",
      ], codes: ExitStatus.playing + [.diverged])
    page.commandName = "sweep"
    return page
  }()

  @Argument(
    help: ArgumentHelp("The file of the sweep.", valueName: "file.toml"),
    completion: .file(extensions: ["toml"]))
  var file: String

  @Flag(help: "Print the ascent train lines of the trials, and train nothing.")
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      "The folder of the sweep. [default: sweeps/ and the name of the file]", valueName: "dir"),
    completion: .directory)
  var out: String?

  @Option(
    help: ArgumentHelp(
      "Make this trial alone, counted from 0 in the order of --dry-run, as a job array does: --trial $SLURM_ARRAY_TASK_ID.",
      valueName: "number"), transform: Whole.number)
  var trial: Int?

  @Flag(help: "Put together the results of trials that were made one by one, and train nothing.")
  var collect = false

  @OptionGroup var options: TrialOptions

  private var folder: RunFolder {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    return RunFolder(out ?? "sweeps/" + (name.hasSuffix(".toml") ? String(name.dropLast(5)) : name))
  }

  func validate() throws {
    guard !(collect && trial != nil) else {
      throw ValidationError("--collect and --trial exclude each other")
    }
    guard trial == nil || options.jobs == nil && !options.resume else {
      throw ValidationError(
        "--trial makes one trial, and always goes on with it: --jobs and --resume are for all")
    }
  }

  func run() throws {
    if Ranks.started != nil, trial != nil || collect {
      throw ExperimentError.usage(
        "--trial and --collect are for processes that know nothing of each other: run them without mpirun")
    }
    let text = try TOMLText.read(file)
    let plan = try SweepPlan(reading: text, file: file)
    let count = try plan.candidateCount(file: file)
    let catalog = AscentProgram.catalog
    try plan.check(catalog, file: file)
    let configuration = try plan.configuration(plan.algorithms[0], catalog)
    guard !dryRun else { return Ranks.isSilent ? () : try showTrials(of: plan, count) }
    Interrupt.listen()
    try options.host.host.checkTrust(in: configuration)
    var sweep = Sweep(plan, options.runner(in: folder)) { () throws(ExperimentError) in
      guard let python = options.host.host.hosting as? PythonHosting else {
        throw .machine("this program has no Python")
      }
      return try python.start(catalog)
    }
    if let trial { return try make(trial, of: try sweep.trials(), sweep, text) }
    if collect {
      _ = try sweep.trials()
      guard RunFolder(folder.path + "/sweep.toml").exists else {
        throw ExperimentError.usage("\(folder.path) has no sweep; name with --out the folder of its trials")
      }
    }
    if let ranks = RankExchange() {
      sweep.runner.ranks = ranks
      if options.jobs == nil { sweep.runner.jobs = 1 }
      guard plan.pruner == .none else {
        throw ExperimentError.usage(
          "a pruner watches all trials from one process: run this sweep without mpirun")
      }
      try ranks.introduce()
      Ranks.hideFromChildren()
      if ranks.rank > 0 { return try serve(sweep.runner, ranks) }
    }
    try sweep.checkPackages()
    let lock = try options.claim(folder, for: configuration, resuming: options.resume || collect)
    try withExtendedLifetime(lock) {
      try checkContinues(plan)
      let store = sweep.runner.store
      try store.prepare()
      try AtomicFile.write(text, to: folder.path + "/sweep.toml")
      let progress = TrialProgress(
        options.output, total: plan.pruner == .none ? count * plan.seeds.count : nil)
      sweep.runner.onChange = { progress.change($0, $1, store) }
      let rows = try collect ? sweep.collected() : sweep.run()
      progress.finish()
      let result = try SweepResult(plan, rows)
      if let notice = RunAgreement.notice(result.runs(of: plan, in: store)) { options.output.warn(notice) }
      try result.write(plan, to: store, catalog)
      try show(result, plan, store)
    }
  }

  /// Makes one trial, beside other processes that make others of the same sweep.
  private func make(_ number: Int, of trials: [Trial], _ sweep: Sweep, _ text: String) throws {
    guard trials.indices.contains(number) else {
      throw ExperimentError.usage("\(file) has the trials 0 to \(trials.count - 1), not \(number)")
    }
    let store = sweep.runner.store
    guard !RunFolder(folder.path + "/run.toml").exists else {
      throw ExperimentError.usage("\(folder.path) is a run; choose another --out")
    }
    _ = try folder.make()
    if RunFolder(folder.path + "/sweep.toml").exists {
      let old = folder.path + "/sweep.toml"
      try sweep.plan.checkContinues(
        try SweepPlan(reading: try TOMLText.read(old), file: old), in: folder.path)
    } else {
      try AtomicFile.write(text, to: folder.path + "/sweep.toml")
    }
    try store.prepare()
    let ending = try sweep.runner.run([trials[number]])[0]
    if options.output.json {
      Terminal.writeLine(
        JSON.object([("event", .text("trial")), ("trial", .text(trials[number].name))] + ending.json))
    } else {
      let score = ending.score.map { " \($0.meanReturn)" } ?? ""
      Terminal.writeLine("\(trials[number].name) \(ending.word)\(score)")
    }
    if let failure = ending.failure {
      options.output.warn("\(trials[number].name) \(failure.ending): \(failure.lastLine)")
      throw ExitCode(failure.code)
    }
    if ending == .interrupted { throw ExitStatus.interrupted.code }
  }

  /// Makes the trials that a rank other than 0 gets.
  private func serve(_ runner: TrialRunner, _ ranks: RankExchange) throws {
    do throws(ExperimentError) {
      try runner.serve(ranks)
    } catch {
      ranks.end(error)
      throw error
    }
  }

  /// Checks that the folder, if it has a sweep, has this one.
  private func checkContinues(_ plan: SweepPlan) throws {
    let old = folder.path + "/sweep.toml"
    guard options.resume || collect, RunFolder(old).exists else { return }
    try plan.checkContinues(try SweepPlan(reading: try TOMLText.read(old), file: old), in: folder.path)
  }

  private func showTrials(of plan: SweepPlan, _ count: Int) throws {
    let isOpen = plan.method.needsOptuna || plan.pruner != .none && plan.method != .random
    for candidate in isOpen ? [] : try plan.candidates() {
      for seed in plan.seeds {
        let trial = plan.trial(candidate, seed)
        let line = trial.line(in: TrialStore(folder).run(of: trial).path)
        guard options.output.json else {
          Terminal.writeLine(line)
          continue
        }
        Terminal.writeLine(
          JSON.object([("event", .text("trial")), ("trial", .text(trial.name)), ("line", .text(line))]))
      }
    }
    let all = count * plan.seeds.count
    if options.output.json {
      Terminal.writeLine(
        JSON.object([("event", .text("plan")), ("settings", .integer(count)), ("trials", .integer(all))]))
    }
    let late = isOpen ? "; \(plan.method.rawValue) chooses them when the results before are known" : ""
    options.output.notice("\(count) settings × \(plan.seeds.count) seeds = \(all) trials\(late)")
  }

  private func show(_ result: SweepResult, _ plan: SweepPlan, _ store: TrialStore) throws {
    let line = SweepResult.line(plan, store)
    if options.output.json {
      for row in result.rows {
        Terminal.writeLine(
          JSON.object(
            [("event", .text("settings")), ("name", .text(row.candidate.name))] + result.fields(row)))
      }
      Terminal.writeLine(
        JSON.object([
          ("event", .text(result.interrupted > 0 ? "interrupted" : "done")),
          ("best", result.best.map { .text($0.candidate.name) } ?? .null),
          ("failed", .integer(result.failures.count)), ("sweep", .text(folder.path)),
          ("line", result.best == nil ? .null : .text(line)),
        ]))
    } else {
      SweepTable(result, plan).lines.forEach(Terminal.writeLine)
      for (trial, failure) in result.failures {
        Terminal.writeLine("failed: \(trial.name) \(failure.ending): \(failure.lastLine)")
      }
      if let best = result.best {
        Terminal.writeLine("best   \(best.candidate.name)")
        Terminal.writeLine("again  \(line)")
      }
      Terminal.writeLine("sweep  \(folder.path)")
      if result.interrupted > 0, !collect {
        Terminal.writeLine("to continue: ascent sweep \(file) --out \(folder.path) --resume")
      }
    }
    if collect, result.interrupted > 0 {
      options.output.warn(
        "\(result.interrupted) trials have no result yet; make them with --trial, or all with --resume")
    }
    if result.interrupted > 0 || Interrupt.isRequested { throw ExitStatus.interrupted.code }
    if let failure = result.failures.first?.failure { throw ExitCode(failure.code) }
  }
}
