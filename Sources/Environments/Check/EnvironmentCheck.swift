public import Randomness

/// What a run relies on in an environment, each found out by trying.
///
/// The trials act at random, with the same actions where they are compared; what an environment draws comes from the
/// lanes' streams, as in a run.
public struct EnvironmentCheck {
  /// What a trial came to.
  public enum Verdict: String, Sendable {
    /// As it should be.
    case passed = "pass"
    /// A run would go wrong, or could not be made again.
    case failed = "fail"
    /// Worth knowing.
    case noted = "note"
  }

  /// One answer.
  public struct Finding: Sendable, Equatable {
    /// The question in one word.
    public var name: String
    /// The answer.
    public var verdict: Verdict
    /// What was seen.
    public var text: String
    /// What to do about it; empty where there is nothing to do.
    public var advice: String

    /// Makes an answer.
    public init(_ name: String, _ verdict: Verdict, _ text: String, advice: String = "") {
      (self.name, self.verdict, self.text, self.advice) = (name, verdict, text, advice)
    }
  }

  private let steps: Int
  private let streams: [RandomStream]

  /// Asks every question.
  ///
  /// - Parameters:
  ///   - steps: how many steps a trial makes.
  ///   - seed: the seed of the streams; trials with another one take the next.
  ///   - streams: what the actions of two lanes are drawn from.
  ///   - open: opens so many lanes with a seed.
  /// - Returns: the answers; those that need an environment that works are left out for one that does not.
  /// - Throws: what `open` throws.
  public static func findings<E: Error>(
    steps: Int, seed: UInt64, drawing streams: [RandomStream],
    open: (_ seed: UInt64, _ laneCount: Int) throws(E) -> Lanes
  ) throws(E) -> [Finding] {
    let check = EnvironmentCheck(steps: steps, streams: streams)
    let lanes = try open(seed, 2)
    let clock = ContinuousClock()
    let start = clock.now
    let first = check.record(lanes)
    let elapsed = clock.now - start
    var all = [spaces(lanes), contract(first)]
    guard first.fault == nil else { return all }
    all += [bounds(first, lanes.observationSpace), rewards(first), episodes(first)]
    let beside = check.record(try open(seed, 2), beside: true)
    let alone = check.record(try open(seed, 2))
    let other = check.record(try open(seed &+ 1, 2))
    all.append(
      alone.failing("seed")
        ?? equal(
          "seed", first, alone, "the same seed gives the same episodes, bit for bit",
          else: "two runs with one seed part",
          advice:
            "look for randomness outside of self.np_random, for time, and for what is kept between environments"
        ))
    all.append(other.failing("other-seed") ?? otherSeed(first, other))
    all.append(
      beside.failing("lanes")
        ?? equal(
          "lanes", alone, beside, "a lane does not notice the others",
          else: "a lane changes when another is stepped",
          advice:
            "what belongs to one environment must not lie in its class or module; else bits depend on --workers"
        ))
    all.append(check.replayable(first, try open(seed, 1)))
    if lanes.keepsState { all.append(state(first)) }
    let microseconds =
      Double(elapsed.components.attoseconds) * 1e-12 + Double(elapsed.components.seconds) * 1e6
    let each = (microseconds / Double(steps) * 100).rounded() / 100
    all.append(Finding("speed", .noted, "\(each) µs a step, resets included"))
    return all
  }
}

// MARK: Trials

extension EnvironmentCheck {
  /// What happened in lane 0.
  private struct Record {
    var episodes: [Episode] = []
    var fault: EnvironmentError?

    /// The answer of a trial in which the environment failed.
    func failing(_ name: String) -> Finding? { fault.map { Finding(name, .failed, "\($0)") } }
  }

  private struct Episode {
    var observations: [[Float]] = []
    var actions: [[Float]] = []
    var rewards: [Double] = []
    var end: Step.End?
    /// What the environment kept before it.
    var state: [UInt8] = []
  }

  /// Plays lane 0, or both lanes by turns.
  private func record(_ lanes: Lanes, beside: Bool = false) -> Record {
    var record = Record()
    do throws(EnvironmentError) {
      let played = try lanes.held { () throws(EnvironmentError) in try play(lanes, beside) }
      record.episodes = played
    } catch {
      record.fault = error
    }
    return record
  }

