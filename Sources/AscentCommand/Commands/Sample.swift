internal import ArgumentParser
internal import AscentExperiments

/// `ascent sample ENV|RUN`.
struct Sample: ParsableCommand {
  static let configuration = CommandConfiguration.page(
    "Write trajectories of a learned policy, or of random actions, as JSON lines.",
    examples: [
      "sample runs/demo --episodes 100 --out demo.jsonl", "sample native:pendulum --out random.jsonl",
    ], codes: ExitStatus.playing)

  @Argument(
    help: ArgumentHelp("An environment, or the folder of a training run.", valueName: "env-or-run"),
    completion: Completions.environments)
  var subject: String

  @Option(help: "The number of episodes to play.", transform: Whole.number)
  var episodes = 10

  @Option(help: "The seed of the episodes.", transform: Whole.number)
  var seed: UInt64 = 1

  @Flag(help: "Take a run's most probable action instead of drawing.")
  var deterministic = false

  @Flag(help: "Also write the recurrent state of a policy with gru or lstm at each step.")
  var hidden = false

  @Option(help: ArgumentHelp("The file to write.", valueName: "file.jsonl"), completion: .file())
  var out: String

  @OptionGroup var environmentOptions: EnvironmentOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    try Counts.check(episodes, "--episodes")
    Interrupt.listen()
    try keepingOpen(patience: environmentOptions.hostOptions.patience, play)
  }

  private func play(_ open: OpenEnvironments) throws {
    let folder = RunFolder(subject)
    var playing = try Playing(
      folder.containsRun
        ? .run(folder, isStochastic: !deterministic)
        : .random(environmentOptions.configuration(of: subject)),
      try environmentOptions.evaluation(output, open, seed: seed))
    if hidden, !playing.remembers {
      throw ExperimentError.usage(
        "--hidden writes the recurrent state of policy.memory = gru or lstm; there is none here")
    }
    var file = try AtomicFile.Writer(out)
    var steps = 0
    for k in 0..<episodes {
      let episode = try playing.next(k)
      steps += episode.rewards.count
      try file.write(
        TrajectoryFile.line(
          episode, environment: playing.configuration.environment,
          seed: try playing.seed(of: episode), showsMemory: hidden) + "\n")
    }
    try file.commit()
    guard !output.json else {
      let line = JSON.object([
        ("event", .text("sample")), ("episodes", .integer(episodes)), ("steps", .integer(steps)),
        ("file", .text(out)),
      ])
      return Terminal.writeLine(line)
    }
    Terminal.writeLine("\(episodes) episodes, \(Terminal.grouped(steps)) steps in \(out)")
  }
}
