internal import AscentEnvironments
internal import AscentExperiments

/// An episode that is played again with its actions, and compared with the first time.
struct RepeatedEpisode {
  private let episode: PlayedEpisode
  private let lanes: Lanes
  private let name: String

  init(_ episode: PlayedEpisode, in environment: OpenedEnvironment) {
    (self.episode, lanes, name) = (
      episode, environment.lanes, "episode \(episode.episode) of lane \(episode.lane)"
    )
  }

  /// Plays the episode; `show` is called before each step, and after the last one.
  ///
  /// - Throws: ``ExperimentError/check(_:)`` when an observation, a reward or the end differs.
  func play(_ show: (Int) throws(ExperimentError) -> Void) throws(ExperimentError) {
    var observation = Array(repeating: Float(0), count: lanes.observationSize)
    try environment { () throws(EnvironmentError) in try lanes.reset(episode.lane, into: &observation) }
    try compare(observation, at: 0)
    try show(0)
    for t in 0..<episode.rewards.count {
      let action = Array(episode.actions[t * episode.actionSize..<(t + 1) * episode.actionSize])
      let step = try environment { () throws(EnvironmentError) in
        try lanes.step(episode.lane, action.span, into: &observation)
      }
      try compare(observation, at: t + 1)
      let isLast = t + 1 == episode.rewards.count
      guard step.reward == episode.rewards[t] else {
        throw .check("\(differs(at: t)): its reward is \(step.reward), and it was \(episode.rewards[t])")
      }
      guard step.end == (isLast && !episode.isCut ? episode.end : nil) else {
        throw .check("\(differs(at: t)): it ends otherwise")
      }
      try show(t + 1)
    }
  }

  private func environment<R>(
    _ body: () throws(EnvironmentError) -> R
  ) throws(ExperimentError) -> R {
    do {
      return try lanes.withLock(body)
    } catch {
      throw .environment(error)
    }
  }

  /// Compares an observation with that of the first time, unless that was not kept.
  private func compare(_ observation: [Float], at t: Int) throws(ExperimentError) {
    guard !episode.observations.isEmpty else { return }
    let size = episode.observationSize
    guard observation.elementsEqual(episode.observations[t * size..<(t + 1) * size]) else {
      throw .check("\(differs(at: t)): its observation is another")
    }
  }

  private func differs(at t: Int) -> String {
    "\(name) takes another course while it is drawn, at step \(t), so it was not filmed; does the environment draw random "
      + "numbers in render(), or use some that are not the lane's (see ascent check, --capture-rng)?"
  }
}
