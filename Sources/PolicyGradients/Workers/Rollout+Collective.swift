// A lane of a rollout on its way from the process that sampled it to the others.
extension Rollout.Lane {
  private static let numbersOfAnEpisode = 5

  /// Hands the lane over.
  func write(to collective: any Collective) {
    collective.write([
      observations.count, actions.count, rewards.count, lastObservations.count, memories.count,
      memorySteps.count, episodes.count, faults,
    ])
    collective.write(observations)
    collective.write(actions)
    collective.write(rewards)
    collective.write(logProbabilities)
    collective.write(lastObservations)
    collective.write(memories)
    collective.write(memorySteps)
    collective.write(
      episodes.flatMap {
        [$0.steps.lowerBound, $0.steps.upperBound, Int($0.end.rawValue), $0.number, $0.earlierSteps]
      })
    collective.write(episodes.map(\.earlierReward))
  }

  /// Takes over what another process sampled.
  mutating func read(from rank: Int, of collective: any Collective) {
    var counts = Array(repeating: 0, count: 8)
    collective.read(from: rank, into: &counts)
    func numbers<Number: BitwiseCopyable & Numeric>(_ count: Int, _ kind: Number.Type) -> [Number] {
      var all = Array(repeating: Number.zero, count: count)
      collective.read(from: rank, into: &all)
      return all
    }
    observations = numbers(counts[0], Float.self)
    actions = numbers(counts[1], Float.self)
    rewards = numbers(counts[2], Double.self)
    logProbabilities = numbers(counts[2], Double.self)
    lastObservations = numbers(counts[3], Float.self)
    memories = numbers(counts[4], Float.self)
    memorySteps = numbers(counts[5], Int.self)
    faults = counts[7]
    let facts = numbers(counts[6] * Self.numbersOfAnEpisode, Int.self)
    let rewardsBefore = numbers(counts[6], Double.self)
    episodes = rewardsBefore.enumerated().map { episode, earlierReward in
      let own = facts[episode * Self.numbersOfAnEpisode..<(episode + 1) * Self.numbersOfAnEpisode]
      let first = own.startIndex
      return Rollout.Episode(
        steps: own[first]..<own[first + 1],
        end: Trajectory.End(rawValue: UInt8(truncatingIfNeeded: own[first + 2])) ?? .cut,
        number: own[first + 3], earlierReward: earlierReward, earlierSteps: own[first + 4])
    }
  }
}
