public import AscentEnvironments
public import AscentPolicies
internal import AscentPolicyGradients
public import AscentRandomness

/// Plays whole episodes without learning, one after the other.
public struct EpisodePlayer {
  /// The rule by which actions are chosen.
  public enum Behavior {
    /// Actions drawn at random from the action space.
    case random
    /// Actions drawn from the policy.
    case stochastic(Policy, Parameters)
    /// The mode of the policy's distribution.
    case deterministic(Policy, Parameters)

    /// The policy that acts and whether its actions are drawn; nil for random actions.
    fileprivate var policy: (policy: Policy, parameters: Parameters, isDrawing: Bool)? {
      switch self {
      case .random: nil
      case .stochastic(let policy, let θ): (policy, θ, true)
      case .deterministic(let policy, let θ): (policy, θ, false)
      }
    }
  }

  /// The number of steps after which an episode is cut; nil if an episode that does not end is an error.
  public var limit: Int?
  /// True if episodes have all their steps; false if only the rewards are needed.
  var keepsSteps = true
  /// Called after each step.
  public var onStep: () -> Void = {}
  /// Called after each step; when it returns true, the episode is cut there.
  public var isInterrupted: () -> Bool = { false }

  private let lanes: Lanes
  private let behavior: Behavior
  private let purpose: StreamKey.Purpose
  private let stream: RandomStream
  private let bounds: ActionBounds
  /// The buffers with which the policy acts.
  private var acting: Acting?
  private var observation: [Float]
  private var action: [Float]
  /// The action that the environment receives, clamped to the bounds of the space.
  private var applied: [Float]

  /// Makes a player whose actions are drawn from streams of `purpose`.
  ///
  /// - Throws: ``RandomnessError`` when the generator cannot be opened.
  public init(
    _ lanes: Lanes, _ behavior: Behavior, purpose: StreamKey.Purpose, generator: RandomGenerator,
    explorationSteps: Int = 0
  ) throws(RandomnessError) {
    self.lanes = lanes
    self.behavior = behavior
    self.purpose = purpose
    stream = try RandomStream(StreamKey(seed: lanes.seed, purpose: purpose), generator: generator)
    bounds = ActionBounds(lanes.actionSpace)
    observation = Array(repeating: 0, count: lanes.observationSize)
    action = Array(repeating: 0, count: lanes.actionSize)
    applied = action
    acting = behavior.policy.map { Acting($0.policy, laneCount: 1, explorationSteps: explorationSteps) }
  }

  /// Plays the lane's next episode to its end.
  ///
  /// - Throws: ``EnvironmentError`` when the environment breaks its contract, or the episode does not end and there is no
  ///   ``limit``.
  public mutating func play(_ lane: Int) throws(EnvironmentError) -> PlayedEpisode {
    let lanes = lanes
    if keepsSteps { lanes.keepHiddenStates() }
    return try lanes.withLock { () throws(EnvironmentError) in try playWhole(lane) }
  }

  private mutating func playWhole(_ lane: Int) throws(EnvironmentError) -> PlayedEpisode {
    try lanes.reset(lane, into: &observation)
    stream.restart(at: lanes.key(purpose, lane: lane))
    acting?.exploration.restart()
    acting?.memory.forget(0)
    var episode = PlayedEpisode(lane: lane, of: lanes, acting: behavior.policy?.policy)
    if keepsSteps { keepObservation(in: &episode) }
    while true {
      let logProbability = act()
      let received = applied
      let step = try lanes.step(lane, received.span, into: &observation)
      episode.rewards.append(step.reward)
      if keepsSteps {
        episode.drawnActions += action
        episode.actions += applied
        episode.logProbabilities.append(logProbability)
        if let acting { episode.memories += acting.memory.actor(lane: 0) }
        keepObservation(in: &episode)
      }
      onStep()
      if let end = step.end {
        episode.end = end
        return episode
      }
      if limit.map({ episode.rewards.count >= $0 }) ?? false || isInterrupted() {
        episode.isCut = true
        return episode
      }
      guard episode.rewards.count < Sampler.longestEpisode else {
        throw EnvironmentError.endless(lane, episode.episode, episode.rewards.count, lanes.seed)
      }
    }
  }

  private func keepObservation(in episode: inout PlayedEpisode) {
    episode.states += lanes.hiddenState(episode.lane) ?? []
    episode.observations += observation
  }

  /// Chooses an action and clamps a copy of it for the environment; returns log π, or NaN if nothing was drawn.
  private mutating func act() -> Double {
    guard let (policy, θ, isDrawing) = behavior.policy, var acting = acting.take() else {
      let mask = Array(observation.suffix(lanes.maskSize))
      let logProbability = lanes.actionSpace.sample(from: stream, allowing: mask, into: &action)
      applied = action
      bounds.clamp(&applied)
      return logProbability
    }
    defer { self.acting = acting }
    acting.observations = observation
    policy.act(θ, for: [0], drawing: isDrawing ? [stream] : nil, in: &acting)
    action = acting.actions
    bounds.clamp(policy, acting.actions.span, into: &applied)
    return isDrawing ? acting.logProbabilities[0] : .nan
  }
}
