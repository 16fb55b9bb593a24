public import AscentEnvironments
internal import AscentMathematics

/// The samples of one iteration: the steps of each lane, in order.
///
/// The environment writes each observation directly into the rollout, where all later computations read it. Each lane
/// has its own buffers, since episodes differ in length. Buffers are reused, and grow only if an iteration is longer
/// than all previous ones.
public struct Rollout: Sendable {
  /// Floats per observation.
  public let observationSize: Int
  /// Floats per action.
  public let actionSize: Int
  /// The samples of each lane.
  public internal(set) var lanes: [Lane]
  /// The version of the parameters that acted.
  public internal(set) var version = 0
  /// The number of neighboring lanes that one process samples together.
  private(set) var unit = 1
  /// Where the observations are; nil if this process has all.
  var spread: ObservationSpread?

  /// The steps of one lane.
  ///
  /// An episode of T steps occupies T + 1 slots of the observations: o(0), …, o(T), where o(T) is the observation at
  /// which it ended or was cut. The slots of the lane's episodes are consecutive.
  public struct Lane: Sendable {
    /// The observations, [slot × feature].
    var observations: ObservationBuffer
    /// The number of used slots.
    public internal(set) var slotCount = 0
    /// a(t), [step × value], as drawn by the policy.
    public internal(set) var actions: [Float] = []
    /// r(t), [step].
    public internal(set) var rewards: [Double] = []
    /// log π(a(t)∣o(t)), [step].
    public internal(set) var logProbabilities: [Double] = []
    /// V(o(t)) of the policy that acted, [step]; empty if acting does not evaluate V.
    var estimates: [Double] = []
    /// The episodes in the order in which they were sampled.
    public internal(set) var episodes: [Episode] = []
    /// The recurrent state before some of the steps, [recorded step × number]; empty if the policy is not recurrent.
    public internal(set) var memories: [Float] = []
    /// The steps before which these states were recorded.
    public internal(set) var memorySteps: [Int] = []
    /// The number of episodes that ended by a fault of the environment.
    public internal(set) var faults = 0
    /// The positions of each step's action in the buffer.
    let values: Rows

    init(observationSize: Int, actionSize: Int, _ layout: PictureLayout?) {
      values = Rows(stride: actionSize)
      observations = ObservationBuffer(size: observationSize, layout)
    }
  }

  /// The location of one episode in its lane's buffers.
  public struct Episode: Sendable, Equatable {
    /// Its steps.
    public internal(set) var steps: Range<Int>
    /// The slot of its first observation in this rollout.
    public internal(set) var firstSlot: Int
    /// The kind of its end.
    public internal(set) var end: Trajectory.End
    /// Its index in the lane, counted from 0.
    public internal(set) var number: Int
    /// The sum of its rewards in earlier rollouts.
    public internal(set) var earlierReward = 0.0
    /// The number of its steps in earlier rollouts.
    public internal(set) var earlierSteps = 0

    /// The slots of its observations: one before each step, and that of the last observation.
    public var slots: Range<Int> { firstSlot..<firstSlot + steps.count + 1 }
    /// The slot of the last observation.
    public var lastSlot: Int { firstSlot + steps.count }
    /// The slot of the observation before a step.
    func slot(of step: Int) -> Int { firstSlot + step - steps.lowerBound }
  }

  /// Makes empty buffers.
  ///
  /// - Parameters:
  ///   - laneCount: the number of lanes.
  ///   - observationSize: floats per observation.
  ///   - actionSize: floats per action.
  ///   - storesBytes: true if every number of an observation is a whole number from 0 to 255; observations then take a
  ///     quarter of the memory.
  public init(laneCount: Int, observationSize: Int, actionSize: Int, storesBytes: Bool = false) {
    Require.number(laneCount, of: "number of lanes", from: 0)
    Require.number(observationSize, of: "observationSize", from: 0)
    Require.number(actionSize, of: "actionSize", from: 0)
    self.init(
      laneCount, observationSize, actionSize, storesBytes ? PictureLayout(size: observationSize) : nil)
  }

  private init(_ laneCount: Int, _ observationSize: Int, _ actionSize: Int, _ layout: PictureLayout?) {
    (self.observationSize, self.actionSize) = (observationSize, actionSize)
    let lane = Lane(observationSize: observationSize, actionSize: actionSize, layout)
    lanes = Array(repeating: lane, count: laneCount)
  }

  /// Makes empty buffers for the observations and actions of some lanes.
  ///
  /// Planes that observations of bytes have in common, as those of stacked frames, are stored once.
  public init(of lanes: Lanes) {
    self.init(
      lanes.count, lanes.observationSize, lanes.actionSize,
      lanes.haveBytes ? PictureLayout(lanes.observationSpace) : nil)
    unit = lanes.unit
  }

