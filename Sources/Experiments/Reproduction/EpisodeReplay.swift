internal import AscentEnvironments
internal import AscentPolicies
internal import AscentPolicyGradients

/// One episode of a training run, reproduced exactly.
public struct EpisodeReplay: Sendable {
  /// The episode.
  public let episode: PlayedEpisode
  /// The iterations that contain its steps, counted from 1.
  public let iterations: ClosedRange<Int>
  /// True if the run ended before the episode did.
  public let isCut: Bool
  /// The environment of the run.
  public let environment: String

  /// Repeats the training up to the end of the episode, from the last checkpoint before it.
  ///
  /// - Parameters:
  ///   - lane: the lane of the episode.
  ///   - number: the number of the episode in its lane, counted from 0.
  ///   - folder: the run.
  ///   - host: the catalog of names, and the Python of hosted environments.
  ///   - isInterrupted: called before each step.
  ///   - keep: called with the environment, which it can keep open.
  /// - Throws: ``ExperimentError/usage(_:)`` when the run has no such episode, ``ExperimentError/check(_:)`` when the
  ///   repeated training differs from metrics.csv.
  public init(
    lane: Int, episode number: Int, of folder: RunFolder, host: Host,
    isInterrupted: () -> Bool = { false }, keep: (OpenedEnvironment) -> Void = { _ in }
  ) throws(ExperimentError) {
    let record = try RunRecord(folder, host.catalog)
    let lanes = record.configuration.lanes
    guard (0..<lanes).contains(lane) else {
      throw .usage("the run has the lanes 0 to \(lanes - 1), not \(lane)")
    }
    guard number >= 0 else { throw .usage("episodes are counted from 0") }
    environment = record.configuration.environment
    var rerun = try Rerun(of: record, host: host) { $0.episodesBegun[lane] <= number }
    keep(rerun.opened.environment)
    let environments = rerun.opened.environment.lanes
    var played = PlayedEpisode(lane: lane, of: environments, acting: rerun.opened.learner.policy)
    played.episode = number
    var found: ClosedRange<Int>?
    var end = Trajectory.End.cut
    while end == .cut, let report = try rerun.iterate(isInterrupted) {
      if case let strayed = rerun.strayed(report), !strayed.isEmpty {
        throw .check(
          "the repeated run differs from the original: iteration \(report.iteration) has other values of "
            + "\(strayed.joined(separator: ", ")); run ascent reproduce \(folder.path) for details")
      }
      guard let part = rerun.rollout.lanes[lane].episodes.firstIndex(where: { $0.number == number }) else {
        if found != nil { break }
        continue
      }
      played.append(
        rerun.rollout, part, acting: rerun.opened.learner.policy,
        bounds: ActionBounds(environments.actionSpace))
      end = rerun.rollout.lanes[lane].episodes[part].end
      found = (found?.lowerBound ?? report.iteration)...report.iteration
    }
    guard let found else {
      throw .usage(
        "lane \(lane) began \(environments.episodesBegun[lane]) episodes in \(record.metrics.rows.count) iterations; "
          + "there is no episode \(number)")
    }
    played.end = end == .terminated ? .terminated : .truncated
    (episode, iterations, isCut) = (played, found, end == .cut)
  }
}

extension PlayedEpisode {
  /// Appends the steps of the episode that a rollout contains.
  fileprivate mutating func append(
    _ rollout: Rollout, _ part: Int, acting policy: Policy, bounds: ActionBounds
  ) {
    let steps = rollout.lanes[lane]
    let (range, slots) = (steps.episodes[part].steps, steps.episodes[part].slots)
    let a = actionSize
    // The last observation of the part before is the first of this one.
    observations.removeLast(observations.isEmpty ? 0 : observationSize)
    for slot in slots { observations += steps.observation(inSlot: slot) }
    drawnActions += steps.actions[range.lowerBound * a..<range.upperBound * a]
    var applied = Array(repeating: Float(0), count: a)
    for t in range {
      bounds.clamp(policy, steps.actions.span.extracting(t * a..<(t + 1) * a), into: &applied)
      actions += applied
    }
    rewards += steps.rewards[range]
    logProbabilities += steps.logProbabilities[range]
  }
}
