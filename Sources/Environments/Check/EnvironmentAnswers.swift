// The findings of a check, from the recordings of its trials.
extension EnvironmentCheck {
  static func spaces(_ lanes: Lanes) -> Finding {
    let mask = lanes.maskSize > 0 ? ", with a mask of \(lanes.maskSize)" : ""
    return Finding("spaces", .passed, "observes \(lanes.observationSpace), acts \(lanes.actionSpace)\(mask)")
  }

  static func contract(_ record: Record) -> Finding {
    if let failing = record.failing("contract") { return failing }
    let steps = record.episodes.reduce(0) { $0 + $1.rewards.count }
    return Finding("contract", .passed, "reset and step returned valid results for \(steps) steps")
  }

  static func bounds(_ record: Record, _ space: Space) -> Finding {
    let (low, high) = space.flattenedBounds
    for (number, episode) in record.episodes.enumerated() {
      for (step, observation) in episode.observations.enumerated() {
        for k in low.indices where !(observation[k] >= low[k] && observation[k] <= high[k]) {
          return Finding(
            "bounds", .failed,
            "observation[\(k)] is \(observation[k]) in episode \(number), step \(step); its space allows "
              + "\(low[k]) to \(high[k])",
            advice: "declare bounds that contain every observation; they may be infinite")
        }
      }
    }
    return Finding("bounds", .passed, "every observation is in its space")
  }

  /// Returns the finding about values that were converted, or nil if there were none.
  static func types(_ notices: [Notice]) -> Finding? {
    let conversions = notices.filter { $0.subject == .conversion }
    guard !conversions.isEmpty else { return nil }
    return Finding(
      "types", .failed, conversions.map(\.text).joined(separator: "; "),
      advice: "return what the spaces declare; a run converts it and says so once")
  }

  /// Returns the finding about the floating-point mode, or nil if it is the usual one.
  static func arithmetic(_ notices: [Notice]) -> Finding? {
    notices.first { $0.subject == .floatingPoint }.map { Finding("arithmetic", .noted, $0.text) }
  }

  static func rewards(_ record: Record) -> Finding {
    let all = record.episodes.flatMap(\.rewards)
    let (low, high) = (all.min() ?? 0, all.max() ?? 0)
    return Finding("rewards", .noted, low == high ? "always \(low)" : "from \(low) to \(high)")
  }

  static func state(_ record: Record) -> Finding {
    let most = record.episodes.map(\.state.count).max() ?? 0
    return Finding("state", .noted, "saves and restores its state across episodes: up to \(most) bytes")
  }

  static func episodes(_ record: Record) -> Finding {
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

  /// Returns the finding of a comparison of two trials that should be equal.
  static func equal(
    _ name: String, _ a: Record, _ b: Record, _ same: String, else parts: String, advice: String
  ) -> Finding {
    guard let difference = difference(a.episodes, b.episodes) else { return Finding(name, .passed, same) }
    return Finding(name, .failed, "\(parts): \(difference.location), \(difference.what)", advice: advice)
  }

  static func otherSeed(_ first: Record, _ other: Record) -> Finding {
    guard difference(first.episodes, other.episodes) == nil else {
      return Finding("other-seed", .passed, "another seed gives other episodes")
    }
    return Finding(
      "other-seed", .noted, "another seed gives the same episodes: the environment draws no random numbers")
  }

  /// Returns the first difference between two recordings, with its location, or nil if they are equal.
  static func difference(_ a: [Episode], _ b: [Episode]) -> (location: String, what: String)? {
    for (number, (x, y)) in zip(a, b).enumerated() {
      for step in 0..<min(x.observations.count, y.observations.count) {
        let location = "episode \(number), step \(step)"
        for k in x.observations[step].indices
        where x.observations[step][k].bitPattern != y.observations[step][k].bitPattern {
          return (location, "observation[\(k)] is \(x.observations[step][k]) and \(y.observations[step][k])")
        }
        guard step > 0 else { continue }
        if x.rewards[step - 1].bitPattern != y.rewards[step - 1].bitPattern {
          return (location, "reward is \(x.rewards[step - 1]) and \(y.rewards[step - 1])")
        }
      }
      if x.rewards.count != y.rewards.count || x.end != y.end {
        return ("episode \(number)", "end is after \(x.rewards.count) and \(y.rewards.count) steps")
      }
    }
    return a.count == b.count ? nil : ("episode \(min(a.count, b.count))", "begin comes at different steps")
  }
}
