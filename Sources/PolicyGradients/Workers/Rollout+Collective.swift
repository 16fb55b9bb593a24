internal import AscentMathematics

// Sending a rollout's lane from the process that sampled it to the others.
extension Rollout.Lane {
  private static let numbersOfAnEpisode = 6

  /// Sends the lane; of the observations, if they are spread, only the last one.
  func write(to collective: any Collective, areSpread: Bool) {
    collective.write([
      slotCount, actions.count, rewards.count, memories.count, memorySteps.count, episodes.count, faults,
      estimates.count,
    ])
    if areSpread, slotCount > 0 {
      observations.write(slot: slotCount - 1, to: collective)
    } else {
      observations.write(upTo: slotCount, to: collective)
    }
    collective.write(actions)
    collective.write(rewards)
    collective.write(logProbabilities)
    collective.write(estimates)
    collective.write(memories)
    collective.write(memorySteps)
    collective.write(
      episodes.flatMap {
        [
          $0.steps.lowerBound, $0.steps.upperBound, $0.firstSlot, Int($0.end.rawValue), $0.number,
          $0.earlierSteps,
        ]
      })
    collective.write(episodes.map(\.earlierReward))
  }

  /// Receives a lane that another process sampled.
  mutating func read(from rank: Int, of collective: any Collective, areSpread: Bool) {
    var counts = Array(repeating: 0, count: 8)
    collective.read(from: rank, into: &counts)
    func numbers<Number: BitwiseCopyable & Numeric>(_ count: Int, _ kind: Number.Type) -> [Number] {
      var all = Array(repeating: Number.zero, count: count)
      collective.read(from: rank, into: &all)
      return all
    }
    slotCount = counts[0]
    if areSpread, slotCount > 0 {
      observations.read(slot: slotCount - 1, of: slotCount, from: rank, of: collective)
    } else {
      observations.read(slotCount, from: rank, of: collective)
    }
    actions = numbers(counts[1], Float.self)
    rewards = numbers(counts[2], Double.self)
    logProbabilities = numbers(counts[2], Double.self)
    estimates = numbers(counts[7], Double.self)
    memories = numbers(counts[3], Float.self)
    memorySteps = numbers(counts[4], Int.self)
    faults = counts[6]
    let facts = numbers(counts[5] * Self.numbersOfAnEpisode, Int.self)
    let rewardsBefore = numbers(counts[5], Double.self)
    episodes = rewardsBefore.enumerated().map { episode, earlierReward in
      let own = Array(facts[Rows(stride: Self.numbersOfAnEpisode).indices(of: episode)])
      return Rollout.Episode(
        steps: own[0]..<own[1], firstSlot: own[2],
        end: Trajectory.End(rawValue: UInt8(truncatingIfNeeded: own[3])) ?? .cut, number: own[4],
        earlierReward: earlierReward, earlierSteps: own[5])
    }
  }
}