  private func play(_ lanes: Lanes, _ beside: Bool) throws(EnvironmentError) -> [Episode] {
    var player = Player(lanes, streams[0])
    var neighbor = Player(lanes, streams[1])
    for _ in 0..<steps {
      try player.step(0)
      if beside { try neighbor.step(1) }
    }
    return player.episodes
  }

  /// Makes some of the last episodes again, the last one first, in lanes that saw none before.
  private func replayable(_ first: Record, _ fresh: Lanes) -> Finding {
    let name = "replay"
    let last = first.episodes.indices.suffix(Self.replayed).reversed()
    do throws(EnvironmentError) {
      for number in last {
        let episode = first.episodes[number]
        let differs = try fresh.held { () throws(EnvironmentError) in try Self.differs(episode, number, fresh)
        }
        guard let differs else { continue }
        return Finding(
          name, .failed, "episode \(number) cannot be made again without those before it: \(differs)",
          advice:
            "a run can be made again from its seed, but not resumed; let reset() begin from np_random alone, or give and "
            + "take what is kept: ascent_get_state(), ascent_set_state(state)")
      }
      return Finding(
        name, .passed,
        "\(last.count == 1 ? "an episode was" : "\(last.count) episodes were") made again, equal bits")
    } catch {
      return Finding(name, .failed, "\(error)")
    }
  }

  /// How many episodes are made again: one may have drawn too little to show anything.
  private static let replayed = 8

  private static func differs(
    _ episode: Episode, _ number: Int, _ lanes: Lanes
  ) throws(EnvironmentError) -> String? {
    lanes.restore(episodesBegun: [number + 1])
    try lanes.resume(0, from: episode.state)
    var again = Episode(observations: [lanes.observations[0]])
    for action in episode.actions {
      let step = try lanes.step(0, action.span)
      again.observations.append(lanes.observations[0])
      again.rewards.append(step.reward)
      again.end = step.end
    }
    again.actions = episode.actions
    return difference([episode], [again]).map { "its " + $0.what }
  }

  /// Acts at random in one lane, each episode with actions of its own stream.
  private struct Player {
    private let lanes: Lanes
    private let stream: RandomStream
    private var action: [Float]
    private(set) var episodes: [Episode] = []

    init(_ lanes: Lanes, _ stream: RandomStream) {
      (self.lanes, self.stream) = (lanes, stream)
      action = Array(repeating: 0, count: lanes.actionSize)
    }

    mutating func step(_ lane: Int) throws(EnvironmentError) {
      if episodes.last.map({ $0.end != nil }) ?? true {
        try lanes.reset(lane)
        let key = StreamKey(seed: 0, purpose: .actions, lane: UInt32(lane), episode: UInt32(episodes.count))
        stream.restart(at: key)
        episodes.append(Episode(observations: [lanes.observations[lane]], state: lanes.states[lane]))
      }
      _ = lanes.actionSpace.sample(from: stream, allowing: lanes.mask(lane), into: &action)
      let step = try lanes.step(lane, action.span)
      let last = episodes.count - 1
      episodes[last].observations.append(lanes.observations[lane])
      episodes[last].actions.append(action)
      episodes[last].rewards.append(step.reward)
      episodes[last].end = step.end
    }
  }
}

// MARK: Answers

extension EnvironmentCheck {
  private static func spaces(_ lanes: Lanes) -> Finding {
    let mask = lanes.maskSize > 0 ? ", with a mask of \(lanes.maskSize)" : ""
    return Finding("spaces", .passed, "observes \(lanes.observationSpace), acts \(lanes.actionSpace)\(mask)")
  }

  private static func contract(_ record: Record) -> Finding {
    if let failing = record.failing("contract") { return failing }
    let steps = record.episodes.reduce(0) { $0 + $1.rewards.count }
    return Finding("contract", .passed, "reset and step kept it for \(steps) steps")
  }

