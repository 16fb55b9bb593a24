public import Environments

/// One episode, from its first observation to its last.
public struct PlayedEpisode: Sendable {
  /// The lane that it was played in.
  public var lane: Int
  /// The lane's episode, counted from 0.
  public var episode: Int
  /// Floats per observation.
  public var observationSize: Int
  /// Floats per action.
  public var actionSize: Int
  /// Whether an action is one index.
  public var isDiscrete: Bool
  /// o(0) … o(T), [step × feature].
  public var observations: [Float] = []
  /// The actions that the environment received, [step × value].
  public var actions: [Float] = []
  /// The actions as they were drawn, before they were clamped into the space.
  public var drawnActions: [Float] = []
  /// r(0) … r(T−1).
  public var rewards: [Double] = []
  /// log π(a(t)∣o(t)) of the drawn actions; NaN where nothing was drawn, which files write as null.
  public var logProbabilities: [Double] = []
  /// s(0) … s(T) where the environment gives them, [step × number]; else empty.
  public var states: [Float] = []
  /// The actor's recurrent state when it acted, [step × number]; empty for a policy without one.
  public var memories: [Float] = []
  /// How it ended.
  public var end = Step.End.truncated

  init(lane: Int, of lanes: Lanes) {
    self.lane = lane
    episode = lanes.episodesBegun[lane] - 1
    observationSize = lanes.observationSize
    actionSize = lanes.actionSize
    isDiscrete = lanes.actionSpace.discreteCount != nil
  }

  /// r(τ).
  public var totalReward: Double { rewards.reduce(0, +) }
}