  /// Ends the program unless it has so many lanes, with observations and actions of these sizes.
  func require(_ laneCount: Int, _ observationSize: Int, _ actionSize: Int) {
    Require.count(lanes.count, of: "lanes of the rollout", is: laneCount, "the number of lanes")
    Require.count(
      self.observationSize, of: "observations of the rollout", is: observationSize,
      "the policy's observationSize")
    Require.count(self.actionSize, of: "actions of the rollout", is: actionSize, "the policy's actionSize")
  }

  /// The number of steps of all lanes.
  public var stepCount: Int { lanes.reduce(0) { $0 + $1.rewards.count } }

  /// The number of complete episodes.
  public var completeEpisodeCount: Int {
    var sum = 0
    for lane in lanes { for episode in lane.episodes where episode.end != .cut { sum += 1 } }
    return sum
  }

  /// Removes all steps without releasing memory.
  mutating func removeAll(version: Int) {
    self.version = version
    spread = nil
    for lane in lanes.indices { lanes[lane].removeAll() }
  }

  /// Copies one episode's numbers into a trajectory, reusing its memory.
  public func load(_ episode: Episode, lane: Int, into trajectory: inout Trajectory) {
    Require.index(lane, of: "lane", in: lanes.indices)
    Require.that(
      episode.steps.upperBound <= lanes[lane].rewards.count,
      "the episode must be one of this lane of this rollout")
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
    observations.removeAll()
    actions.removeAll(keepingCapacity: true)
    rewards.removeAll(keepingCapacity: true)
    logProbabilities.removeAll(keepingCapacity: true)
    estimates.removeAll(keepingCapacity: true)
    episodes.removeAll(keepingCapacity: true)
    memories.removeAll(keepingCapacity: true)
    memorySteps.removeAll(keepingCapacity: true)
    faults = 0
  }

  /// Calls `body` to write the observation of the next slot.
  mutating func writeSlot<Result, Failure: Error>(
    _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    slotCount += 1
    return try observations.write(slotCount - 1, body)
  }

  /// Begins an episode; its first observation is in the newest slot.
  mutating func begin(episode number: Int, after earlier: OpenEpisode? = nil) {
    episodes.append(
      Rollout.Episode(
        steps: rewards.count..<rewards.count, firstSlot: slotCount - 1, end: .cut, number: number,
        earlierReward: earlier?.reward ?? 0, earlierSteps: earlier?.steps ?? 0))
  }

  /// Continues an episode that an earlier rollout left open.
  mutating func goOn(with open: OpenEpisode, number: Int) {
    writeSlot { observation in for k in observation.indices { observation[k] = open.observation[k] } }
    begin(episode: number, after: open)
  }

  /// Adds a step; its next observation is in the newest slot.
  mutating func append(action: Span<Float>, reward: Double, logProbability: Double) {
    for k in action.indices { actions.append(action[k]) }
    rewards.append(reward)
    logProbabilities.append(logProbability)
  }

  /// Sets the end of the current episode.
  mutating func finish(_ end: Trajectory.End) {
    let last = episodes.count - 1
    episodes[last].steps = episodes[last].steps.lowerBound..<rewards.count
    episodes[last].end = end
  }
}

// MARK: Reading

extension Rollout.Lane {
  /// The number of steps of the current episode, earlier rollouts included.
  var openEpisodeLength: Int {
    rewards.count - (episodes.last?.steps.lowerBound ?? 0) + (episodes.last?.earlierSteps ?? 0)
  }

  /// The observation of one slot.
  ///
  /// In a run of several processes, the one that has sampled the lane has all; others may have only those that their updates
  /// have read, and end the program for another one.
  public func observation(inSlot slot: Int) -> [Float] {
    Require.index(slot, of: "slot", in: 0..<slotCount)
    var one: [Float] = []
    observations.append(slot: slot, to: &one)
    return one
  }

  /// The observation before a step, if this process has it, as ``observation(inSlot:)``.
  public func observation(before step: Int) -> [Float] {
    Require.index(step, of: "step", in: rewards.indices)
    guard let episode = episodes.last(where: { $0.steps.lowerBound <= step }) else { return [] }
    return observation(inSlot: episode.slot(of: step))
  }

  /// The last observation of each episode, [episode × feature], if this process has them, as ``observation(inSlot:)``.
  public var lastObservations: [Float] { episodes.flatMap { observation(inSlot: $0.lastSlot) } }

  /// Appends the observation before each of some steps to `rows`, [step × feature].
  func gatherObservations(of steps: Range<Int>, into rows: inout [Float]) {
    for episode in episodes where episode.steps.overlaps(steps) {
      let own = episode.steps.clamped(to: steps)
      let first = episode.slot(of: own.lowerBound)
      observations.append(first..<first + own.count, to: &rows)
    }
  }
}
