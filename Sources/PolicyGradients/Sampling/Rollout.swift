internal import Environments
internal import Mathematics

/// What one iteration sampled: for each lane its steps one after the other.
///
/// The environment writes each observation into the rollout, and everything that learns reads it there. Each lane has
/// buffers of its own, because episodes have lengths of their own; a buffer is used again in every iteration, and grows only when an
/// iteration is longer than all before it.
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
  ///
  /// An episode of T steps takes T + 1 slots of the observations: o(0), …, o(T), the last of which is where it ended or was cut.
  /// The slots of the lane's episodes lie one behind the other.
  public struct Lane: Sendable {
    /// The observations, [slot × feature]; the buffer may be longer than the slots that are used.
    public internal(set) var observations: [Float] = []
    /// How many slots are used.
    public internal(set) var slotCount = 0
    /// a(t), [step × value], as the policy drew them.
    public internal(set) var actions: [Float] = []
    /// r(t), [step].
    public internal(set) var rewards: [Double] = []
    /// log π(a(t)∣o(t)), [step].
    public internal(set) var logProbabilities: [Double] = []
    /// The episodes in the order in which they were sampled.
    public internal(set) var episodes: [Episode] = []
    /// The recurrent state before some of the steps, [marked step × number]; empty for a policy without one.
    public internal(set) var memories: [Float] = []
    /// The steps that these states belong to.
    public internal(set) var memorySteps: [Int] = []
    /// How many episodes were ended by a fault of the environment.
    public internal(set) var faults = 0
    /// Where each slot's observation begins, and each step's action.
    let slots, values: Rows

    init(observationSize: Int, actionSize: Int) {
      (slots, values) = (Rows(stride: observationSize), Rows(stride: actionSize))
    }
  }

  /// Where one episode lies in its lane's buffers.
  public struct Episode: Sendable, Equatable {
    /// Its steps.
    public internal(set) var steps: Range<Int>
    /// The slot of its first observation.
    public internal(set) var firstSlot: Int
    /// How it ended.
    public internal(set) var end: Trajectory.End
    /// Its number in the lane, counted from 0.
    public internal(set) var number: Int
    /// What it earned in earlier rollouts.
    public internal(set) var earlierReward = 0.0
    /// How many steps it made in earlier rollouts.
    public internal(set) var earlierSteps = 0

    /// The slots of its observations: one for each step, and the one where it stopped.
    public var slots: Range<Int> { firstSlot..<firstSlot + steps.count + 1 }
    /// The slot where it stopped.
    public var lastSlot: Int { firstSlot + steps.count }
    /// The slot of what was observed before one of its steps.
    func slot(of step: Int) -> Int { firstSlot + step - steps.lowerBound }
  }

  /// Makes empty buffers.
  public init(laneCount: Int, observationSize: Int, actionSize: Int) {
    self.observationSize = observationSize
    self.actionSize = actionSize
    lanes = Array(
      repeating: Lane(observationSize: observationSize, actionSize: actionSize), count: laneCount)
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

  /// Removes every step and keeps the memory.
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

// MARK: Writing

extension Rollout.Lane {
  mutating func removeAll() {
    slotCount = 0
    actions.removeAll(keepingCapacity: true)
    rewards.removeAll(keepingCapacity: true)
    logProbabilities.removeAll(keepingCapacity: true)
    episodes.removeAll(keepingCapacity: true)
    memories.removeAll(keepingCapacity: true)
    memorySteps.removeAll(keepingCapacity: true)
    faults = 0
  }

  /// Takes the next slot and lets `body` write its observation.
  mutating func writeSlot<Result, Failure: Error>(
    _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let slot = slots.indices(of: slotCount)
    if observations.count < slot.upperBound {
      observations += repeatElement(0, count: max(32 * slots.stride, observations.count / 8))
    }
    slotCount += 1
    return try observations.withMutableSpan { all throws(Failure) in
      #if compiler(>=6.3)
      var observation = all._mutatingExtracting(slot)
      #else
      var observation = all.extracting(slot)
      #endif
      return try body(&observation)
    }
  }

  /// Begins an episode, whose first observation is in the newest slot.
  mutating func begin(episode number: Int, after earlier: OpenEpisode? = nil) {
    episodes.append(
      Rollout.Episode(
        steps: rewards.count..<rewards.count, firstSlot: slotCount - 1, end: .cut, number: number,
        earlierReward: earlier?.reward ?? 0, earlierSteps: earlier?.steps ?? 0))
  }

  /// Begins with an episode that an earlier rollout left open.
  mutating func goOn(with open: OpenEpisode, number: Int) {
    writeSlot { observation in for k in observation.indices { observation[k] = open.observation[k] } }
    begin(episode: number, after: open)
  }

  /// Adds a step; what it led to is in the newest slot.
  mutating func append(action: Span<Float>, reward: Double, logProbability: Double) {
    for k in action.indices { actions.append(action[k]) }
    rewards.append(reward)
    logProbabilities.append(logProbability)
  }

  /// Ends the episode, or cuts it.
  mutating func finish(_ end: Trajectory.End) {
    let last = episodes.count - 1
    episodes[last].steps = episodes[last].steps.lowerBound..<rewards.count
    episodes[last].end = end
  }
}

// MARK: Reading

extension Rollout.Lane {
  /// How many steps the open episode has made, earlier rollouts included.
  var openEpisodeLength: Int {
    rewards.count - (episodes.last?.steps.lowerBound ?? 0) + (episodes.last?.earlierSteps ?? 0)
  }

  /// The observation of one slot.
  public func observation(inSlot slot: Int) -> [Float] { Array(observations[slots.indices(of: slot)]) }

  /// What was observed before one step.
  public func observation(before step: Int) -> [Float] {
    guard let episode = episodes.last(where: { $0.steps.lowerBound <= step }) else { return [] }
    return observation(inSlot: episode.slot(of: step))
  }

  /// The observation in which each episode ended or was cut, [episode × feature].
  public var lastObservations: [Float] { episodes.flatMap { observation(inSlot: $0.lastSlot) } }

  /// What was observed before each of some steps, [step × feature], behind `rows`.
  func gatherObservations(of steps: Range<Int>, into rows: inout [Float]) {
    for episode in episodes where episode.steps.overlaps(steps) {
      let own = episode.steps.clamped(to: steps)
      let first = episode.slot(of: own.lowerBound)
      rows += observations[slots[first..<first + own.count]]
    }
  }
}
