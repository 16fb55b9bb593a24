public import AscentEnvironments
internal import AscentMathematics
public import AscentPolicies
public import AscentRandomness

/// Acts in all lanes and records the steps, always in the same order.
///
/// An iteration starts new episodes and completes them, until its ``Amount`` is reached; or it makes a fixed number of
/// steps in each lane, and the next iteration continues the open episodes. When a lane's share of the step budget is
/// used up, the lane stops and its episode is cut, so that a run makes exactly the configured number of steps.
public struct Sampler {
  /// The amount that an iteration samples.
  public enum Amount: Sendable, Equatable {
    /// A lane begins no new episode after this many steps.
    case stepsPerLane(Int)
    /// This many episodes in total, divided among the lanes independently of their lengths.
    case episodes(Int)
    /// A lane makes this many steps, continuing the open episode of the previous rollout.
    ///
    /// Its actions come from one stream for the whole rollout, whose key has the rollout's index instead of an
    /// episode's.
    case exactly(Int, rollout: Int)
  }

  /// The largest number of steps of an episode; a longer one is an error.
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
  /// The number of times that the lanes were stepped in the current rollout.
  var ticks = 0
  /// True if each process keeps the observations of its own lanes until another one needs them.
  var spreadsObservations = false
  /// The timing of the run's phases; nil if it is not measured.
  var profile: Profile?
  /// True if the environments are no longer in their state after the last complete rollout.
  var isTorn = false
  /// The open episode of each lane after the last complete rollout.
  public internal(set) var open: [OpenEpisode]

  /// The random streams from which actions are drawn.
  public struct Drawing: Sendable {
    /// The purpose of the streams.
    public var purpose = StreamKey.Purpose.actions
    /// The seed of the streams; nil for the seed of the lanes.
    public var seed: UInt64?
    /// The generator of the streams.
    public var generator = RandomGenerator.philox
    /// The number of steps after which an exploring factor's noise is drawn again; 0 for once per rollout.
    public var explorationSteps = 0

    /// Makes the settings of a run's training actions.
    public init() {}
  }

  /// Makes a sampler with one action stream for each lane.
  ///
  /// - Throws: ``RandomnessError`` if the generator cannot be opened.
  public init(
    _ lanes: Lanes, policy: Policy, drawing: Drawing = Drawing(), truncation: Truncation = Truncation(),
    with collective: any Collective = Alone()
  ) throws(RandomnessError) {
    Self.require(policy, for: lanes)
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

  private static func require(_ policy: Policy, for lanes: Lanes) {
    Require.count(
      policy.observationSize, of: "observations of the policy", is: lanes.observationSize,
      "the lanes' observationSize")
    Require.count(policy.maskSize, of: "mask of the policy", is: lanes.maskSize, "the lanes' maskSize")
    Require.count(
      policy.actionSize, of: "actions of the policy", is: lanes.actionSize, "the lanes' actionSize")
  }

  /// Samples one iteration of πθ into the rollout.
  ///
  /// - Parameters:
  ///   - rollout: the rollout; its old content is removed.
  ///   - policy: π.
  ///   - θ: the parameters.
  ///   - budget: the amount to sample.
  ///   - isInterrupted: called before each step of the lanes; returning true ends the sampling at once.
  /// - Returns: true if the rollout is complete, false if it was interrupted. After an interruption or an error the
  ///   lanes' counters are restored; call ``replay(_:)`` with ``open`` to restore the environments.
  /// - Throws: ``EnvironmentError`` if an environment violates its contract.
  public mutating func fill(
    _ rollout: inout Rollout, acting policy: Policy, _ θ: Parameters, _ budget: SamplingBudget,
    isInterrupted: () -> Bool = { false }
  ) throws(EnvironmentError) -> Bool {
    Self.require(policy, for: lanes)
    rollout.require(lanes.count, lanes.observationSize, lanes.actionSize)
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
      try saveStates(&states)
      if restartsVectors { try lanes.restartVectors() }
      guard try sample(&rollout, policy, θ, budget, isInterrupted) else { return false }
      try saveStates(&states, after: rollout, budget)
      return true
    }
    if collective.count > 1 { isWhole = exchange(&rollout, &states, isWhole) }
    if isWhole {
      recordOpenEpisodes(of: rollout, budget, policy)
      for lane in open.indices { open[lane].state = states[lane] }
    }
    isTorn = !isWhole
    return isWhole
  }

  /// Steps the lanes of this process until each has used its share of the budget; returns false if interrupted.
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
