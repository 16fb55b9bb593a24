/// What one iteration sampled: for each lane the steps one after the other, [lane][step × feature].
///
/// Lanes keep their own buffers, since whole episodes have lengths of their own; the buffers are kept from
/// one iteration to the next and grow only when an iteration is longer than every one before it.
public struct Rollout: Sendable {
  /// Floats per observation.
  public let observationSize: Int
  /// Floats per action.
  public let actionSize: Int
  /// What each lane sampled.
  public internal(set) var lanes: [Lane]
  /// The version of the parameters that acted.
  public internal(set) var version = 0

  /// The steps of one lane.
  public struct Lane: Sendable {
    /// o(t), [step × feature].
    public internal(set) var observations: [Float] = []
    /// a(t), [step × value], as the policy drew them.
    public internal(set) var actions: [Float] = []
    /// r(t), [step].
    public internal(set) var rewards: [Double] = []
    /// log π(a(t)∣o(t)), [step].
    public internal(set) var logProbabilities: [Double] = []
    /// The episodes in the order in which they were sampled.
    public internal(set) var episodes: [Episode] = []
    /// The observation in which each episode ended, [episode × feature].
    public internal(set) var lastObservations: [Float] = []
    /// What a policy remembered before some of the steps, [marked step × number]; empty for one that remembers nothing.
    public internal(set) var memories: [Float] = []
    /// Which steps these are.
    public internal(set) var memorySteps: [Int] = []
    /// How many episodes a fault of the environment ended.
    public internal(set) var faults = 0
  }

  /// Where one episode lies in its lane's buffers.
  public struct Episode: Sendable, Equatable {
    /// Its steps.
    public internal(set) var steps: Range<Int>
    /// How it ended.
    public internal(set) var end: Trajectory.End
    /// Its number in the lane, counted from 0.
    public internal(set) var number: Int
    /// What it earned in earlier rollouts.
    public internal(set) var earlierReward = 0.0
    /// How many steps it made in earlier rollouts.
    public internal(set) var earlierSteps = 0
  }

  /// Makes empty buffers.
  public init(laneCount: Int, observationSize: Int, actionSize: Int) {
    self.observationSize = observationSize
    self.actionSize = actionSize
    lanes = Array(repeating: Lane(), count: laneCount)
  }

  /// How many steps there are in all lanes.
  public var stepCount: Int {
    var sum = 0
    for lane in lanes { sum += lane.rewards.count }
    return sum
  }

  /// How many episodes were seen to their end.
  public var completeEpisodeCount: Int {
    var sum = 0
    for lane in lanes { for episode in lane.episodes where episode.end != .cut { sum += 1 } }
    return sum
  }

  /// Forgets every step and keeps the memory.
  mutating func removeAll(version: Int) {
    self.version = version
    for lane in lanes.indices { lanes[lane].removeAll() }
  }

  /// Copies one episode's numbers into a trajectory that is used again and again.
  public func load(_ episode: Episode, lane: Int, into trajectory: inout Trajectory) {
    trajectory.lane = lane
    trajectory.episode = episode.number
    trajectory.end = episode.end
    trajectory.logRatios.removeAll(keepingCapacity: true)
    trajectory.logScale = 0
    trajectory.rewards.removeAll(keepingCapacity: true)
    trajectory.rewards.append(contentsOf: lanes[lane].rewards[episode.steps])
    trajectory.logProbabilities.removeAll(keepingCapacity: true)
    trajectory.logProbabilities.append(contentsOf: lanes[lane].logProbabilities[episode.steps])
  }
}

extension Rollout.Lane {
  mutating func removeAll() {
    observations.removeAll(keepingCapacity: true)
    actions.removeAll(keepingCapacity: true)
    rewards.removeAll(keepingCapacity: true)
    logProbabilities.removeAll(keepingCapacity: true)
    episodes.removeAll(keepingCapacity: true)
    lastObservations.removeAll(keepingCapacity: true)
    memories.removeAll(keepingCapacity: true)
    memorySteps.removeAll(keepingCapacity: true)
    faults = 0
  }

  mutating func begin(episode number: Int, after earlier: OpenEpisode? = nil) {
    episodes.append(
      Rollout.Episode(
        steps: rewards.count..<rewards.count, end: .cut, number: number,
        earlierReward: earlier?.reward ?? 0, earlierSteps: earlier?.steps ?? 0))
  }

  mutating func append(
    observation: Span<Float>, action: Span<Float>, reward: Double, logProbability: Double
  ) {
    for k in observation.indices { observations.append(observation[k]) }
    for k in action.indices { actions.append(action[k]) }
    rewards.append(reward)
    logProbabilities.append(logProbability)
  }

  mutating func finish(_ end: Trajectory.End, at observation: [Float]) {
    let last = episodes.count - 1
    episodes[last].steps = episodes[last].steps.lowerBound..<rewards.count
    episodes[last].end = end
    lastObservations += observation
  }
}
