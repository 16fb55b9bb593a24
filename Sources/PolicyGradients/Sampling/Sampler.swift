public import Environments
internal import Mathematics
public import Policies
public import Randomness

/// Acts in all lanes and records what happens, always in the same order.
///
/// An iteration starts new episodes and follows them to their ends, until its ``Amount`` is reached; or it makes a fixed
/// number of steps in each lane, and the next iteration continues the open episodes. A lane stops earlier, and its episode is cut,
/// when its share of the step budget is used up; so a run makes exactly the steps that it was asked for.
public struct Sampler {
  /// How much an iteration samples.
  public enum Amount: Sendable, Equatable {
    /// A lane starts no episode after so many steps.
    case stepsPerLane(Int)
    /// So many episodes in all, shared out over the lanes; the number does not depend on their lengths.
    case episodes(Int)
    /// A lane makes so many steps, continuing the episode that the rollout before left open.
    ///
    /// Its actions come from one stream for the whole rollout, whose key has the rollout's number instead of an episode's.
    case exactly(Int, rollout: Int)
  }

  /// An episode of more steps than this counts as endless.
  public static let longestEpisode = 1_000_000

  let lanes: Lanes
  let collective: any Collective
  let actionStreams: [RandomStream]
  let actionPurpose: StreamKey.Purpose
  let actionSeed: UInt64
  let bounds: ActionBounds
  let truncation: Truncation
  var acting: Acting
  /// The action that an environment receives.
  var applied: [Float]
  /// How often the lanes were stepped in the current rollout.
  var ticks = 0
  /// Where the time goes, if somebody asks.
  var profile: Profile?
  /// Whether the environments have left the state in which the last whole rollout left them.
  var isTorn = false
  /// The episode that each lane was in when the last whole rollout ended.
  public internal(set) var open: [OpenEpisode]

  /// How actions are drawn.
  public struct Drawing: Sendable {
    /// The purpose of the streams.
    public var purpose = StreamKey.Purpose.actions
    /// The seed of the streams; nil for that of the lanes.
    public var seed: UInt64?
    /// The generator of the streams.
    public var generator = RandomGenerator.philox
    /// The number of steps after which an exploring factor's noise is drawn again; 0 for once a rollout.
    public var explorationSteps = 0

    /// The streams of a run's actions.
    public init() {}
  }

  /// Makes a sampler with one stream of actions for each lane.
  ///
  /// - Throws: ``RandomnessError`` when the generator cannot be opened.
  public init(
    _ lanes: Lanes, policy: Policy, drawing: Drawing = Drawing(), truncation: Truncation = Truncation(),
    with collective: any Collective = Alone()
  ) throws(RandomnessError) {
    self.lanes = lanes
    self.collective = collective
    actionPurpose = drawing.purpose
    actionSeed = drawing.seed ?? lanes.seed
    var streams: [RandomStream] = []
    for lane in 0..<lanes.count {
      let key = StreamKey(seed: actionSeed, purpose: actionPurpose, lane: UInt32(lane))
      streams.append(try RandomStream(key, generator: drawing.generator))
    }
    actionStreams = streams
    bounds = ActionBounds(lanes.actionSpace)
    acting = Acting(
      policy, laneCount: lanes.count, explorationSteps: drawing.explorationSteps,
      remembering: policy.hasCritic ? [.actor, .critic] : .actor)
    applied = Array(repeating: 0, count: lanes.actionSize)
    self.truncation = truncation
    open = Array(repeating: OpenEpisode(), count: lanes.count)
  }

  /// Fills the rollout with one iteration of πθ.
  ///
  /// - Parameters:
  ///   - rollout: its old content is removed.
  ///   - policy: π.
  ///   - θ: its parameters.
  ///   - budget: how much is sampled.
  ///   - isInterrupted: asked before each step of the lanes; true ends the sampling at once.
  /// - Returns: whether the rollout is complete, and not interrupted. After an interruption or an error the lanes' counters are
  ///   those of before, and ``replay(_:)`` with ``open`` brings the environments back.
  /// - Throws: ``EnvironmentError`` when an environment breaks its contract.
  public mutating func fill(
    _ rollout: inout Rollout, acting policy: Policy, _ θ: Parameters, _ budget: SamplingBudget,
    isInterrupted: () -> Bool = { false }
  ) throws(EnvironmentError) -> Bool {
    profile?.enter(.recording)
    let begunBefore = lanes.episodesBegun
    rollout.removeAll(version: θ.version)
    ticks = 0
    acting.exploration.restart()
    isTorn = true
    defer { if isTorn { lanes.restore(episodesBegun: begunBefore) } }
    let restartsVectors = areVectorsDue(budget.amount)
    if restartsVectors { forgetVectors() }
    var states = open.map(\.state)
    var isWhole = try lanes.withLock { () throws(EnvironmentError) in
      try keepStates(&states)
      if restartsVectors { try lanes.restartVectors() }
      guard try sample(&rollout, policy, θ, budget, isInterrupted) else { return false }
      try keepStates(&states, after: rollout, budget)
      return true
    }
    if collective.count > 1 { isWhole = exchange(&rollout, &states, isWhole) }
    if isWhole {
      keepOpenEpisodes(of: rollout, budget, policy)
      for lane in open.indices { open[lane].state = states[lane] }
    }
    isTorn = !isWhole
    return isWhole
  }

  /// Steps the lanes of this process until each has what the budget gives it; false if interrupted.
  private mutating func sample(
    _ rollout: inout Rollout, _ policy: Policy, _ θ: Parameters, _ budget: SamplingBudget,
    _ isInterrupted: () -> Bool
  ) throws(EnvironmentError) -> Bool {
    var active = lanes.hosted.filter { budget.hasWork(for: $0, of: lanes.count) }
    for lane in active { try enter(lane, budget.amount, &rollout) }
    var done = Array(repeating: false, count: lanes.count)
    while !active.isEmpty {
      if isInterrupted() { return false }
      let waiting = lanes.waitsAfterEnds ? active.filter { lanes.isWaiting($0) } : []
      let moving = waiting.isEmpty ? active : active.filter { !lanes.isWaiting($0) }
      if !moving.isEmpty { act(moving, policy, θ, &rollout) }
      if lanes.areVectors { try advance(moving, of: active, policy) }
      ticks += 1
      var isAnyDone = false
      for (row, lane) in moving.enumerated() {
        let ended = try step(row, lane, policy, &rollout)
        if budget.isReached(lane, of: lanes.count, rollout.lanes[lane], ended: ended, ticks: ticks) {
          if !ended { rollout.lanes[lane].finish(.cut) }
          (done[lane], isAnyDone) = (true, true)
        } else if ended, !lanes.isWaiting(lane) {
          try begin(lane, budget.amount, &rollout)
        }
      }
      for lane in waiting {
        if case .exactly(let n, _) = budget.amount, ticks >= n {
          (done[lane], isAnyDone) = (true, true)
        } else {
          try begin(lane, budget.amount, &rollout)
        }
      }
      if isAnyDone { active.removeAll { done[$0] } }
    }
    return true
  }
}
