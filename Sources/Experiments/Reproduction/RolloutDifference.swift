internal import AscentPolicyGradients

/// The first step in which two rollouts of the same parameters differ.
struct RolloutDifference {
  let step: RunDifference.Step
  let cause: RunDifference.Cause
  let text: String

  /// Finds the earliest difference; nil if the rollouts are equal.
  init?(_ a: Rollout, _ b: Rollout) {
    guard let first = Self.firstStep(a, b) ?? Self.firstEnd(a, b) else { return nil }
    self = first
  }

  private init(_ step: RunDifference.Step, _ cause: RunDifference.Cause, _ text: String) {
    (self.step, self.cause, self.text) = (step, cause, text)
  }

  private static func firstStep(_ a: Rollout, _ b: Rollout) -> RolloutDifference? {
    var (first, time) = (RolloutDifference?.none, Int.max)
    for lane in a.lanes.indices {
      let (x, y) = (a.lanes[lane], b.lanes[lane])
      for t in 0..<min(x.rewards.count, y.rewards.count) where t < time {
        guard let found = difference(x, y, t, actionSize: a.actionSize) else { continue }
        let episode = x.episodes.last { $0.steps.lowerBound <= t }
        let number = t - (episode?.steps.lowerBound ?? 0) + (episode?.earlierSteps ?? 0)
        let step = RunDifference.Step(
          lane: lane, episode: episode?.number ?? 0, step: number + (found.isOutcome ? 1 : 0))
        (first, time) = (RolloutDifference(step, found.cause, found.text), t)
        break
      }
    }
    return first
  }

  /// The first episode whose steps are equal but which ends differently.
  private static func firstEnd(_ a: Rollout, _ b: Rollout) -> RolloutDifference? {
    for lane in a.lanes.indices {
      for (x, y) in zip(a.lanes[lane].episodes, b.lanes[lane].episodes) where x != y {
        let step = RunDifference.Step(
          lane: lane, episode: x.number, step: x.earlierSteps + x.steps.count)
        return RolloutDifference(step, .environment, "the end is \(x.end) and \(y.end)")
      }
    }
    return nil
  }

  /// The difference at a step: in the observation, the action, log π or the reward.
  ///
  /// A reward comes with the next observation, so it counts to the next step (`isOutcome`).
  private static func difference(
    _ x: Rollout.Lane, _ y: Rollout.Lane, _ t: Int, actionSize: Int
  ) -> (cause: RunDifference.Cause, text: String, isOutcome: Bool)? {
    if let text = firstNumber("observation", x.observation(before: t), y.observation(before: t)) {
      return (.environment, text, false)
    }
    let action = t * actionSize..<(t + 1) * actionSize
    if let text = firstNumber("action", Array(x.actions[action]), Array(y.actions[action])) {
      return (.action, text, false)
    }
    if x.logProbabilities[t].bitPattern != y.logProbabilities[t].bitPattern {
      return (.arithmetic, "log π is \(x.logProbabilities[t]) and \(y.logProbabilities[t])", false)
    }
    if x.rewards[t].bitPattern != y.rewards[t].bitPattern {
      return (.environment, "reward is \(x.rewards[t]) and \(y.rewards[t])", true)
    }
    return nil
  }

  private static func firstNumber(_ name: String, _ x: [Float], _ y: [Float]) -> String? {
    x.indices.first { x[$0].bitPattern != y[$0].bitPattern }.map { "\(name)[\($0)] is \(x[$0]) and \(y[$0])" }
  }
}
