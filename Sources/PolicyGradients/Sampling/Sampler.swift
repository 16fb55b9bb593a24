public import Environments
public import Policies
public import Randomness

/// Acts and steps all lanes, always in the same order, and records what happens.
///
/// Each iteration begins new episodes and follows them to their ends, until the ``Amount`` is reached; or it
/// makes a fixed number of steps in each lane, and the next one goes on where it stopped. A lane stops earlier,
/// cutting its episode, when its share of the step budget is used up, so that a run makes exactly the steps that
/// it was asked for.
public struct Sampler {
  /// How much an iteration samples.
  public enum Amount: Sendable, Equatable {
    /// A lane begins no episode after so many steps.
    case stepsPerLane(Int)
    /// So many episodes in all, shared out over the lanes; the number does not depend on their lengths.
    case episodes(Int)
    /// A lane makes so many steps, going on with the episode that the rollout before left open.
    ///
    /// Its actions come from one stream, whose key has the rollout's number in the place of an episode's.
    case exactly(Int, rollout: Int)
  }

  /// An episode of more steps than this is taken for endless.
  public static let longestEpisode = 1_000_000

  let lanes: Lanes
  private let collective: any Collective
  private let actionStreams: [RandomStream]
  private let actionPurpose: StreamKey.Purpose
  private let actionSeed: UInt64
  let bounds: ActionBounds
  private var observations: [Float]
  var actions: [Float]
  var applied: [Float]
  private var logProbabilities: [Double]
  private var workspace: Workspace
  private var exploration: Exploration
  private var memory: Memory
  private let truncation: Truncation
  /// How often the lanes were stepped in the rollout at hand.
  private var ticks = 0
  /// Where the time goes, for those who ask.
  var profile: Profile?
  /// Whether the environments moved on from where the last whole rollout left them.
  private(set) var isTorn = false
  /// What each lane was in the middle of when the last whole rollout ended.
  public internal(set) var open: [OpenEpisode]

