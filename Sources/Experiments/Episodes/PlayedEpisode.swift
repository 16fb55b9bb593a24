public import AscentEnvironments
public import AscentPolicies

/// One episode, from its first observation to its last.
public struct PlayedEpisode: Sendable {
  /// The lane of the episode.
  public var lane: Int
  /// The number of the episode in its lane, counted from 0.
  public var episode: Int
  /// Floats per observation.
  public var observationSize: Int
  /// Floats per action.
  public var actionSize: Int
  /// True if an action is a single index.
  public var isDiscrete: Bool
  /// o(0) … o(T), [step × feature].
  public var observations: [Float] = []
  /// The actions that the environment received, [step × value].
  public var actions: [Float] = []
  /// The actions as the policy drew and recorded them, [step × value].
  public var drawnActions: [Float] = []
  /// The map of each value of the drawn actions to the environment's number; nil where the policy does not say.
  public var coordinates: [ActionCoordinate?]
  /// r(0) … r(T−1).
  public var rewards: [Double] = []
  /// log π(a(t)∣o(t)) of the drawn actions; NaN, written to files as null, for actions that were not drawn.
  public var logProbabilities: [Double] = []
  /// s(0) … s(T), [step × number]; empty unless the environment exposes its state.
  public var states: [Float] = []
  /// The actor's recurrent state after each step's observation, [step × number]; empty for a policy without one.
  public var memories: [Float] = []
  /// The end of the episode: terminated or truncated.
  public var end = Step.End.truncated
  /// True if the player ended the episode, at ``EpisodePlayer/limit``.
  public var isCut = false

  /// Makes an episode without steps; a nil policy stands for actions that are drawn from the space.
  init(lane: Int, of lanes: Lanes, acting policy: Policy?) {
    self.lane = lane
    coordinates = policy?.actionCoordinates ?? Array(repeating: .environment, count: lanes.actionSize)
    episode = lanes.episodesBegun[lane] - 1
    observationSize = lanes.observationSize
    actionSize = lanes.actionSize
    isDiscrete = lanes.actionSpace.discreteCount != nil
  }

  /// SHA-256 over o(0) … o(T).
  public var observationsHash: String {
    var hash = Fingerprint()
    hash.add(observations)
    return hash.text
  }

  /// r(τ), the undiscounted return.
  public var totalReward: Double { rewards.reduce(0, +) }
}
