internal import AscentEnvironments
internal import AscentPolicies
public import AscentPolicyGradients
internal import AscentRandomness
internal import AscentRegistries

/// An estimate of J(θ) of a run's policy, from its own episodes or from a file of another policy's episodes.
public struct ObjectiveStudy: Sendable {
  /// The estimator's name: `on-policy`, or an off-policy one.
  public let estimator: String
  /// The estimate, with its standard error and effective sample size.
  public let estimate: ObjectiveEstimate

  /// The share of a file's steps at which the policy acts on a bound of a box that the file never reaches; 0 on-policy.
  ///
  /// An action is drawn for each step. What the policy gains there is missing in the estimate.
  public let missedShare: Double

  /// The off-policy estimators that estimate J.
  public static func offPolicyEstimators(_ catalog: Catalog) -> [EstimatorEntry] {
    catalog.estimators.entries.filter(\.estimatesObjective)
  }

  /// True if the importance weights are concentrated on too few episodes for a useful estimate.
  public var isCollapsed: Bool {
    estimate.effectiveSampleSize < ImportanceWeights.collapse * Double(estimate.count)
  }

  /// Estimates J from new episodes with drawn actions, on streams that training never uses.
  public init(
    of folder: RunFolder, episodes: Int, _ plan: EvaluationPlan
  ) throws(ExperimentError) {
    var player = try Playing(.run(folder, isStochastic: true), plan)
    var trajectories: [Trajectory] = []
    for k in 0..<episodes { trajectories.append(Trajectory(rewards: try player.next(k).rewards)) }
    (estimator, missedShare) = ("on-policy", 0)
    estimate = ObjectiveEstimate(of: TotalReturn(), over: trajectories)
  }

  /// Estimates J from a file of trajectories, with importance weights.
  ///
  /// Actions that were drawn beyond a bound, and clamped to it, have weight 0 for a policy whose distribution has no mass
  /// there.
  ///
  /// - Throws: ``ExperimentError/damaged(file:reason:)`` for a bad line, ``ExperimentError/usage(_:)`` when the file
  ///   lacks the log-probabilities of the behavior policy.
  public init(
    of folder: RunFolder, from file: String, estimator rule: GradientRule, _ plan: EvaluationPlan
  ) throws(ExperimentError) {
    let opened = try OpenedPolicy(.run(folder), plan)
    var trajectories: [Trajectory] = []
    var workspace = opened.policy.makeWorkspace(rows: 256)
    var missed = try MissedBounds(opened)
    try TrajectoryFile.read(file, for: opened.policy, lanes: opened.environment.lanes, host: plan.host) {
      episode throws(ExperimentError) in
      guard !plan.isInterrupted() else { throw .interrupted }
      if !episode.hasDrawnActions, let first = episode.unreachable.first { throw first.error(file, episode) }
      guard let behavior = episode.logProbabilities else {
        throw .usage(
          "line \(episode.line) of \(file) has no log-probabilities of its actions, which off-policy estimates need; "
            + "ascent sample records it for random actions and for a run's policy unless it is --deterministic"
        )
      }
      var logπ = Array(repeating: 0.0, count: behavior.count)
      var whole = Sequences(stateSize: opened.policy.stateSize)
      whole.append(rows: behavior.count)
      opened.policy.logProbabilities(
        opened.parameters, of: episode.actions.span, on: episode.observations.span, along: whole,
        in: &workspace, into: &logπ)
      // The policy never takes these, not even where it is clamped: their weights are 0.
      for number in episode.unreachable { logπ[number.step] = -.infinity }
      missed.add(episode)
      trajectories.append(
        Trajectory(
          rewards: episode.rewards, logProbabilities: behavior,
          logRatios: zip(logπ, behavior).map { $0 - $1 },
          end: episode.isTerminated ? .terminated : .truncated))
    }
    guard !trajectories.isEmpty else { throw .damaged(file: file, reason: "it has no episodes") }
    (estimator, missedShare) = (rule.estimator.name, missed.share)
    estimate = ObjectiveEstimate(of: rule.makeEstimator(), over: trajectories)
    guard estimate.mean.isFinite else {
      guard estimate.effectiveSampleSize > 0 else {
        throw .usage("the policy never takes the actions of \(file): every episode has weight 0")
      }
      throw .usage(
        "the importance weights of \(file) overflow: the policies are too different; "
          + "use --estimator self-normalized")
    }
  }
}
