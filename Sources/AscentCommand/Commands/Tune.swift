internal import ArgumentParser
internal import AscentDesk
internal import AscentExperiments
internal import AscentPolicyGradients

/// `ascent tune ENV`.
struct TuneCommand: ParsableCommand {
  static let configuration: CommandConfiguration = {
    var page = CommandConfiguration.page(
      "Search settings for an environment, and write them as a file for train --config.",
      """
      Successive halving: many drawn settings (docs/desk-sweeps.md lists their ranges) and the default train a ninth of the \
      steps, the best third of them a third, the best ninth all. The winner and the default then train on seven fresh seeds. \
      The file has the settings with the higher mean, and the command says whether they are shown to be better.
      """,
      examples: [
        "tune CartPole-v1 --out cartpole.toml",
        "tune Acrobot-v1 --algorithm a2c --budget 3e6 --out acrobot.toml",
        "tune CartPole-v1 --budget 20m --out cartpole.toml --resume",
      ], codes: ExitStatus.playing + [.diverged])
    page.commandName = "tune"
    return page
  }()

  @Argument(
    help: ArgumentHelp("The environment: an id, file.py:Class or native:NAME.", valueName: "env"),
    completion: Completions.environments)
  var environment: String

  @Option(help: ArgumentHelp("The named algorithm.", valueName: "name"), completion: Completions.algorithms)
  var algorithm = "ppo"

  @Option(
    help: ArgumentHelp(
      "The steps of all trainings together, or their minutes with an m. [default: 23 times the steps of a run]",
      valueName: "steps|minutes"), transform: Budget.init)
  var budget: Budget?

  @Option(
    help: "The steps of a whole training. [default: the preset's, or 100000]", transform: Whole.number)
  var steps: Int?

