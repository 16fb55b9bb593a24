internal import AscentMathematics

/// The data of one episode that estimators use: rewards, log-probabilities of the policy that acted, and the end.
///
/// Index t counts the steps from 0. The observations and actions remain in the ``Rollout``.
public struct Trajectory: Sendable, Equatable {
  /// r(t) of each step.
  public var rewards: [Double]
  /// log π̄(a(t)∣o(t)) of the policy that acted.
  public var logProbabilities: [Double]
  /// log ρ(t) = log πθ(a(t)∣o(t)) − log π̄(a(t)∣o(t)) of each step; empty on-policy, where ρ = 1.
  public var logRatios: [Double] = []
  /// The largest Σₜ log ρ(t) among the trajectories of its batch.
  public var logScale = 0.0
  /// V(o(t)) of each step; empty without a critic.
  public var values: [Double] = []
  /// V of the last observation; 0 if the episode terminated.
  public var finalValue = 0.0
  /// The kind of its end.
  public var end: End
  /// The lane that it was sampled in.
  public var lane: Int
  /// The index of the lane's episode, counted from 0.
  public var episode: Int

  /// The kinds of ends of a trajectory.
  public enum End: UInt8, Sendable {
    /// The process reached a terminal state.
    case terminated
    /// A time limit, or another condition outside of the process, ended the episode.
    case truncated
    /// The rollout ended before the episode.
    case cut
  }

  /// Makes a trajectory that is the only one of its batch.
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

  /// Ends the program unless there is room for one number for each reward, and as many ratios as rewards, or none.
  func require(_ count: Int, of name: StaticString) {
    Require.count(count, of: name, is: rewards.count, "one for each reward of the trajectory")
    guard !logRatios.isEmpty else { return }
    Require.count(
      logRatios.count, of: "logRatios", is: rewards.count, "one for each reward of the trajectory")
  }

  /// Ends the program unless the critic's values and both results have one number for each reward.
  func requireValues(_ advantages: Int, _ targets: Int) {
    require(advantages, of: "advantages")
    Require.count(targets, of: "targets", is: rewards.count, "one for each reward of the trajectory")
    Require.count(values.count, of: "values", is: rewards.count, "one for each reward of the trajectory")
  }

  /// r(τ) = Σₜ r(t).
  public var totalReward: Double {
    var sum = 0.0
    for r in rewards { sum += r }
    return sum
  }
}
