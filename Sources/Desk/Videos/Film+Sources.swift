internal import AscentEnvironments
public import AscentExperiments

// Films of an evaluation and of a training run.
extension Film {
  /// Prepares a film of a run's environment; see ``init(_:hasOverlay:of:host:)``.
  ///
  /// - Parameters:
  ///   - medium: a file or a window.
  ///   - hasOverlay: true to draw what the policy said below each picture.
  ///   - run: the run.
  ///   - host: the Python of hosted environments.
  /// - Throws: `ExperimentError` for what cannot be filmed.
  public convenience init(
    _ medium: Medium, hasOverlay: Bool, of run: RunFolder, host: Host
  ) throws(ExperimentError) {
    try self.init(medium, hasOverlay: hasOverlay, of: Configuration.ofRun(run, host.catalog), host: host)
  }

  /// Films an episode of a training run, although nothing of it was recorded.
  ///
  /// - Parameters:
  ///   - replay: the episode.
  ///   - isInterrupted: called before each step.
  ///   - keep: called with the environment that draws itself, which it can keep open.
  /// - Returns: the numbers of the film; nil for a window.
  /// - Throws: `ExperimentError` when the environment cannot draw itself, takes another course, or the film cannot be
  ///   written.
  public func show(
    _ replay: EpisodeReplay, isInterrupted: () -> Bool, keep: (OpenedEnvironment) -> Void
  ) throws(ExperimentError) -> Numbers? {
    let lane = replay.episode.lane
    let opened = try open(
      replay.configuration, .training(replay.configuration, hosted: lane..<lane + 1))
    keep(opened)
    if replay.needsEarlier {
      for episode in replay.earlier { try pass(episode, isInterrupted: isInterrupted) }
    } else {
      skip(to: replay.episode)
    }
    try add(replay.episode, replay.views, isInterrupted: isInterrupted)
    return try finish()
  }
}

/// The film of an evaluation, whose environments are opened with its first episode.
public final class EvaluationFilm {
  private let film: Film
  private let plan: EvaluationPlan
  private var isOpen = false

  /// Makes the film of an evaluation under a plan.
  public init(_ film: Film, _ plan: EvaluationPlan) { (self.film, self.plan) = (film, plan) }

  /// Films an episode that was played.
  ///
  /// - Parameters:
  ///   - episode: the episode.
  ///   - player: what played it.
  /// - Throws: `ExperimentError` when the environment cannot draw itself, takes another course, or the film cannot be
  ///   written.
  public func add(_ episode: PlayedEpisode, of player: Playing) throws(ExperimentError) {
    if !isOpen {
      plan.keep(try film.open(player.configuration, .evaluation(seed: plan.seed, lanes: plan.lanes)))
      isOpen = true
    }
    let views = film.hasOverlay ? player.views(of: episode) : []
    try film.add(episode, views, isInterrupted: plan.isInterrupted)
  }

  /// Ends the film; nil for a window.
  ///
  /// - Throws: `ExperimentError` when the file cannot be written.
  public func finish() throws(ExperimentError) -> Film.Numbers? { try film.finish() }
}
