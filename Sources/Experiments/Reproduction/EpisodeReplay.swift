internal import AscentEnvironments
package import AscentPolicies
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
  /// The settings of the run.
  package let configuration: Configuration
  /// What the policy said of each observation when it acted; empty unless it was wanted.
  package let views: [PolicyView]
  /// The earlier episodes of the lane, if the environment must repeat them to come to this one; their steps lack
  /// observations.
  package let earlier: [PlayedEpisode]
  /// True if the environment must repeat the earlier episodes.
  package let needsEarlier: Bool

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
    try self.init(
      WantedEpisode(lane: lane, number: number), of: folder, host: host, isInterrupted: isInterrupted,
      keep: keep)
  }

  /// Repeats the training up to the end of the episode, with what a film needs.
  package init(
    _ wanted: WantedEpisode, of folder: RunFolder, host: Host,
    isInterrupted: () -> Bool, keep: (OpenedEnvironment) -> Void
  ) throws(ExperimentError) {
    let (lane, number) = (wanted.lane, wanted.number)
    let record = try RunRecord(folder, host.catalog)
    try wanted.check(in: record.configuration, folder)
    (configuration, environment) = (record.configuration, record.configuration.environment)
    var rerun = try Rerun(of: record, host: host) { $0.episodesBegun[lane] <= number }
    if wanted.isFilmed, rerun.opened.environment.lanes.keepsState {
      rerun = try Rerun(of: record, host: host)
    }
    keep(rerun.opened.environment)
    let environments = rerun.opened.environment.lanes
    let (policy, bounds) = (rerun.opened.learner.policy, ActionBounds(environments.actionSpace))
    // Nothing but all its episodes brings such an environment to the state before this one.
    let hasHistory =
      wanted.isFilmed && (environments.keepsState || configuration.environmentRandomness == .native)
    var collected = CollectedEpisode(
      PlayedEpisode(lane: lane, of: environments, acting: policy),
      wanted.isWatched ? PolicyWatch(policy) : nil)
    collected.played.episode = number
    var found: ClosedRange<Int>?
    var earlier: [PlayedEpisode] = []
    var end = Trajectory.End.cut
    while end == .cut {
      let θ = rerun.opened.learner.parameters
      guard let report = try rerun.iterate(isInterrupted) else { break }
      if case let strayed = rerun.strayed(report), !strayed.isEmpty {
        throw .check(
          "the repeated run differs from the original: iteration \(report.iteration) has other values of "
            + "\(strayed.joined(separator: ", ")); run ascent reproduce \(folder.path) for details")
      }
      let steps = rerun.rollout.lanes[lane]
      if hasHistory {
        earlier.append(steps, before: number, like: collected.played, acting: policy, bounds: bounds)
      }
      guard let part = steps.episodes.firstIndex(where: { $0.number == number }) else {
        if found != nil { break }
        continue
      }
      collected.append(steps, part, acting: policy, θ, bounds: bounds)
      end = steps.episodes[part].end
      found = (found?.lowerBound ?? report.iteration)...report.iteration
    }
    guard let found else {
      throw .usage(
        "lane \(lane) began \(environments.episodesBegun[lane]) episodes in \(record.metrics.rows.count) iterations; "
          + "there is no episode \(number)")
    }
    collected.played.end = end == .terminated ? .terminated : .truncated
    (episode, views, self.earlier) = (collected.played, collected.views, earlier)
    (iterations, isCut, needsEarlier) = (found, end == .cut, hasHistory)
  }
}

/// The episode of a run that is replayed, and what is wanted of it.
package struct WantedEpisode {
  /// The lane.
  package var lane: Int
  /// The number of the episode in its lane, counted from 0.
  package var number: Int
  /// True if the environment is to play it once more.
  package var isFilmed = false
  /// True if it is wanted what the policy said of each observation.
  package var isWatched = false

  /// Checks that a run has the lane, and that it can be filmed.
  fileprivate func check(
    in configuration: Configuration, _ folder: RunFolder
  ) throws(ExperimentError) {
    guard (0..<configuration.lanes).contains(lane) else {
      throw .usage("the run has the lanes 0 to \(configuration.lanes - 1), not \(lane)")
    }
    guard number >= 0 else { throw .usage("episodes are counted from 0") }
    guard !isFilmed || configuration.vector == 0 else {
      throw .usage(
        "lane \(lane) is a part of a vector environment, which has no picture of one lane; film an evaluation: "
          + "ascent evaluate \(folder.path) --video FILE --set environment.vector=0")
    }
  }

  /// Makes a request.
  package init(lane: Int, number: Int, isFilmed: Bool = false, isWatched: Bool = false) {
    (self.lane, self.number, self.isFilmed, self.isWatched) = (lane, number, isFilmed, isWatched)
  }
}
