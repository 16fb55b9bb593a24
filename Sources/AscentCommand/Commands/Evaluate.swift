internal import ArgumentParser
internal import AscentExperiments

/// `ascent evaluate RUN`.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration.page(
    "Play episodes with a trained policy and report its return.",
    "The policy takes its most probable action, unless --stochastic is given.",
    examples: [
      "evaluate runs/demo", "evaluate runs/demo --episodes 1000 --stochastic --returns returns.csv",
    ], codes: ExitStatus.playing)

  @Argument(
    help: ArgumentHelp("The folder of a training run.", valueName: "run"), completion: Completions.runs)
  var folder: String

  @Option(help: "The number of episodes to play.", transform: Whole.number)
  var episodes = 100

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

  @OptionGroup var started: StartedByOption
  @OptionGroup var environmentOptions: EnvironmentOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    started.listen()
    try Counts.check(episodes, "--episodes")
    try Counts.check(maxSteps, "--max-steps")
    try keepingOpen(patience: environmentOptions.hostOptions.patience, play)
  }

  private func play(_ open: OpenEnvironments) throws {
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
      })
    progress.finish()
    if result.cut > 0 {
      output.notice(
        "\(result.cut) of \(result.episodes) episodes did not end and were cut after \(maxSteps) steps; their returns "
          + "lack what would have followed (--max-steps)")
    }
    if let returns { try AtomicFile.write(rows, to: returns) }
    show(result)
  }

  private func show(_ result: Evaluation) {
    guard !output.json else {
      let line = JSON.object([
        ("event", .text("evaluation")), ("episodes", .integer(result.episodes)),
        ("mean_return", .number(result.meanReturn)), ("standard_error", .number(result.standardError)),
        ("min", .number(result.lowest)), ("max", .number(result.highest)),
        ("cut", .integer(result.cut)),
        ("policy_steps", result.policySteps.map { .integer($0) } ?? .null),
        ("fingerprint", .text(result.fingerprint)),
      ])
      return Terminal.writeLine(line)
    }
    Terminal.writeLine("\(result.episodes) episodes")
    Terminal.writeLine(
      "mean return  \(Terminal.fixed(result.meanReturn, 2)) ± \(Terminal.fixed(result.standardError, 2))"
        + "  (lowest \(Terminal.fixed(result.lowest, 2)), highest \(Terminal.fixed(result.highest, 2)))")
    Terminal.writeLine("fingerprint  \(result.fingerprint)")
  }
}