  private static func bounds(_ record: Record, _ space: Space) -> Finding {
    let (low, high) = space.flattenedBounds
    for (number, episode) in record.episodes.enumerated() {
      for (step, observation) in episode.observations.enumerated() {
        for k in low.indices where !(observation[k] >= low[k] && observation[k] <= high[k]) {
          return Finding(
            "bounds", .failed,
            "observation[\(k)] is \(observation[k]) in episode \(number), step \(step); its space allows "
              + "\(low[k]) to \(high[k])",
            advice: "declare the bounds that the environment keeps; infinite ones are allowed")
        }
      }
    }
    return Finding("bounds", .passed, "every observation lies in its space")
  }

  private static func rewards(_ record: Record) -> Finding {
    let all = record.episodes.flatMap(\.rewards)
    let (low, high) = (all.min() ?? 0, all.max() ?? 0)
    return Finding("rewards", .noted, low == high ? "always \(low)" : "from \(low) to \(high)")
  }

  private static func state(_ record: Record) -> Finding {
    let most = record.episodes.map(\.state.count).max() ?? 0
    return Finding("state", .noted, "gives and takes what it keeps across episodes: up to \(most) bytes")
  }

  private static func episodes(_ record: Record) -> Finding {
    let ended = record.episodes.filter { $0.end != nil }
    let lengths = ended.map(\.rewards.count)
    guard let shortest = lengths.min(), let longest = lengths.max() else {
      return Finding(
        "episodes", .noted, "none ended within \(record.episodes.first?.rewards.count ?? 0) steps",
        advice: "if they never do, limit them: --set environment.time_limit=N")
    }
    let terminated = ended.count { $0.end == .terminated }
    return Finding(
      "episodes", .noted,
      "\(ended.count) episode\(ended.count == 1 ? "" : "s") of \(shortest) to \(longest) steps, \(terminated) terminated, "
        + "\(ended.count - terminated) truncated")
  }

  /// The answer to a question whose trials should be equal.
  private static func equal(
    _ name: String, _ a: Record, _ b: Record, _ same: String, else parts: String, advice: String
  ) -> Finding {
    guard let difference = difference(a.episodes, b.episodes) else { return Finding(name, .passed, same) }
    return Finding(name, .failed, "\(parts): \(difference.place), \(difference.what)", advice: advice)
  }

  private static func otherSeed(_ first: Record, _ other: Record) -> Finding {
    guard difference(first.episodes, other.episodes) == nil else {
      return Finding("other-seed", .passed, "another seed gives other episodes")
    }
    return Finding("other-seed", .noted, "another seed gives the same episodes: nothing is drawn")
  }

  /// Where two recordings part for the first time.
  private static func difference(_ a: [Episode], _ b: [Episode]) -> (place: String, what: String)? {
    for (number, (x, y)) in zip(a, b).enumerated() {
      for step in 0..<min(x.observations.count, y.observations.count) {
        let place = "episode \(number), step \(step)"
        for k in x.observations[step].indices
        where x.observations[step][k].bitPattern != y.observations[step][k].bitPattern {
          return (place, "observation[\(k)] is \(x.observations[step][k]) and \(y.observations[step][k])")
        }
        guard step > 0 else { continue }
        if x.rewards[step - 1].bitPattern != y.rewards[step - 1].bitPattern {
          return (place, "reward is \(x.rewards[step - 1]) and \(y.rewards[step - 1])")
        }
      }
      if x.rewards.count != y.rewards.count || x.end != y.end {
        return ("episode \(number)", "end is after \(x.rewards.count) and \(y.rewards.count) steps")
      }
    }
    return a.count == b.count ? nil : ("episode \(min(a.count, b.count))", "begin comes at different steps")
  }
}

extension Space {
  /// The lowest and highest number that each float of a flattened element may be.
  var flattenedBounds: (low: [Float], high: [Float]) {
    var (low, high): ([Float], [Float]) = ([], [])
    for leaf in leaves {
      if case .box(_, let lows, let highs, _) = leaf.kind {
        low += lows.map { Float($0) }
        high += highs.map { Float($0) }
      } else {
        low += Array(repeating: 0, count: leaf.kind.flattenedSize)
        high += Array(repeating: 1, count: leaf.kind.flattenedSize)
      }
    }
    return (low, high)
  }
}
