internal import ArgumentParser
internal import AscentDesk
internal import AscentExperiments

/// `ascent replay RUN --lane L --episode K`.
struct Replay: ParsableCommand {
  static let configuration = CommandConfiguration.page(
    "Reproduce an episode of a training run, exactly.",
    """
    The seed determines every step, so nothing needs to have been recorded: the run is repeated in memory, from the \
    last checkpoint before the episode, and compared with its metrics.csv. A film is made so, too.
    """,
    examples: [
      "replay runs/demo --lane 0 --episode 12", "replay runs/demo --lane 0 --episode 12 --out episode.jsonl",
      "replay runs/demo --lane 0 --episode 12 --video episode.mp4 --overlay",
    ], codes: ExitStatus.playing + [.checkFailed])

  @Argument(
    help: ArgumentHelp("The folder of a training run.", valueName: "run"), completion: Completions.runs)
  var folder: String

  @Option(help: "The episode's lane, counted from 0.", transform: Whole.number)
  var lane: Int

  @Option(help: "Its number in the lane, counted from 0.", transform: Whole.number)
  var episode: Int

  @Option(
    help: ArgumentHelp(
      "Write it as a line of a trajectory file, instead of a table.", valueName: "file.jsonl"))
  var out: String?

  @OptionGroup var films: FilmOptions
  @OptionGroup var host: HostOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    Interrupt.listen()
    let medium = try films.medium()
    try keepingOpen(patience: host.patience) { try play(medium, $0) }
  }

  private func play(_ medium: Film.Medium?, _ open: OpenEnvironments) throws {
    let run = RunFolder(folder)
    let replay: EpisodeReplay
    let numbers: Film.Numbers?
    do {
      let film = try medium.map { try Film($0, hasOverlay: films.overlay, of: run, host: host.host) }
      let wanted = WantedEpisode(
        lane: lane, number: episode, isFilmed: film != nil, isWatched: film != nil && films.overlay)
      replay = try EpisodeReplay(
        wanted, of: run, host: host.host, isInterrupted: { Interrupt.isRequested }, keep: { open.keep($0) })
      numbers = try film?.show(replay, isInterrupted: { Interrupt.isRequested }, keep: { open.keep($0) })
    } catch {
      throw Interrupt.isRequested ? ExitStatus.interrupted.code : error
    }
    if let notice = films.notice(numbers) { output.notice(notice) }
    try show(replay, numbers)
  }

  private func show(_ replay: EpisodeReplay, _ film: Film.Numbers?) throws {
    let played = replay.episode
    if let out {
      try AtomicFile.write(
        TrajectoryFile.line(played, environment: replay.environment, seed: nil) + "\n", to: out)
    }
    let end = replay.isCut ? "cut" : "\(played.end)"
    guard !output.json else {
      var entries: [(String, JSON)] = [
        ("event", .text("episode")), ("lane", .integer(lane)), ("episode", .integer(episode)),
        ("steps", .integer(played.rewards.count)), ("return", .number(played.totalReward)),
        ("end", .text(end)),
        ("first_iteration", .integer(replay.iterations.lowerBound)),
        ("last_iteration", .integer(replay.iterations.upperBound)), ("file", out.map { .text($0) } ?? .null),
        ("observations", .text(played.observationsHash)),
      ]
      entries += films.entries(film)
      return Terminal.writeLine(JSON.object(entries))
    }
    if out == nil, films.video == nil, films.render == nil { Self.table(played).forEach(Terminal.writeLine) }
    let (first, last) = (replay.iterations.lowerBound, replay.iterations.upperBound)
    let iterations = first == last ? "iteration \(first)" : "iterations \(first) to \(last)"
    Terminal.writeLine(
      "lane \(lane), episode \(episode): \(played.rewards.count) steps, return \(Terminal.short(played.totalReward)), "
        + "\(end), \(iterations)")
    guard let film else { return }
    Terminal.writeLine("observations  \(played.observationsHash), in the film as in the run")
    Terminal.writeLine(films.line(film))
  }

  /// The largest number of features of an observation that the table shows.
  private static let mostColumns = 8

  private static func table(_ played: PlayedEpisode) -> [String] {
    let (o, a) = (played.observationSize, played.actionSize)
    let shown = min(o, mostColumns)
    var rows = [["step", "reward", "log π"] + (0..<a).map { "a\($0)" } + (0..<shown).map { "o\($0)" }]
    for t in 0...played.rewards.count {
      let isLast = t == played.rewards.count
      let observed = (0..<shown).map { Terminal.short(Double(played.observations[t * o + $0])) }
      let acted = (0..<a).map { isLast ? "" : Terminal.short(Double(played.actions[t * a + $0])) }
      rows.append(
        [
          String(t), isLast ? "" : Terminal.short(played.rewards[t]),
          isLast ? "" : Terminal.short(played.logProbabilities[t]),
        ] + acted + observed)
    }
    return Terminal.table(rows)
      + (shown < o ? ["(\(o - shown) more numbers of each observation: --out)"] : [])
  }
}