  @Option(help: "The seed of the draws; trainings have seeds after it.", transform: Whole.number)
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp("The file of settings to write.", valueName: "file.toml"),
    completion: .file(extensions: ["toml"]))
  var out: String

  @Option(
    help: ArgumentHelp(
      "The folder of the trainings. [default: tunings/ and the name of the file]", valueName: "dir"),
    completion: .directory)
  var runs: String?

  @OptionGroup var options: TrialOptions

  /// The value of `--budget`.
  enum Budget {
    case steps(Int)
    case minutes(Double)

    /// The value as the option takes it.
    var text: String {
      switch self {
      case .steps(let count): "\(count)"
      case .minutes(let minutes): "\(minutes)m"
      }
    }

    @Sendable init(_ text: String) throws {
      if text.hasSuffix("m"), let minutes = Double(text.dropLast()), minutes > 0, minutes.isFinite {
        self = .minutes(minutes)
      } else if let count: Int = SettingValue.whole(text), count > 0 {
        self = .steps(count)
      } else {
        throw ValidationError("it takes steps, such as 2e6, or minutes, such as 20m")
      }
    }
  }

  private var folder: RunFolder {
    let name = out.split(separator: "/").last.map(String.init) ?? out
    return RunFolder(runs ?? "tunings/" + (name.hasSuffix(".toml") ? String(name.dropLast(5)) : name))
  }

  func run() throws {
    let catalog = AscentProgram.catalog
    var sweep = SweepPlan()
    (sweep.environment, sweep.algorithms, sweep.steps) = (environment, [algorithm], steps)
    sweep.ranges = TuningSpace.ranges(of: algorithm)
    let configuration = try sweep.configuration(algorithm, catalog)
    try sweep.check(catalog, file: "the space of \(algorithm)")
    // Refused now, not after an hour.
    _ = try AtomicFile.Writer(out)
    Interrupt.listen()
    let lock = try options.claim(folder, for: configuration, option: "--runs")
    try withExtendedLifetime(lock) {
      try options.host.host.checkTrust(in: configuration)
      var runner = options.runner(in: folder)
      try runner.store.prepare()
      guard let plan = try plan(configuration, &runner) else { throw ExitStatus.interrupted.code }
      try tune(plan, &runner)
    }
  }

  /// The plan of the folder, or a new one.
  private func plan(_ configuration: Configuration, _ runner: inout TrialRunner) throws -> TuningPlan? {
    let file = folder.path + "/tuning.toml"
    if options.resume, RunFolder(file).exists {
      return try TuningPlan(
        reading: TOMLText.read(file), file: file, configuration, seed: seed, asked: (steps, budget?.text))
    }
    var plan = try TuningPlan(configuration, seed: seed, budget: nil)
    switch budget {
    case nil: break
    case .steps(let count): plan = try TuningPlan(configuration, seed: seed, budget: count)
    case .minutes(let minutes):
      guard let rate = try speed(plan, runner) else { return nil }
      let count = min(rate * Double(runner.jobs) * 60 * minutes, 1e15)
      plan = try TuningPlan(configuration, seed: seed, budget: Int(count))
    }
    try AtomicFile.write(plan.text((configuration.steps, budget?.text ?? "")), to: file)
    return plan
  }

  /// The steps per second of one training beside others, its evaluation counted; nil if it was interrupted.
  private func speed(_ plan: TuningPlan, _ runner: TrialRunner) throws -> Double? {
    let trial = Tuning(plan, runner).firstTrial()
    let clock = ContinuousClock()
    let begun = clock.now
    options.output.notice(
      "measuring the speed with a training of \(Terminal.grouped(plan.steps(of: 0))) steps")
    let endings = try runner.run([trial])
    if let failure = endings[0].failure { throw failed(trial, failure, runner.store) }
    guard endings[0].score != nil else { return nil }
    let seconds = (clock.now - begun) / .seconds(1)
    return Double(plan.steps(of: 0)) / max(seconds, 0.001)
  }

  private func failed(_ trial: Trial, _ failure: TrialFailure, _ store: TrialStore) -> ExitCode {
    options.output.warn("\(trial.name) \(failure.ending): \(failure.lastLine) (log: \(store.log(of: trial)))")
    return ExitCode(failure.code)
  }

  private func tune(_ plan: TuningPlan, _ runner: inout TrialRunner) throws {
    let store = runner.store
    let count = (0..<TuningPlan.rungs).reduce(2 * TuningPlan.freshSeeds) { $0 + plan.count(of: $1) }
    options.output.notice(
      "\(plan.candidates) settings, \(count) trainings, \(Terminal.grouped(plan.total)) steps in all"
        + (plan.isShortened
          ? "; the budget shortens a whole training to \(Terminal.grouped(plan.steps)) steps" : ""))
    let progress = TrialProgress(options.output, total: count)
    runner.onChange = { progress.change($0, $1, store) }
    var tuning = Tuning(plan, runner)
    tuning.onRung = { rung in
      progress.finish()
      show(rung)
    }
    let ending = try tuning.run()
    progress.finish()
    switch ending {
    case .interrupted:
      options.output.notice("to continue, repeat the command with --resume")
      throw ExitStatus.interrupted.code
    case .failed(_, let failure):
      // Its warning is there already.
      throw ExitCode(failure.code)
    case .complete(let result):
      try AtomicFile.write(try result.text(plan, AscentProgram.catalog), to: out)
      try show(result, plan)
    }
  }

  private func show(_ rung: Tuning.Rung) {
    guard let best = rung.scores.first else { return }
    if options.output.json {
      return Terminal.writeLine(
        JSON.object([
          ("event", .text("rung")), ("rung", .integer(rung.number)), ("steps", .integer(rung.steps)),
          ("settings", .integer(rung.scores.count)), ("best", .text(best.candidate.name)),
          ("mean_return", best.score.map { .number($0) } ?? .null),
        ]))
    }
    Terminal.writeLine(
      "rung \(rung.number)  \(rung.scores.count) settings, \(Terminal.grouped(rung.steps)) steps each: best \(best.candidate.name), "
        + "mean return \(best.score.map(Terminal.short) ?? "–")")
  }

  private func show(_ result: Tuning.Result, _ plan: TuningPlan) throws {
    let own = result.comparison
    if options.output.json {
      return Terminal.writeLine(
        JSON.object([
          ("event", .text("done")), ("verdict", result.verdict.map { .text($0) } ?? .null),
          ("higher", .bool(result.isHigher)), ("winner", .text(result.winner.name)),
          ("values", .object(result.winner.values.map { ($0.key, $0.value.json) })),
          ("seeds", .integer(result.defaults.count)), ("default_mean_return", .number(mean(result.defaults))),
          ("mean_return", own.scores.isEmpty ? .null : .number(mean(own.ours))),
          ("steps", .integer(plan.total)), ("out", .text(out)),
        ]))
    }
    Terminal.writeLine("fresh seeds  \(result.defaults.count)")
    Terminal.writeLine("default      mean return \(Terminal.short(mean(result.defaults)))")
    if !own.scores.isEmpty {
      let interval = try own.differenceInterval().map {
        ", difference \(Terminal.short(own.difference)), 95 % bootstrap [\(Terminal.short($0.lowerBound)), \(Terminal.short($0.upperBound))]"
      }
      Terminal.writeLine("found        mean return \(Terminal.short(mean(own.ours)))\(interval ?? "")")
      Terminal.wrapped(result.winner.label, indent: "             ", first: "settings     ").forEach(
        Terminal.writeLine)
    }
    if let verdict = result.verdict { Terminal.writeLine("answer       \(words(verdict, result))") }
    Terminal.writeLine(
      result.isHigher
        ? "written      \(out), for ascent train \(environment) --config \(out)"
        : "written      \(out), with the default's settings: nothing that was tried has a higher mean on fresh seeds"
    )
  }

  private func words(_ verdict: String, _ result: Tuning.Result) -> String {
    switch verdict {
    case "better": "better than the default"
    case "worse": "worse than the default"
    default: result.isHigher ? "higher, but not shown to be better" : "not higher"
    }
  }
}
