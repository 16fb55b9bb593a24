public import Environments
public import Policies
internal import PolicyGradients
public import Randomness

/// Plays whole episodes without learning, one after the other.
public struct EpisodePlayer {
  /// Who acts.
  public enum Behavior {
    /// Draws from the action space.
    case random
    /// Draws from the policy.
    case stochastic(Policy, Parameters)
    /// The policy's mode.
    case deterministic(Policy, Parameters)
  }

  private let lanes: Lanes
  private let behavior: Behavior
  private let purpose: StreamKey.Purpose
  private let stream: RandomStream
  private let bounds: ActionBounds
  private var workspace: Workspace
  private var action: [Float]
  private var applied: [Float]
  private var logProbability: [Double] = [0]
  private var exploration: Exploration
  private var memory: Memory

  /// Makes a player whose actions come from streams of `purpose`.
  ///
  /// - Throws: ``RandomnessError`` when the generator cannot be opened.
  public init(
    _ lanes: Lanes, _ behavior: Behavior, purpose: StreamKey.Purpose, generator: RandomGenerator,
    explorationSteps: Int = 0
  ) throws(RandomnessError) {
    lanes.keepHiddenStates()
    self.lanes = lanes
    self.behavior = behavior
    self.purpose = purpose
    stream = try RandomStream(StreamKey(seed: lanes.seed, purpose: purpose), generator: generator)
    exploration = Exploration(interval: explorationSteps)
    bounds = ActionBounds(lanes.actionSpace)
    action = Array(repeating: 0, count: lanes.actionSize)
    applied = action
    switch behavior {
    case .random: (workspace, memory) = (Workspace(), Memory())
    case .stochastic(let policy, _), .deterministic(let policy, _):
      workspace = policy.makeWorkspace(rows: 1)
      memory = Memory(policy, laneCount: 1)
    }
  }

  /// Plays the lane's next episode to its end.
  ///
  /// - Throws: ``EnvironmentError`` when the environment breaks its contract, or never ends.
  public mutating func play(_ lane: Int) throws(EnvironmentError) -> PlayedEpisode {
    let lanes = lanes
    return try lanes.held { () throws(EnvironmentError) in try playHeld(lane) }
  }

  private mutating func playHeld(_ lane: Int) throws(EnvironmentError) -> PlayedEpisode {
    try lanes.reset(lane)
    stream.restart(at: lanes.key(purpose, lane: lane))
    exploration.restart()
    memory.forget(0)
    var episode = PlayedEpisode(lane: lane, of: lanes)
    episode.observations += lanes.observations[lane]
    episode.states += lanes.hiddenState(lane) ?? []
    while true {
      act(lane)
      apply()
      let step = try lanes.step(lane, applied.span)
      episode.drawnActions += action
      episode.actions += applied
      episode.rewards.append(step.reward)
      episode.logProbabilities.append(logProbability[0])
      episode.memories += memory.actor(lane: 0)
      episode.states += lanes.hiddenState(lane) ?? []
      episode.observations += lanes.observations[lane]
      if let end = step.end {
        episode.end = end
        return episode
      }
      guard episode.rewards.count < Sampler.longestEpisode else {
        throw EnvironmentError.endless(lane, episode.episode, episode.rewards.count, lanes.seed)
      }
    }
  }

  /// What the environment receives: the drawn action as the policy means it, inside of its space.
  private mutating func apply() {
    switch behavior {
    case .random:
      applied = action
      bounds.hold(&applied)
    case .stochastic(let policy, _), .deterministic(let policy, _):
      let drawn = action
      bounds.hold(policy, drawn.span, into: &applied)
    }
  }

  private mutating func act(_ lane: Int) {
    let o = lanes.observations[lane]
    switch behavior {
    case .random:
      logProbability[0] = lanes.actionSpace.sample(
        from: stream, allowing: lanes.mask(lane), into: &action)
    case .stochastic(let policy, let θ):
      policy.act(
        θ, on: o, lanes: [0], remembering: &memory, drawing: [stream], exploring: &exploration,
        in: &workspace, actions: &action, logProbabilities: &logProbability)
    case .deterministic(let policy, let θ):
      policy.mode(
        θ, on: o, lanes: [0], remembering: &memory, in: &workspace, actions: &action)
      logProbability[0] = .nan
    }
  }
}

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
  /// The actions as they were drawn, before a box held them inside.
  public var drawnActions: [Float] = []
  /// r(0) … r(T−1).
  public var rewards: [Double] = []
  /// log π(a(t)∣o(t)) of the drawn actions; NaN where nothing was drawn, which files write as null.
  public var logProbabilities: [Double] = []
  /// s(0) … s(T) where the environment gives them, [step × number]; else empty.
  public var states: [Float] = []
  /// What the policy remembered when it acted, [step × number]; empty for one that remembers nothing.
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
