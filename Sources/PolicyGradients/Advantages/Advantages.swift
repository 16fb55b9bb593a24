internal import AscentMathematics

/// Â of every step of a rollout and the targets of V, [lane][step].
struct Advantages: Sendable {
  /// Â(t).
  var advantages: [[Double]]
  /// The targets of V(o(t)).
  var targets: [[Double]]
  private var trajectory = Trajectory()

  init(laneCount: Int) {
    advantages = Array(repeating: [], count: laneCount)
    targets = advantages
  }

  /// The inputs of advantage estimation besides the rollout.
  struct Ingredients {
    /// The rewards after scaling and clipping, [lane][step].
    var rewards: [[Double]]
    /// V of the rollout's observations.
    var values: RolloutEvaluation.Values
    /// log ρ, [lane][step]; empty if the estimator needs no ratios.
    var logRatios: [[Double]] = []
  }

  /// Estimates the advantages of every step.
  mutating func estimate(
    _ rollout: Rollout, by estimator: any AdvantageEstimator, from ingredients: Ingredients
  ) {
    var (own, goals) = ([Double](), [Double]())
    for (l, lane) in rollout.lanes.enumerated() {
      advantages[l].resize(to: lane.rewards.count)
      targets[l].resize(to: lane.rewards.count)
      for (e, episode) in lane.episodes.enumerated() {
        load(episode, e, l, ingredients)
        own.resize(to: episode.steps.count)
        goals.resize(to: episode.steps.count)
        var first = own.mutableSpan
        var second = goals.mutableSpan
        estimator.estimate(trajectory, advantages: &first, targets: &second)
        let start = episode.steps.lowerBound
        advantages[l].withMutableSpan { all in for k in own.indices { all[start + k] = own[k] } }
        targets[l].withMutableSpan { all in for k in goals.indices { all[start + k] = goals[k] } }
      }
    }
  }

  private mutating func load(_ episode: Rollout.Episode, _ e: Int, _ l: Int, _ from: Ingredients) {
    trajectory.rewards.removeAll(keepingCapacity: true)
    trajectory.rewards += from.rewards[l][episode.steps]
    trajectory.values.removeAll(keepingCapacity: true)
    trajectory.values += from.values.steps[l][episode.steps]
    trajectory.logRatios.removeAll(keepingCapacity: true)
    if !from.logRatios.isEmpty { trajectory.logRatios += from.logRatios[l][episode.steps] }
    trajectory.finalValue = episode.end == .terminated ? 0 : from.values.last[l][e]
    (trajectory.end, trajectory.lane, trajectory.episode) = (episode.end, l, episode.number)
  }
}