  /// Makes a sampler with one stream of actions for each lane, of the lanes' seed unless another is given.
  ///
  /// - Throws: ``RandomnessError`` when the generator cannot be opened.
  public init(
    _ lanes: Lanes, policy: Policy, generator: RandomGenerator = .philox,
    actionPurpose: StreamKey.Purpose = .actions, actionSeed: UInt64? = nil, explorationSteps: Int = 0,
    truncation: Truncation = Truncation(), with collective: any Collective = Alone()
  ) throws(RandomnessError) {
    self.lanes = lanes
    self.collective = collective
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
    exploration = Exploration(interval: explorationSteps)
    memory = Memory(policy, laneCount: lanes.count)
    self.truncation = truncation
    open = Array(repeating: OpenEpisode(), count: lanes.count)
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
  /// - Returns: whether the rollout is whole, that is, was interrupted nowhere; after one that is not, or an error,
  ///   the counters of the lanes are those of before, and ``replay(_:)`` with ``open`` brings the environments there.
  /// - Throws: ``EnvironmentError`` when an environment breaks its contract.
  public mutating func fill(
    _ rollout: inout Rollout, acting policy: Policy, _ θ: Parameters, _ amount: Amount, budget: Int,
    isInterrupted: () -> Bool = { false }
  ) throws(EnvironmentError) -> Bool {
    profile?.enter(.recording)
    let border = lanes.episodesBegun
    rollout.removeAll(version: θ.version)
    ticks = 0
    exploration.restart()
    isTorn = true
    defer { if isTorn { lanes.restore(episodesBegun: border) } }
    let shares = (0..<lanes.count).map { share(of: budget, lane: $0) }
    let beginsAnew = areVectorsDue(amount)
    if beginsAnew { forgetVectors() }
    var states = open.map(\.state)
    var isWhole = try lanes.held { () throws(EnvironmentError) in
      for lane in lanes.hosted where open[lane].state.isEmpty {
        open[lane].state = try lanes.state(lane)
        states[lane] = open[lane].state
      }
      var active = lanes.hosted.filter { lane in
        if case .episodes(let n) = amount, share(of: n, lane: lane) == 0 { return false }
        return shares[lane] > 0
      }
      if beginsAnew { try lanes.restartVectors() }
      for lane in active { try enter(lane, amount, &rollout) }
      var done = Array(repeating: false, count: lanes.count)
      while !active.isEmpty {
        if isInterrupted() { return false }
        let waiting = lanes.waitsAfterEnds ? active.filter { lanes.isWaiting($0) } : []
        let acting = waiting.isEmpty ? active : active.filter { !lanes.isWaiting($0) }
        if !acting.isEmpty { act(acting, policy, θ, &rollout) }
        if lanes.areVectors { try advance(acting, of: active, policy) }
        ticks += 1
        var isAnyDone = false
        for (row, lane) in acting.enumerated() {
          let ended = try step(row, lane, policy, &rollout)
          let made = rollout.lanes[lane].rewards.count
          if made >= shares[lane] || isReached(amount, lane, rollout.lanes[lane], ended) {
            if !ended { finish(lane, .cut, &rollout) }
            (done[lane], isAnyDone) = (true, true)
          } else if ended, !lanes.isWaiting(lane) {
            try begin(lane, amount, &rollout)
          }
        }
        for lane in waiting {
          if case .exactly(let n, _) = amount, ticks >= n {
            (done[lane], isAnyDone) = (true, true)
          } else {
            try begin(lane, amount, &rollout)
          }
        }
        if isAnyDone { active.removeAll { done[$0] } }
      }
      let isGoneOnWith = goesOn(amount, budget)
      // A lane that had no share of the budget is where it was; a vector without one is begun anew next, like the others.
      for lane in lanes.hosted where lanes.keepsState && (lanes.areVectors || shares[lane] > 0) {
        let isOpen = lanes.areVectors || rollout.lanes[lane].episodes.last?.end == .cut
        states[lane] = try isGoneOnWith && isOpen ? lanes.states[lane] : lanes.state(lane)
      }
      return true
    }
    if collective.count > 1 { isWhole = exchange(&rollout, &states, isWhole) }
    if isWhole {
      remember(rollout, amount, policy)
      if lanes.areVectors { rememberVectors(rollout, amount, policy, budget: budget) }
      for lane in open.indices { open[lane].state = states[lane] }
    }
    isTorn = !isWhole
    return isWhole
  }

  /// Hands this process's lanes to the others and takes theirs; whether all of them are whole.
  private mutating func exchange(
    _ rollout: inout Rollout, _ states: inout [[UInt8]], _ isWhole: Bool
  ) -> Bool {
    collective.write([isWhole ? 1 : 0])
    for lane in isWhole ? lanes.hosted : 0..<0 {
      rollout.lanes[lane].write(to: collective)
      collective.write(memory[lane])
      collective.write([states[lane].count])
      collective.write(states[lane])
    }
    collective.meet()
    guard collective.failure == nil else { return false }
    var episodesBegun = lanes.episodesBegun
    for other in 0..<collective.count where other != collective.rank {
      var flag = [0]
      collective.read(from: other, into: &flag)
      guard isWhole, flag[0] == 1 else { return false }
      for lane in collective.share(of: lanes, rank: other) {
        rollout.lanes[lane].read(from: other, of: collective)
        collective.read(from: other, into: &memory[lane])
        var size = [0]
        collective.read(from: other, into: &size)
        states[lane] = Array(repeating: 0, count: size[0])
        collective.read(from: other, into: &states[lane])
        guard let episode = rollout.lanes[lane].episodes.last else { continue }
        episodesBegun[lane] = episode.number + 1
      }
    }
    lanes.restore(episodesBegun: episodesBegun)
    return collective.failure == nil
  }

  /// Where the lanes stand between two rollouts.
  struct Border {
    fileprivate var open: [OpenEpisode]
    fileprivate var episodesBegun: [Int]
  }

  /// Where the lanes stand now, after a whole rollout.
  var border: Border { Border(open: open, episodesBegun: lanes.episodesBegun) }

  /// Takes a rollout back; ``replay(_:)`` must follow before the next one.
  mutating func goBack(to border: Border) {
    open = border.open
    lanes.restore(episodesBegun: border.episodesBegun)
    isTorn = true
  }

  private func share(of total: Int, lane: Int) -> Int {
    total / lanes.count + (lane < total % lanes.count ? 1 : 0)
  }

  private func isReached(_ amount: Amount, _ lane: Int, _ steps: Rollout.Lane, _ ended: Bool) -> Bool {
    switch amount {
    case .stepsPerLane(let n): ended && steps.rewards.count >= n
    case .episodes(let n): ended && steps.episodes.count >= share(of: n, lane: lane)
    case .exactly(let n, _): ticks >= n
    }
  }

  /// Begins the lane's part of a rollout.
  private mutating func enter(_ lane: Int, _ amount: Amount, _ rollout: inout Rollout)
    throws(EnvironmentError)
  {
    if case .exactly(_, let number) = amount {
      actionStreams[lane].restart(
        at: StreamKey(
          seed: actionSeed, purpose: actionPurpose, lane: UInt32(lane), episode: UInt32(number)))
      if open[lane].isOpen {
        memory[lane] = open[lane].memory
        return rollout.lanes[lane].begin(episode: lanes.episodesBegun[lane] - 1, after: open[lane])
      }
    }
    // It begins after a step of the others.
    guard !lanes.isWaiting(lane) else { return }
    try begin(lane, amount, &rollout)
  }

  private mutating func begin(_ lane: Int, _ amount: Amount, _ rollout: inout Rollout)
    throws(EnvironmentError)
  {
    profile?.enter(.stepping)
    try lanes.reset(lane)
    profile?.enter(.recording)
    memory.forget(lane)
    rollout.lanes[lane].begin(episode: lanes.episodesBegun[lane] - 1)
    if case .exactly = amount { return }
    var key = lanes.key(actionPurpose, lane: lane)
    key.seed = actionSeed
    actionStreams[lane].restart(at: key)
  }

  private mutating func act(
    _ active: [Int], _ policy: Policy, _ θ: Parameters, _ rollout: inout Rollout
  ) {
    if policy.remembers {
      for lane in active where truncation.isMarked(rollout.lanes[lane].rewards.count) {
        rollout.lanes[lane].memorySteps.append(rollout.lanes[lane].rewards.count)
        rollout.lanes[lane].memories += memory[lane]
      }
    }
    show(active)
    profile?.enter(.acting)
    defer { profile?.enter(.recording) }
    policy.act(
      θ, on: observations, lanes: active, remembering: &memory,
      policy.hasCritic ? [.actor, .critic] : .actor,
      drawing: actionStreams, exploring: &exploration, in: &workspace, actions: &actions,
      logProbabilities: &logProbabilities)
  }

  /// Puts what these lanes observe side by side.
  private mutating func show(_ active: [Int]) {
    let (size, seen) = (lanes.observationSize, lanes.observations)
    var rows = observations.mutableSpan
    var first = 0
    for lane in active {
      let own = seen[lane]
      for k in 0..<size { rows[first + k] = own[k] }
      first += size
    }
  }

  /// Works out what the environment of a row receives.
  mutating func hold(_ row: Int, _ policy: Policy) {
    let (size, drawn) = (lanes.actionSize, actions)
    bounds.hold(policy, drawn.span.extracting(row * size..<(row + 1) * size), into: &applied)
  }

  private mutating func step(
    _ row: Int, _ lane: Int, _ policy: Policy, _ rollout: inout Rollout
  ) throws(EnvironmentError) -> Bool {
    let (o, a) = (lanes.observationSize, lanes.actionSize)
    hold(row, policy)
    profile?.enter(.stepping)
    let step = try lanes.step(lane, applied.span)
    profile?.enter(.recording)
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
    if step.isFault { rollout.lanes[lane].faults += 1 }
    finish(lane, end == .terminated ? .terminated : .truncated, &rollout)
    return true
  }

  private func finish(_ lane: Int, _ end: Trajectory.End, _ rollout: inout Rollout) {
    rollout.lanes[lane].finish(end, at: lanes.observations[lane])
  }

  /// Keeps the actions of the episodes that the next rollout goes on with.
  private mutating func remember(_ rollout: Rollout, _ amount: Amount, _ policy: Policy) {
    guard case .exactly = amount else { return }
    let size = lanes.actionSize
    for (lane, steps) in rollout.lanes.enumerated() {
      guard let episode = steps.episodes.last else { continue }
      if episode.end != .cut || episode.earlierSteps == 0 {
        open[lane] = OpenEpisode(vector: open[lane].vector)
      }
      guard episode.end == .cut else { continue }
      open[lane].isOpen = true
      open[lane].steps += episode.steps.count
      open[lane].observation = Array(steps.lastObservations.suffix(lanes.observationSize))
      open[lane].memory = memory[lane]
      for t in episode.steps {
        open[lane].reward += steps.rewards[t]
        guard !lanes.areVectors else { continue }
        bounds.hold(policy, steps.actions.span.extracting(t * size..<(t + 1) * size), into: &applied)
        open[lane].actions += applied
      }
    }
  }

  /// What the lane's environment has received in the episode in which a step of it failed.
  func actionsUpToFault(_ lane: Int, _ steps: Rollout.Lane, acting policy: Policy) -> [Float] {
    let size = lanes.actionSize
    // An episode that this rollout goes on with has its first actions elsewhere.
    var all =
      steps.episodes.count <= 1 && steps.episodes.last?.earlierSteps ?? 0 > 0 ? open[lane].actions : []
    var held = applied
    for t in (steps.episodes.last?.steps.lowerBound ?? 0)..<steps.rewards.count {
      bounds.hold(policy, steps.actions.span.extracting(t * size..<(t + 1) * size), into: &held)
      all += held
    }
    return all + applied
  }

  /// Brings every lane to where it was when `open` was recorded, by making the same steps again.
  ///
  /// - Returns: the first lane of this process whose last observation is not the recorded one, or nil when all are.
  public mutating func replay(
    _ open: [OpenEpisode]
  ) throws(EnvironmentError) -> Int? {
    self.open = open
    isTorn = false
    if lanes.areVectors { return try replayVectors() }
    return try lanes.held { () throws(EnvironmentError) in
      for lane in lanes.hosted {
        let episode = open[lane]
        guard episode.isOpen else {
          try lanes.take(episode.state, lane)
          continue
        }
        try lanes.resume(lane, from: episode.state)
        let size = lanes.actionSize
        for t in 0..<episode.steps {
          _ = try lanes.step(lane, episode.actions.span.extracting(t * size..<(t + 1) * size))
        }
        guard lanes.observations[lane] == episode.observation else { return lane }
      }
      return nil
    }
  }
}

extension Rollout.Lane {
  fileprivate var openEpisodeLength: Int {
    rewards.count - (episodes.last?.steps.lowerBound ?? 0) + (episodes.last?.earlierSteps ?? 0)
  }
}
