public import Randomness

/// Environments side by side: their keys, their episode counters and what each one shows now.
///
/// A lane is the unit of determinism: episode k of lane l begins on the stream (seed, purpose, l, k), and goes on
/// on that of its transitions, whatever the other lanes do. A process of many hosts some of a run's lanes; it counts
/// the episodes of all of them, and has environments for its own.
public final class Lanes {
  /// How many lanes the run has.
  public let count: Int
  /// Those whose environments are here.
  public let hosted: Range<Int>
  /// The set of observations, the same in every lane.
  public let observationSpace: Space
  /// The set of actions, the same in every lane.
  public let actionSpace: Space
  /// Floats per observation, the mask included.
  public let observationSize: Int
  /// How many of them say which choices are allowed.
  public let maskSize: Int
  /// Floats per action.
  public let actionSize: Int
  /// The seed of the run.
  public let seed: UInt64
  /// The seed of the transitions' streams: the run's, unless they are drawn anew on purpose.
  public let transitionSeed: UInt64
  /// The seed of the emissions' streams: the run's, unless they are drawn anew on purpose.
  public let emissionSeed: UInt64
  /// What the environments' streams are for.
  public let purpose: StreamKey.Purpose

  private let environments: [any Environment]
  private let vectors: [any EnvironmentVector]
  /// How many neighboring lanes are stepped together: one, or a vector's size.
  public let unit: Int
  /// Whether a lane whose episode ended sits the next step of its vector out.
  public let waitsAfterEnds: Bool
  /// After how many of their steps vectors are begun anew, so that they can be brought back by making these again.
  public let vectorSteps: Int
  /// Whether environments keep something across episodes.
  public let keepsState: Bool
  /// What each lane's environment kept when its last episode began; a vector's is its first lane's.
  public private(set) var states: [[UInt8]]
  /// The current observations, [lane][feature].
  public private(set) var observations: [[Float]]
  /// The number of episodes that each lane has begun.
  public private(set) var episodesBegun: [Int]

  /// Puts environments side by side; they must have equal spaces.
  ///
  /// They are the lanes from `first` on, of `count` lanes: all of them unless something else is said. Where they
  /// belong to vectors, these have equal sizes and stand in the order of their lanes.
  ///
  /// - Throws: ``LanesError`` when there is none, or when one has other spaces than the first.
  public init(
    _ environments: [any Environment], seed: UInt64, purpose: StreamKey.Purpose = .environment,
    from firstLane: Int = 0, of count: Int? = nil, vectors: [any EnvironmentVector] = [],
    restartingAfter vectorSteps: Int = .max
  ) throws(LanesError) {
    guard let first = environments.first else { throw LanesError.none }
    for (lane, environment) in environments.enumerated() {
      guard environment.observationSpace == first.observationSpace,
        environment.actionSpace == first.actionSpace, environment.maskSize == first.maskSize
      else { throw LanesError.differentSpaces(lane: firstLane + lane) }
    }
    self.environments = environments
    self.vectors = vectors
    unit = vectors.first?.count ?? 1
    waitsAfterEnds = vectors.first?.waitsAfterEnds ?? false
    self.vectorSteps = vectorSteps
    self.seed = seed
    transitionSeed = seed
    emissionSeed = seed
    self.purpose = purpose
    self.count = count ?? environments.count
    hosted = firstLane..<firstLane + environments.count
    observationSpace = first.observationSpace
    actionSpace = first.actionSpace
    (observationSize, maskSize) = (first.observationSize, first.maskSize)
    actionSize = first.actionSpace.valueCount
    keepsState = vectors.first?.keepsState ?? first.keepsState
    states = Array(repeating: [], count: count ?? environments.count)
    let empty = Array(repeating: Float(0), count: first.observationSize)
    observations = Array(repeating: empty, count: self.count)
    episodesBegun = Array(repeating: 0, count: self.count)
  }

  /// The same environments with other initial states, transitions or emissions; one of the two is used at a time.
  public func reseeded(
    initialStates: UInt64? = nil, transitions: UInt64? = nil, emissions: UInt64? = nil
  ) -> Lanes {
    Lanes(
      self, seed: initialStates ?? seed, transitionSeed: transitions ?? transitionSeed,
      emissionSeed: emissions ?? emissionSeed)
  }

  private init(_ other: Lanes, seed: UInt64, transitionSeed: UInt64, emissionSeed: UInt64) {
    (environments, vectors) = (other.environments, other.vectors)
    (unit, waitsAfterEnds, vectorSteps) = (other.unit, other.waitsAfterEnds, other.vectorSteps)
    (count, hosted) = (other.count, other.hosted)
    (observationSpace, actionSpace) = (other.observationSpace, other.actionSpace)
    (observationSize, maskSize) = (other.observationSize, other.maskSize)
    (actionSize, purpose) = (other.actionSize, other.purpose)
    (observations, episodesBegun) = (other.observations, other.episodesBegun)
    (keepsState, states) = (other.keepsState, other.states)
    self.seed = seed
    self.transitionSeed = transitionSeed
    self.emissionSeed = emissionSeed
  }

  private var transitionPurpose: StreamKey.Purpose {
    purpose == .environment ? .transitions : .evaluationTransitions
  }

  private func environment(_ lane: Int) -> any Environment { environments[lane - hosted.lowerBound] }

  /// What the lane allows now, one float for each choice; empty where everything always is.
  public func mask(_ lane: Int) -> [Float] { Array(observations[lane].suffix(maskSize)) }

