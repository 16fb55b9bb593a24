internal import AscentRandomness

// The trials: recorded episodes of random actions.
extension EnvironmentCheck {
  /// The recording of lane 0.
  struct Record {
    var episodes: [Episode] = []
    var fault: EnvironmentError?
    /// True if ``EnvironmentCheck/onStep`` ended the trial.
    var isEnded = false

    /// Returns the finding of a trial in which the environment failed, or nil.
    func failing(_ name: String) -> Finding? { fault.map { Finding(name, .failed, "\($0)") } }
  }

  struct Episode {
    var observations: [[Float]] = []
    var actions: [[Float]] = []
    var rewards: [Double] = []
    var end: Step.End?
    /// The state that the environment kept across episodes, saved before this one.
    var state: [UInt8] = []
  }

  /// Records lane 0; with `beside`, lane 1 is stepped after each of its steps.
  func record(_ lanes: Lanes, beside: Bool = false) -> Record {
    var record = Record()
    do throws(EnvironmentError) {
      let played = try lanes.withLock { () throws(EnvironmentError) in try play(lanes, beside) }
      record.episodes = played ?? []
      record.isEnded = played == nil
    } catch {
      record.fault = error
    }
    return record
  }

  /// Returns the episodes of lane 0, or nil when the trial was ended.
  private func play(_ lanes: Lanes, _ beside: Bool) throws(EnvironmentError) -> [Episode]? {
    var player = Player(lanes, streams[0])
    var neighbor = Player(lanes, streams[1])
    for _ in 0..<steps {
      try player.step(0)
      if beside { try neighbor.step(1) }
      guard onStep() else { return nil }
    }
    return player.episodes
  }

  /// Replays some of the last episodes, the last one first, in lanes without earlier episodes.
  func replayable(_ first: Record, _ fresh: Lanes) -> Finding {
    let name = "replay"
    let last = first.episodes.indices.suffix(Self.replayed).reversed()
    do throws(EnvironmentError) {
      for number in last {
        let episode = first.episodes[number]
        let found = try fresh.withLock { () throws(EnvironmentError) -> String? in
          try differs(episode, number, fresh)
        }
        guard let found else { continue }
        return Finding(
          name, .failed, "episode \(number) cannot be replayed without the episodes before it: \(found)",
          advice:
            "a run can be reproduced from its seed, but not resumed; make reset() depend on np_random alone, or save and "
            + "restore its state: ascent_get_state(), ascent_set_state(state)")
      }
      return Finding(
        name, .passed,
        "\(last.count == 1 ? "an episode was" : "\(last.count) episodes were") replayed with equal bits")
    } catch {
      return Finding(name, .failed, "\(error)")
    }
  }

  /// The number of replayed episodes; one alone may draw too few random numbers to reveal a difference.
  private static let replayed = 8

  private func differs(
    _ episode: Episode, _ number: Int, _ lanes: Lanes
  ) throws(EnvironmentError) -> String? {
    lanes.restore(episodesBegun: [number + 1])
    var observation = Array(repeating: Float(0), count: lanes.observationSize)
    try lanes.repeatReset(0, from: episode.state, into: &observation)
    var again = Episode(observations: [observation])
    for action in episode.actions {
      let step = try lanes.step(0, action.span, into: &observation)
      again.observations.append(observation)
      again.rewards.append(step.reward)
      again.end = step.end
      guard onStep() else { return nil }
    }
    again.actions = episode.actions
    return Self.difference([episode], [again]).map { "its " + $0.what }
  }

  /// An actor that takes random actions in one lane, each episode's from a separate stream.
  private struct Player {
    private let lanes: Lanes
    private let stream: RandomStream
    private var action: [Float]
    private var observation: [Float]
    private(set) var episodes: [Episode] = []

    init(_ lanes: Lanes, _ stream: RandomStream) {
      (self.lanes, self.stream) = (lanes, stream)
      action = Array(repeating: 0, count: lanes.actionSize)
      observation = Array(repeating: 0, count: lanes.observationSize)
    }

    mutating func step(_ lane: Int) throws(EnvironmentError) {
      if episodes.last.map({ $0.end != nil }) ?? true {
        try lanes.reset(lane, into: &observation)
        let key = StreamKey(seed: 0, purpose: .actions, lane: UInt32(lane), episode: UInt32(episodes.count))
        stream.restart(at: key)
        episodes.append(Episode(observations: [observation], state: lanes.states[lane]))
      }
      let mask = Array(observation.suffix(lanes.maskSize))
      _ = lanes.actionSpace.sample(from: stream, allowing: mask, into: &action)
      let drawn = action
      let step = try lanes.step(lane, drawn.span, into: &observation)
      let last = episodes.count - 1
      episodes[last].observations.append(observation)
      episodes[last].actions.append(action)
      episodes[last].rewards.append(step.reward)
      episodes[last].end = step.end
    }
  }
}
