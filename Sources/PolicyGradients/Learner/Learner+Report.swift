extension Learner {
  /// The results of one iteration.
  public struct Report: Sendable {
    /// The index of the iteration, counted from 1.
    public var iteration: Int
    /// The environment steps of this iteration.
    public var steps: Int
    /// The steps of episodes that were cut; estimates from whole trajectories leave them out.
    public var cutSteps: Int
    /// Ĵ(θ) of the policy that sampled, over the episodes that ended.
    public var objective: Objective
    /// The returns of these episodes in the order in which they ended; of those that ended in one step, in that of lanes.
    public var returns: [Double]
    /// The lengths of these episodes, in the same order.
    public var lengths: [Int]
    /// The mean length of these episodes; NaN if there are none.
    public var meanLength: Double
    /// The number of episodes that ended by a fault of their environment.
    public var faults: Int
    /// −mean log π(a∣o): an estimate of the policy's entropy.
    public var entropy: Double
    /// The effective sample size of the complete trajectories in the last update; on-policy, their number.
    public var effectiveSampleSize: Double
    /// The results of the updates.
    public var update: UpdateReport

    init(_ rollout: Rollout, iteration: Int, _ update: UpdateReport) {
      var (cut, complete, faults) = (0, 0, 0)
      var logProbability: [Double] = []
      for lane in rollout.lanes {
        for episode in lane.episodes {
          if episode.end == .cut {
            cut += episode.steps.count
          } else {
            complete += episode.earlierSteps + episode.steps.count
          }
        }
        faults += lane.faults
        logProbability.append(lane.logProbabilities.reduce(0, +))
      }
      objective = Objective(rollout)
      let ended = rollout.endedInOrder
      (returns, lengths) = (ended.map(\.value), ended.map(\.length))
      (self.iteration, steps, cutSteps, self.faults) = (iteration, rollout.stepCount, cut, faults)
      meanLength = Double(complete) / Double(objective.count)
      entropy = -LaneTree.sum(logProbability) / Double(rollout.stepCount)
      effectiveSampleSize = Double(objective.count)
      self.update = update
    }
  }
}

extension Rollout {
  /// The returns and lengths of the episodes that ended, by the step of their end and then by lane.
  fileprivate var endedInOrder: [(end: Int, lane: Int, value: Double, length: Int)] {
    var found: [(end: Int, lane: Int, value: Double, length: Int)] = []
    for (number, lane) in lanes.enumerated() {
      for episode in lane.episodes where episode.end != .cut {
        let value = lane.rewards[episode.steps].reduce(episode.earlierReward, +)
        let length = episode.earlierSteps + episode.steps.count
        found.append((episode.steps.upperBound, number, value, length))
      }
    }
    return found.sorted { ($0.end, $0.lane) < ($1.end, $1.lane) }
  }
}