  /// The key of the episode that the lane is in, for the numbers of `purpose`.
  public func key(_ purpose: StreamKey.Purpose, lane: Int) -> StreamKey {
    StreamKey(
      seed: seed, purpose: purpose, lane: UInt32(lane), episode: UInt32(max(0, episodesBegun[lane] - 1)))
  }

  /// Begins the lane's next episode.
  public func reset(_ lane: Int) throws(EnvironmentError) {
    if keepsState, !areVectors { states[lane] = try state(lane) }
    episodesBegun[lane] += 1
    var emissions = key(purpose == .environment ? .emissions : .evaluationEmissions, lane: lane)
    emissions.seed = emissionSeed
    environment(lane).emit(from: emissions)
    try environment(lane).reset(key(purpose, lane: lane), into: &observations[lane])
    var transitions = key(transitionPurpose, lane: lane)
    transitions.seed = transitionSeed
    environment(lane).follow(transitions)
  }

  /// Begins the lane's current episode again, in an environment that keeps what it kept then.
  public func resume(_ lane: Int, from state: [UInt8] = []) throws(EnvironmentError) {
    episodesBegun[lane] -= 1
    try take(state, lane)
    try reset(lane)
  }

  /// Who keeps something for the lane: its environment, or its vector where it is that one's first.
  private func keeper(_ lane: Int) -> (any StateKeeper)? {
    guard areVectors else { return environment(lane) }
    let place = lane - hosted.lowerBound
    return place % unit == 0 ? vectors[place / unit] : nil
  }

  private func next(_ lane: Int) -> StreamKey {
    StreamKey(seed: seed, purpose: purpose, lane: UInt32(lane), episode: UInt32(episodesBegun[lane]))
  }

  /// What the lane's environment keeps now, between two episodes; nothing where none does.
  public func state(_ lane: Int) throws(EnvironmentError) -> [UInt8] {
    guard keepsState, let keeper = keeper(lane) else { return [] }
    return try keeper.state(before: next(lane))
  }

  /// Lets the lane's environment keep what it kept once; nothing is nothing to do.
  public func take(_ state: [UInt8], _ lane: Int) throws(EnvironmentError) {
    guard !state.isEmpty, let keeper = keeper(lane) else { return }
    do throws(EnvironmentError) {
      try keeper.take(state, before: next(lane))
    } catch {
      throw EnvironmentError(
        lane: lane, episode: error.episode, step: error.step, seed: error.seed,
        fault: .stateNotTaken("\(error)"))
    }
  }

  /// Makes one step in the lane; when the episode ends, its last observation stays until the next reset.
  public func step(_ lane: Int, _ action: Span<Float>) throws(EnvironmentError) -> Step {
    try environment(lane).step(action, into: &observations[lane])
  }

  /// Whether lanes are stepped together.
  public var areVectors: Bool { unit > 1 }

  /// Begins all environments of the vectors anew, each vector on the streams of the episode that its first lane begins next.
  public func restartVectors() throws(EnvironmentError) {
    for (k, vector) in vectors.enumerated() {
      let first = hosted.lowerBound + k * unit
      let (lane, episode) = (UInt32(first), UInt32(episodesBegun[first]))
      states[first] = try state(first)
      try vector.restart(
        StreamKey(seed: seed, purpose: purpose, lane: lane, episode: episode),
        following: StreamKey(
          seed: transitionSeed, purpose: transitionPurpose, lane: lane, episode: episode))
    }
  }

  /// Says which action the lane's next step makes, where it belongs to a vector.
  public func prepare(_ lane: Int, _ action: Span<Float>) { environment(lane).prepare(action) }

  /// Makes the step that was prepared, of the vectors that these lanes, in ascending order, belong to; ``step(_:_:)``
  /// then tells each lane what it came to.
  public func advanceVectors(of lanes: some Sequence<Int>) throws(EnvironmentError) {
    var last: Int?
    for lane in lanes {
      let place = (lane - hosted.lowerBound) / unit
      if place != last { try vectors[place].advance() }
      last = place
    }
  }

  /// Whether the lane's next episode begins only after a step of its vector.
  public func isWaiting(_ lane: Int) -> Bool { environment(lane).isWaiting }

  /// Puts the episode counters where a checkpoint was taken; no episode is open then.
  public func restore(episodesBegun: [Int]) {
    self.episodesBegun = episodesBegun
  }

  /// Says that ``hiddenState(_:)`` will be asked for.
  public func keepHiddenStates() {
    for environment in environments { environment.keepHiddenState() }
  }

  /// The state behind a lane's observation, where its environment gives it.
  public func hiddenState(_ lane: Int) -> [Float]? { environment(lane).hiddenState }

  /// Runs `body` inside what the environments need to hold while they are stepped.
  public func held<R>(_ body: () throws(EnvironmentError) -> R) throws(EnvironmentError) -> R {
    try environments[0].held(body)
  }
}

/// Why environments cannot stand side by side.
public enum LanesError: Error, Equatable, CustomStringConvertible {
  /// There is no environment.
  case none
  /// This lane has other spaces than lane 0.
  case differentSpaces(lane: Int)

  /// One sentence.
  public var description: String {
    switch self {
    case .none: "a run needs at least one lane"
    case .differentSpaces(let lane): "lane \(lane) has other spaces than lane 0; all lanes must be alike"
    }
  }
}
