internal import AscentPolicyGradients

/// The returns of a policy over episodes without learning, on streams that training never uses.
public struct Evaluation: Sendable {
  /// N, the number of episodes.
  public var episodes: Int
  /// The mean return.
  public var meanReturn: Double
  /// Its standard error.
  public var standardError: Double
  /// The smallest return.
  public var lowest: Double
  /// The largest return.
  public var highest: Double
  /// The number of episodes that were cut because they did not end; their returns lack the rewards after the cut.
  public var cut = 0
  /// The steps that the policy has learned from; nil if the run does not record it.
  public var policySteps: Int?
  /// SHA-256 over all actions and rewards.
  public var fingerprint: String

  /// Plays `episodes` episodes of a run's policy.
  ///
  /// Episode k is played in lane k mod `lanes`; lanes and episodes have streams of their own, so an episode
  /// does not depend on those before it.
  ///
  /// - Parameters:
  ///   - folder: the run.
  ///   - episodes: the number of episodes.
  ///   - isStochastic: draw actions instead of taking the most probable ones.
  ///   - plan: the streams, the lanes, the changes of settings and the limit of an episode.
  ///   - onStep: called after each step.
  ///   - onEpisode: called after each episode.
  ///   - watch: called with each episode and what played it.
  /// - Throws: ``ExperimentError`` when the run cannot be read or its environment fails.
  public init(
    of folder: RunFolder, episodes: Int, isStochastic: Bool, _ plan: EvaluationPlan,
    onStep: @escaping () -> Void = {},
    onEpisode: (_ number: Int, _ totalReward: Double, _ length: Int) -> Void = { _, _, _ in },
    watch: (borrowing Playing, PlayedEpisode) throws(ExperimentError) -> Void = { _, _ in }
  ) throws(ExperimentError) {
    guard episodes > 0 else { throw .usage("an evaluation needs at least one episode, not \(episodes)") }
    var player = try Playing(.run(folder, isStochastic: isStochastic), plan)
    (player.limit, player.onStep) = (plan.limit, onStep)
    policySteps = player.policySteps
    let laneCount = plan.lanes
    var returns = Array(repeating: [Double](), count: laneCount)
    var fingerprint = Fingerprint()
    for k in 0..<episodes {
      let episode = try player.next(k)
      if episode.isCut { cut += 1 }
      returns[k % laneCount].append(episode.totalReward)
      onEpisode(k, episode.totalReward, episode.rewards.count)
      try watch(player, episode)
      fingerprint.add(episode.actions)
      for r in episode.rewards { fingerprint.add(r) }
    }
    let objective = Objective(returns: returns)
    self.episodes = objective.count
    meanReturn = objective.mean
    standardError = objective.standardError
    lowest = objective.lowest
    highest = objective.highest
    self.fingerprint = fingerprint.text
  }
}
