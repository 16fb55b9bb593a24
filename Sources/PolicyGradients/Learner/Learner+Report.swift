extension Learner {
  /// What one iteration found.
  public struct Report: Sendable {
    /// The number of the iteration, counted from 1.
    public var iteration: Int
    /// Environment steps of this iteration.
    public var steps: Int
    /// Steps whose episode was cut, and which an estimate of whole trajectories leaves out.
    public var cutSteps: Int
    /// Ĵ(θ) of the policy that sampled, by the episodes that ended.
    public var objective: Objective
    /// The mean length of these episodes, or NaN.
    public var meanLength: Double
    /// Episodes that a fault of their environment ended.
    public var faults: Int
    /// −mean log π(a∣o): an estimate of the policy's entropy.
    public var entropy: Double
    /// The number of equally weighted trajectories that the complete ones were worth in the last update: their number
    /// on-policy.
    public var effectiveSampleSize: Double
    /// What the updates found.
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
      (self.iteration, steps, cutSteps, self.faults) = (iteration, rollout.stepCount, cut, faults)
      meanLength = Double(complete) / Double(objective.count)
      entropy = -LaneTree.sum(logProbability) / Double(rollout.stepCount)
      effectiveSampleSize = Double(objective.count)
      self.update = update
    }
  }
}
