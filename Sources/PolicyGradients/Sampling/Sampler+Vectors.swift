internal import Environments
internal import Policies

/// What a lane's vector did since all of it was begun anew: what brings it back.
///
/// A vector's episodes have no streams of their own, so it is brought back as a whole, by all its steps. So that these
/// do not grow for ever, vectors are begun anew after ``Lanes/vectorSteps`` of them, which cuts what is open.
public struct VectorLog: Sendable, Equatable {
  /// How many steps that were; 0 when the vector is to be begun anew.
  public var steps = 0
  /// How many episodes the lane had begun before.
  public var origin = 0
  /// The lane's actions, [step × value]; zeros where it sat a step out, one of which may be yet to come.
  public var actions: [Float] = []

  /// Nothing was done.
  public init() {}
}

extension Sampler {
  /// Whether the next rollout begins the vectors anew.
  func areVectorsDue(_ amount: Amount) -> Bool {
    guard lanes.areVectors else { return false }
    guard case .exactly = amount else { return true }
    return open[0].vector.steps == 0 || open[0].vector.steps >= lanes.vectorSteps
  }

  /// Takes leave of what is open.
  mutating func forgetVectors() {
    for lane in open.indices {
      let state = open[lane].state
      open[lane] = OpenEpisode()
      open[lane].state = state
      open[lane].vector.origin = lanes.episodesBegun[lane]
    }
  }

  /// Steps the vectors of the active lanes; lanes that do not act are stepped with them.
  ///
  /// A vector of which no lane is active stands still, so that its steps do not depend on the vectors beside it.
  mutating func advance(_ acting: [Int], of active: [Int], _ policy: Policy) throws(EnvironmentError) {
    for (row, lane) in acting.enumerated() {
      hold(row, policy)
      lanes.prepare(lane, applied.span)
    }
    profile?.enter(.stepping)
    try lanes.advanceVectors(of: active)
    profile?.enter(.recording)
  }

  /// Whether the next rollout goes on with what this one leaves open.
  func goesOn(_ amount: Amount, _ budget: Int) -> Bool {
    guard case .exactly(let steps, _) = amount else { return false }
    // The budget's last rollout is shorter in some lanes than in others, and nothing goes on with it.
    guard lanes.areVectors else { return true }
    return budget / lanes.count >= steps && open[0].vector.steps + steps < lanes.vectorSteps
  }

  /// Keeps what the vectors did, by what the lanes did: after an episode's end a lane may have sat a step out.
  mutating func rememberVectors(_ rollout: Rollout, _ amount: Amount, _ policy: Policy, budget: Int) {
    guard case .exactly(let steps, _) = amount else { return }
    guard goesOn(amount, budget) else { return forgetVectors() }
    let size = lanes.actionSize
    for (lane, made) in rollout.lanes.enumerated() {
      open[lane].vector.steps += steps
      for episode in made.episodes {
        for t in episode.steps {
          bounds.hold(policy, made.actions.span.extracting(t * size..<(t + 1) * size), into: &applied)
          open[lane].vector.actions += applied
        }
        guard lanes.waitsAfterEnds, episode.end != .cut else { continue }
        open[lane].vector.actions += Array(repeating: 0, count: size)
      }
    }
  }

  /// Brings the vectors to where they were when ``open`` was recorded; see ``replay(_:)``.
  mutating func replayVectors() throws(EnvironmentError) -> Int? {
    let episodesBegun = lanes.episodesBegun
    defer { lanes.restore(episodesBegun: episodesBegun) }
    if open[0].vector.steps > 0 { lanes.restore(episodesBegun: open.map(\.vector.origin)) }
    return try lanes.held { () throws(EnvironmentError) in
      for lane in lanes.hosted { try lanes.take(open[lane].state, lane) }
      guard open[0].vector.steps > 0 else { return nil }
      try lanes.restartVectors()
      var isOver = Array(repeating: true, count: lanes.count)
      for step in 0..<open[0].vector.steps {
        for lane in lanes.hosted where isOver[lane] && !lanes.isWaiting(lane) {
          try lanes.reset(lane)
          isOver[lane] = false
        }
        let acting = lanes.hosted.filter { !lanes.isWaiting($0) }
        let values = step * lanes.actionSize..<(step + 1) * lanes.actionSize
        for lane in acting {
          let log = open[lane].vector.actions
          lanes.prepare(lane, log.span.extracting(values))
        }
        try lanes.advanceVectors(of: lanes.hosted)
        for lane in acting {
          let log = open[lane].vector.actions
          isOver[lane] = try lanes.step(lane, log.span.extracting(values)).end != nil
        }
      }
      return lanes.hosted.first { open[$0].isOpen && lanes.observations[$0] != open[$0].observation }
    }
  }
}

extension Collective {
  /// The lanes of a process, whole vectors where they belong to some.
  func share(of lanes: Lanes, rank: Int) -> Range<Int> {
    share(of: lanes.count, unit: lanes.unit, rank: rank)
  }

  /// The lanes of a process, of which `unit` neighbors stay together.
  public func share(of total: Int, unit: Int, rank: Int) -> Range<Int> {
    let units = share(of: total / unit, rank: rank)
    return units.lowerBound * unit..<units.upperBound * unit
  }
}
