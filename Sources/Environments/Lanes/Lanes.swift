internal import AscentMathematics
public import AscentRandomness

/// The lanes of a run: environments stepped side by side, with their random streams and episode counters.
///
/// A lane is the unit of determinism: episode k of lane l draws from the streams (seed, purpose, l, k), whatever the
/// other lanes do. If there are several processes, each hosts the environments of some lanes and counts the episodes of
/// all.
public final class Lanes {
  /// The number of lanes of the run.
  public let count: Int
  /// The lanes whose environments this process hosts.
  public let hosted: Range<Int>
  /// The set of observations, the same in every lane.
  public let observationSpace: Space
  /// The set of actions, the same in every lane.
  public let actionSpace: Space
  /// The number of floats of an observation, including the mask.
  public let observationSize: Int
  /// The number of floats of the mask of allowed choices.
  public let maskSize: Int
  /// The number of floats of an action.
  public let actionSize: Int
  /// The seeds of the streams.
  public let seeds: Seeds
  /// The purpose of the streams of initial states, which determines the purposes of transitions and emissions.
  public let purpose: StreamKey.Purpose
  /// The number of neighboring lanes that are stepped together: 1, or the size of a vector.
  public let unit: Int
  /// True if a lane whose episode ended ignores the next step of its vector.
  public let waitsAfterEnds: Bool
  /// The number of steps after which vectors are restarted, so that few steps restore the state of a vector.
  public let vectorSteps: Int
  /// True if environments keep state across episodes.
  public let keepsState: Bool

  /// The number of episodes that each lane has begun.
  public internal(set) var episodesBegun: [Int]
  /// The state that each lane's environment keeps, saved before its last episode; a vector's is at its first lane.
  public internal(set) var states: [[UInt8]]

  /// The number of steps of each lane's current episode.
  private var steps: [Int]
  /// The check of what the environments return; nil if all of them are checked elsewhere.
  private let contract: Contract?
  /// The learner that these lanes belong to.
  package weak var owner: AnyObject?

  let players: [Players]
  let vectors: [any EnvironmentVector]

  /// The seeds of the streams: the seed of the run, unless one source of randomness is redrawn on purpose.
  public struct Seeds: Sendable, Equatable {
    /// The seed of initial states, and of every stream without a seed of its own.
    public var initialStates: UInt64
    /// The seed of transitions.
    public var transitions: UInt64
    /// The seed of emissions.
    public var emissions: UInt64

    /// Uses one seed for all three.
    public init(_ seed: UInt64) { (initialStates, transitions, emissions) = (seed, seed, seed) }
  }

  /// Makes the lanes of environments, which must have equal spaces.
  ///
  /// - Parameters:
  ///   - environments: the environments of the lanes that this process hosts; members of vectors in the vectors' order.
  ///   - seed: the seed of the streams.
  ///   - purpose: the purpose of the streams.
  ///   - share: the lanes of this process and the number of all lanes; nil if it hosts them all.
  ///   - vectors: the vectors that step the environments, of equal sizes.
  ///   - vectorSteps: the number of steps after which vectors are restarted.
  /// - Throws: ``LanesError`` when there is no environment, when the spaces of one differ from those of the first, or
  ///   when the sizes of a space contradict each other.
  public init(
    _ environments: [any Environment], seed: UInt64, purpose: StreamKey.Purpose = .environment,
    share: (lanes: Range<Int>, count: Int)? = nil, vectors: [any EnvironmentVector] = [],
    restartingAfter vectorSteps: Int = .max
  ) throws(LanesError) {
    guard let first = environments.first else { throw LanesError.none }
    let stepped = vectors.reduce(0) { $0 + $1.count }
    guard
      share.map({
        $0.lanes.count == environments.count && $0.lanes.lowerBound >= 0 && $0.lanes.upperBound <= $0.count
      }) ?? true,
      vectors.isEmpty || stepped == environments.count, vectors.allSatisfy({ $0.count == vectors[0].count })
    else { throw LanesError.count(environments: environments.count, lanes: share?.lanes ?? 0..<stepped) }
    hosted = share?.lanes ?? 0..<environments.count
    count = share?.count ?? environments.count
    for space in [first.observationSpace, first.actionSpace] {
      if let fault = space.fault { throw LanesError.space(fault) }
    }
    for (lane, environment) in environments.enumerated() {
      guard environment.observationSpace == first.observationSpace,
        environment.actionSpace == first.actionSpace, environment.maskSize == first.maskSize
      else { throw LanesError.differentSpaces(lane: hosted.lowerBound + lane) }
    }
    players = environments.map { Players($0) }
    (self.vectors, self.vectorSteps) = (vectors, vectorSteps)
    unit = vectors.first?.count ?? 1
    waitsAfterEnds = vectors.first?.waitsAfterEnds ?? false
    (seeds, self.purpose) = (Seeds(seed), purpose)
    observationSpace = first.observationSpace
    actionSpace = first.actionSpace
    (observationSize, maskSize) = (first.observationSize, first.maskSize)
    actionSize = first.actionSpace.valueCount
    keepsState = vectors.first?.keepsState ?? players[0].keeper?.keepsState ?? false
    states = Array(repeating: [], count: count)
    episodesBegun = Array(repeating: 0, count: count)
    steps = episodesBegun
    contract = environments.allSatisfy(\.isChecked) ? nil : Contract(of: first)
  }

  /// Returns lanes with the same environments and other seeds.
  ///
  /// The environments are shared, so use only one of the two at a time.
  public func reseeded(_ seeds: Seeds) -> Lanes { Lanes(self, seeds) }

