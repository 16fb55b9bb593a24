/// One episode as an estimator sees it: rewards, log-probabilities of the policy that acted, and how it ended.
///
/// Index t counts the steps from 0. The observations and actions stay in the ``Rollout``, where the policy reads them.
public struct Trajectory: Sendable, Equatable {
  /// r(t), one for each step.
  public var rewards: [Double]
  /// log π̄(a(t)∣o(t)) of the policy that acted.
  public var logProbabilities: [Double]
  /// log ρ(t) = log πθ(a(t)∣o(t)) − log π̄(a(t)∣o(t)), one for each step; empty on-policy, where ρ = 1.
  public var logRatios: [Double] = []
  /// The largest Σₜ log ρ(t) among the trajectories of its batch.
  public var logScale = 0.0
  /// V(o(t)), one for each step; empty without a critic.
  public var values: [Double] = []
  /// V of the observation in which it stopped: 0 if it terminated.
  public var finalValue = 0.0
  /// How it ended.
  public var end: End
  /// The lane that it was sampled in.
  public var lane: Int
  /// The lane's episode, counted from 0.
  public var episode: Int

  /// How a trajectory ends.
  public enum End: UInt8, Sendable {
    /// The process reached a terminal state.
    case terminated
    /// A time limit, or something else outside of the process, stopped it.
    case truncated
    /// The rollout ended first: the episode went on unseen.
    case cut
  }

  /// Makes a trajectory, for an estimator that is looked at on its own.
  public init(
    rewards: [Double] = [], logProbabilities: [Double] = [], logRatios: [Double] = [],
    end: End = .terminated, lane: Int = 0, episode: Int = 0
  ) {
    self.rewards = rewards
    self.logProbabilities = logProbabilities
    self.logRatios = logRatios
    logScale = logRatios.reduce(0, +)
    self.end = end
    self.lane = lane
    self.episode = episode
  }

  /// r(τ) = Σₜ r(t).
  public var totalReward: Double {
    var sum = 0.0
    for r in rewards { sum += r }
    return sum
  }

  /// Whether the episode was seen to its end.
  public var isComplete: Bool { end != .cut }
}
