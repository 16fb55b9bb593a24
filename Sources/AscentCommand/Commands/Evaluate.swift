internal import ArgumentParser
internal import AscentDesk
internal import AscentExperiments

/// `ascent evaluate RUN`.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration.page(
    "Play episodes with a trained policy and report its return.",
    "The policy takes its most probable action, unless --stochastic is given.",
    examples: [
      "evaluate runs/demo", "evaluate runs/demo --episodes 1000 --stochastic --returns returns.csv",
      "evaluate runs/demo --video episode.mp4 --overlay",
    ], codes: ExitStatus.playing + [.checkFailed])

  @Argument(
    help: ArgumentHelp("The folder of a training run.", valueName: "run"), completion: Completions.runs)
  var folder: String

  @Option(
    help: "The number of episodes to play. [default: 100; 1 with --video or --render]",
    transform: Whole.number)
  var episodes: Int?

  @Option(
    help: "The seed of the evaluation; training never uses the same random streams.", transform: Whole.number)
  var seed: UInt64 = 1

  @Flag(help: "Draw actions from the policy.")
  var stochastic = false

  @Option(
    help: ArgumentHelp("Write a row for each episode: its number, return and length.", valueName: "file.csv"))
  var returns: String?

  @Option(
    help: ArgumentHelp(
      "The number of steps after which an episode that does not end is cut.", valueName: "steps"),
    transform: Whole.number)
  var maxSteps = 100_000

  @OptionGroup var films: FilmOptions
  @OptionGroup var started: StartedByOption
  @OptionGroup var environmentOptions: EnvironmentOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    started.listen()
    let medium = try films.medium()
    let episodes = episodes ?? (medium == nil ? 100 : 1)
    try Counts.check(episodes, "--episodes")
    try Counts.check(maxSteps, "--max-steps")
    try keepingOpen(patience: environmentOptions.hostOptions.patience) { try play(episodes, medium, $0) }
  }

  private func play(_ episodes: Int, _ medium: Film.Medium?, _ open: OpenEnvironments) throws {
    var progress = LiveLine(isQuiet: output.quiet, after: .seconds(2))
    var (played, steps) = (0, 0)
    let showProgress = {
      guard progress.isDue else { return }
      let number = "\(Terminal.grouped(played))/\(Terminal.grouped(episodes))"
      progress.show("\(number) episodes  \(Terminal.grouped(steps)) steps")
    }
    var rows = "episode,return,length\n"
    var plan = try environmentOptions.evaluation(output, open, seed: seed)
    plan.limit = maxSteps
    defer { progress.finish() }
    let film = try medium.map {
      try EvaluationFilm(Film($0, hasOverlay: films.overlay, of: RunFolder(folder), host: plan.host), plan)
    }
    let result = try Evaluation(
      of: RunFolder(folder), episodes: episodes, isStochastic: stochastic, plan,
      onStep: {
        steps += 1
        showProgress()
      },
      onEpisode: { number, totalReward, length in
        rows += "\(number),\(totalReward),\(length)\n"
        played += 1
        showProgress()
      }, watch: { player, episode throws(ExperimentError) in try film?.add(episode, of: player) })
    progress.finish()
    let numbers = try film?.finish()
    if result.cut > 0 {
      output.notice(
        "\(result.cut) of \(result.episodes) episodes did not end and were cut after \(maxSteps) steps; their returns "
          + "lack what would have followed (--max-steps)")
    }
    if let returns { try AtomicFile.write(rows, to: returns) }
    if let notice = films.notice(numbers) { output.notice(notice) }
    show(result, numbers)
  }

  private func show(_ result: Evaluation, _ film: Film.Numbers?) {
    guard !output.json else {
      var entries: [(String, JSON)] = [
        ("event", .text("evaluation")), ("episodes", .integer(result.episodes)),
        ("mean_return", .number(result.meanReturn)), ("standard_error", .number(result.standardError)),
        ("min", .number(result.lowest)), ("max", .number(result.highest)),
        ("cut", .integer(result.cut)),
        ("policy_steps", result.policySteps.map { .integer($0) } ?? .null),
        ("fingerprint", .text(result.fingerprint)),
      ]
      entries += films.entries(film)
      return Terminal.writeLine(JSON.object(entries))
    }
    Terminal.writeLine(result.episodes == 1 ? "1 episode" : "\(result.episodes) episodes")
    Terminal.writeLine(
      "mean return  \(Terminal.fixed(result.meanReturn, 2)) ± \(Terminal.fixed(result.standardError, 2))"
        + "  (lowest \(Terminal.fixed(result.lowest, 2)), highest \(Terminal.fixed(result.highest, 2)))")
    Terminal.writeLine("fingerprint  \(result.fingerprint)")
    if let film { Terminal.writeLine(films.line(film)) }
  }
}
