public import Environments
public import Policies
public import Randomness

/// Acts and steps all lanes, always in the same order, and records what happens.
///
/// Each iteration begins new episodes and follows them to their ends, until the ``Amount`` is reached. A lane
/// stops earlier, cutting its episode, when its share of the step budget is used up, so that a run makes
/// exactly the steps that it was asked for.
public struct Sampler {
  /// How much an iteration samples.
  public enum Amount: Sendable, Equatable {
    /// A lane begins no episode after so many steps.
    case stepsPerLane(Int)
    /// So many episodes in all, shared out over the lanes; the number does not depend on their lengths.
    case episodes(Int)
  }

  /// An episode of more steps than this is taken for endless.
  public static let longestEpisode = 1_000_000

  private let lanes: Lanes
  private let actionStreams: [RandomStream]
  private let actionPurpose: StreamKey.Purpose
  private let actionSeed: UInt64
  private let bounds: ActionBounds
  private var observations: [Float]
  private var actions: [Float]
  private var applied: [Float]
  private var logProbabilities: [Double]
  private var workspace: Workspace

  /// Makes a sampler with one stream of actions for each lane, of the lanes' seed unless another is given.
  ///
  /// - Throws: ``RandomnessError`` when the generator cannot be opened.
  public init(
    _ lanes: Lanes, policy: any Policy, generator: RandomGenerator = .philox,
    actionPurpose: StreamKey.Purpose = .actions, actionSeed: UInt64? = nil
  ) throws(RandomnessError) {
    self.lanes = lanes
    self.actionPurpose = actionPurpose
    self.actionSeed = actionSeed ?? lanes.seed
    var streams: [RandomStream] = []
    for lane in 0..<lanes.count {
      let key = StreamKey(seed: self.actionSeed, purpose: actionPurpose, lane: UInt32(lane))
      streams.append(try RandomStream(key, generator: generator))
    }
    actionStreams = streams
    bounds = ActionBounds(lanes.actionSpace)
    observations = Array(repeating: 0, count: lanes.count * lanes.observationSize)
    actions = Array(repeating: 0, count: lanes.count * lanes.actionSize)
    applied = Array(repeating: 0, count: lanes.actionSize)
    logProbabilities = Array(repeating: 0, count: lanes.count)
    workspace = policy.makeWorkspace(rows: lanes.count)
  }

  /// Fills the rollout with one iteration of πθ.
  ///
  /// - Parameters:
  ///   - rollout: what it held before is gone.
  ///   - policy: π.
  ///   - θ: its parameters.
  ///   - amount: how much is sampled.
  ///   - budget: how many steps all lanes may make together.
  ///   - isInterrupted: asked before each step of the lanes; true ends the sampling at once.
  /// - Returns: whether the rollout is whole, that is, was not interrupted.
  /// - Throws: ``EnvironmentError`` when an environment breaks its contract.
  public mutating func fill(
    _ rollout: inout Rollout, acting policy: any Policy, _ θ: Parameters, _ amount: Amount, budget: Int,
    isInterrupted: () -> Bool = { false }
  ) throws(EnvironmentError) -> Bool {
    rollout.removeAll(version: θ.version)
    let shares = (0..<lanes.count).map { share(of: budget, lane: $0) }
    return try lanes.held { () throws(EnvironmentError) in
      var active = (0..<lanes.count).filter { lane in
        if case .episodes(let n) = amount, share(of: n, lane: lane) == 0 { return false }
        return shares[lane] > 0
      }
      for lane in active { try begin(lane, &rollout) }
      while !active.isEmpty {
        if isInterrupted() { return false }
        act(active, policy, θ)
        var isAnyDone = false
        for (row, lane) in active.enumerated() {
          let ended = try step(row, lane, &rollout)
          let made = rollout.lanes[lane].rewards.count
          let isDone = made >= shares[lane] || (ended && isReached(amount, lane, rollout.lanes[lane]))
          if isDone {
            if !ended { finish(lane, .cut, &rollout) }
            isAnyDone = true
          } else if ended {
            try begin(lane, &rollout)
          }
        }
        if isAnyDone {
          active.removeAll { lane in
            rollout.lanes[lane].episodes.count == rollout.lanes[lane].finishedCount(lanes.observationSize)
          }
        }
      }
      return true
    }
  }

  private func share(of total: Int, lane: Int) -> Int {
    total / lanes.count + (lane < total % lanes.count ? 1 : 0)
  }

  private func isReached(_ amount: Amount, _ lane: Int, _ steps: Rollout.Lane) -> Bool {
    switch amount {
    case .stepsPerLane(let n): steps.rewards.count >= n
    case .episodes(let n): steps.episodes.count >= share(of: n, lane: lane)
    }
  }

  private func begin(_ lane: Int, _ rollout: inout Rollout) throws(EnvironmentError) {
    try lanes.reset(lane)
    var key = lanes.key(actionPurpose, lane: lane)
    key.seed = actionSeed
    actionStreams[lane].restart(at: key)
    rollout.lanes[lane].begin(episode: lanes.episodesBegun[lane] - 1)
  }

  private mutating func act(_ active: [Int], _ policy: any Policy, _ θ: Parameters) {
    let size = lanes.observationSize
    for (row, lane) in active.enumerated() {
      for k in 0..<size { observations[row * size + k] = lanes.observations[lane][k] }
    }
    policy.act(
      θ, on: observations, lanes: active, drawing: actionStreams, in: &workspace, actions: &actions,
      logProbabilities: &logProbabilities)
  }

  private mutating func step(
    _ row: Int, _ lane: Int, _ rollout: inout Rollout
  ) throws(EnvironmentError) -> Bool {
    let (o, a) = (lanes.observationSize, lanes.actionSize)
    bounds.hold(actions[row * a..<(row + 1) * a], into: &applied)
    let step = try lanes.step(lane, applied.span)
    rollout.lanes[lane].append(
      observation: observations.span.extracting(row * o..<(row + 1) * o),
      action: actions.span.extracting(row * a..<(row + 1) * a), reward: step.reward,
      logProbability: logProbabilities[row])
    guard let end = step.end else {
      let length = rollout.lanes[lane].openEpisodeLength
      guard length < Self.longestEpisode else {
        throw EnvironmentError.endless(lane, lanes.episodesBegun[lane] - 1, length, lanes.seed)
      }
      return false
    }
    finish(lane, end == .terminated ? .terminated : .truncated, &rollout)
    return true
  }

  private func finish(_ lane: Int, _ end: Trajectory.End, _ rollout: inout Rollout) {
    rollout.lanes[lane].finish(end, at: lanes.observations[lane])
  }
}

extension Rollout.Lane {
  /// The episodes whose last observation is recorded.
  fileprivate func finishedCount(_ observationSize: Int) -> Int {
    lastObservations.count / max(1, observationSize)
  }

  fileprivate var openEpisodeLength: Int { rewards.count - (episodes.last?.steps.lowerBound ?? 0) }
}
