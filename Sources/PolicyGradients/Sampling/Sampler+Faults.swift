internal import AscentEnvironments
internal import AscentPolicies

extension Sampler {
  /// The actions that the lane's environment received in the episode whose last step failed, [step × value].
  ///
  /// The last of them is the action that caused the fault.
  func actionsUpToFault(_ lane: Int, _ steps: Rollout.Lane, acting policy: Policy) -> [Float] {
    let isContinued = steps.episodes.count <= 1 && steps.episodes.last?.earlierSteps ?? 0 > 0
    var all = isContinued ? open[lane].actions : []
    for t in (steps.episodes.last?.steps.lowerBound ?? 0)..<steps.rewards.count {
      all += appliedAction(t, of: steps, policy)
    }
    return all + applied
  }
}