  private init(_ other: Lanes, _ seeds: Seeds) {
    (players, vectors, self.seeds) = (other.players, other.vectors, seeds)
    (unit, waitsAfterEnds, vectorSteps) = (other.unit, other.waitsAfterEnds, other.vectorSteps)
    (count, hosted, purpose) = (other.count, other.hosted, other.purpose)
    (observationSpace, actionSpace) = (other.observationSpace, other.actionSpace)
    (observationSize, maskSize) = (other.observationSize, other.maskSize)
    (actionSize, episodesBegun) = (other.actionSize, other.episodesBegun)
    (keepsState, states, steps, contract) = (other.keepsState, other.states, other.steps, other.contract)
  }

  /// The seed of the run.
  public var seed: UInt64 { seeds.initialStates }

  func player(_ lane: Int) -> Players {
    Require.index(lane, of: "lane", in: hosted)
    return players[lane - hosted.lowerBound]
  }

  // MARK: Streams

  /// Returns the key of the stream for `purpose` in the lane's current episode.
  public func key(_ purpose: StreamKey.Purpose, lane: Int) -> StreamKey {
    Require.index(lane, of: "lane", in: 0..<count)
    return StreamKey(
      seed: seed, purpose: purpose, lane: UInt32(lane), episode: UInt32(max(0, episodesBegun[lane] - 1)))
  }

  /// Returns the key of the stream of the lane's next episode.
  func nextKey(_ lane: Int) -> StreamKey {
    Require.index(lane, of: "lane", in: 0..<count)
    return StreamKey(seed: seed, purpose: purpose, lane: UInt32(lane), episode: UInt32(episodesBegun[lane]))
  }

  private func emissionKey(_ lane: Int) -> StreamKey {
    var key = key(purpose.ofEmissions, lane: lane)
    key.seed = seeds.emissions
    return key
  }

  func transitionKey(_ lane: Int) -> StreamKey {
    var key = key(purpose.ofTransitions, lane: lane)
    key.seed = seeds.transitions
    return key
  }

  // MARK: Episodes

  /// Begins the lane's next episode and writes its first observation.
  public func reset(_ lane: Int, into observation: inout MutableSpan<Float>) throws(EnvironmentError) {
    let player = player(lane)
    Require.count(observation.count, of: "observation", is: observationSize, "the lanes' observationSize")
    if keepsState, !areVectors { states[lane] = try state(lane) }
    episodesBegun[lane] += 1
    steps[lane] = 0
    if !player.emissions.isEmpty {
      let key = emissionKey(lane)
      for drawing in player.emissions { drawing.drawEmissions(from: key) }
    }
    try player.environment.reset(key(purpose, lane: lane), into: &observation)
    if let contract, !contract.isKept(reward: 0, observation) { throw fault(lane, 0, observation) }
    guard !player.transitions.isEmpty else { return }
    let key = transitionKey(lane)
    for drawing in player.transitions { drawing.drawTransitions(from: key) }
  }

  /// Takes one step in the lane and writes the next observation; at the end of an episode, this is its last
  /// observation.
  ///
  /// - Throws: ``EnvironmentError`` when the environment breaks its contract; also when the reward of an environment
  ///   that is not a ``ContractKeeper`` is not finite, or its observation is outside of its space.
  public func step(
    _ lane: Int, _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    Require.count(action.count, of: "action", is: actionSize, "the lanes' actionSize")
    Require.count(observation.count, of: "observation", is: observationSize, "the lanes' observationSize")
    let step = try player(lane).environment.step(action, into: &observation)
    guard let contract else { return step }
    steps[lane] += 1
    if !contract.isKept(reward: step.reward, observation) { throw fault(lane, step.reward, observation) }
    return step
  }

  /// The fault of the lane's last reward and observation, with its location.
  private func fault(
    _ lane: Int, _ reward: Double, _ observation: borrowing MutableSpan<Float>
  ) -> EnvironmentError {
    EnvironmentError(
      lane: lane, episode: max(0, episodesBegun[lane] - 1), step: steps[lane], seed: seed,
      fault: contract?.fault(reward: reward, observation) ?? .resource("its fault passed"))
  }

  /// Sets the episode counters, for example to those of a checkpoint; afterward no episode is open.
  public func restore(episodesBegun: [Int]) {
    Require.count(episodesBegun.count, of: "episode counters", is: count, "one for each lane")
    self.episodesBegun = episodesBegun
  }

  // MARK: Roles

  /// Runs `body` while holding the lock that the environments need, if any.
  public func withLock<R>(_ body: () throws(EnvironmentError) -> R) throws(EnvironmentError) -> R {
    guard let holder = players[0].lock else { return try body() }
    return try holder.withLock(body)
  }

  /// Makes the environments store their hidden states, for ``hiddenState(_:)``.
  public func keepHiddenStates() {
    for player in players { for state in player.states { state.keepHiddenState() } }
  }

  /// Returns the state behind the lane's last observation, from the innermost environment that has one, or nil.
  public func hiddenState(_ lane: Int) -> [Float]? {
    player(lane).states.reversed().lazy.compactMap(\.hiddenState).first
  }
}

extension Lanes {
  /// Begins the lane's next episode and writes its first observation into an array of `observationSize` floats.
  public func reset(_ lane: Int, into observation: inout [Float]) throws(EnvironmentError) {
    var span = observation.mutableSpan
    try reset(lane, into: &span)
  }

  /// Takes one step in the lane and writes the next observation into an array of `observationSize` floats.
  public func step(
    _ lane: Int, _ action: Span<Float>, into observation: inout [Float]
  ) throws(EnvironmentError) -> Step {
    var span = observation.mutableSpan
    return try step(lane, action, into: &span)
  }
}
