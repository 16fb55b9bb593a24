internal import AscentEnvironments
internal import AscentPolicies
internal import AscentPolicyGradients

/// An episode that is collected from the rollouts that contain its steps.
struct CollectedEpisode {
  /// The episode so far.
  var played: PlayedEpisode
  /// What the policy said of each observation before the last one; empty unless it is watched.
  private(set) var views: [PolicyView] = []
  private var watch: PolicyWatch?

  /// Begins with an episode without steps.
  init(_ played: PlayedEpisode, _ watch: PolicyWatch?) { (self.played, self.watch) = (played, watch) }

  /// Appends the steps of the episode that a rollout contains, in which the policy acted with θ.
  mutating func append(
    _ steps: Rollout.Lane, _ part: Int, acting policy: Policy, _ θ: Parameters, bounds: ActionBounds
  ) {
    let (range, slots) = (steps.episodes[part].steps, steps.episodes[part].slots)
    // The last observation of the part before is the first of this one.
    played.observations.removeLast(played.observations.isEmpty ? 0 : played.observationSize)
    for slot in slots {
      let observation = steps.observation(inSlot: slot)
      played.observations += observation
      // That of the last slot is seen with the next part, by the policy that acts then.
      if slot != slots.upperBound - 1, let view = watch?.see(Array(observation), θ) { views.append(view) }
    }
    played.appendActions(steps, range, acting: policy, bounds: bounds)
    played.rewards += steps.rewards[range]
    played.logProbabilities += steps.logProbabilities[range]
  }
}

extension PlayedEpisode {
  /// Appends the drawn actions of a range of steps, and those that the environment received.
  fileprivate mutating func appendActions(
    _ steps: Rollout.Lane, _ range: Range<Int>, acting policy: Policy, bounds: ActionBounds
  ) {
    let a = actionSize
    drawnActions += steps.actions[range.lowerBound * a..<range.upperBound * a]
    var applied = Array(repeating: Float(0), count: a)
    for t in range {
      bounds.clamp(policy, steps.actions.span.extracting(t * a..<(t + 1) * a), into: &applied)
      actions += applied
    }
  }
}

extension [PlayedEpisode] {
  /// Appends the actions and rewards of a lane's episodes before the one of this number.
  mutating func append(
    _ steps: Rollout.Lane, before number: Int, like wanted: PlayedEpisode, acting policy: Policy,
    bounds: ActionBounds
  ) {
    for part in steps.episodes where part.number < number {
      if last?.episode != part.number {
        var next = wanted
        (next.observations, next.actions, next.drawnActions, next.rewards) = ([], [], [], [])
        (next.logProbabilities, next.episode) = ([], part.number)
        append(next)
      }
      self[count - 1].appendActions(steps, part.steps, acting: policy, bounds: bounds)
      self[count - 1].rewards += steps.rewards[part.steps]
      self[count - 1].end = part.end == .terminated ? .terminated : .truncated
    }
  }
}
