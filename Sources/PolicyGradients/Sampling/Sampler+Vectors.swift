internal import AscentEnvironments
internal import AscentMathematics
internal import AscentPolicies

/// The actions of a lane in its vector since the vector was last restarted; repeating them restores the vector.
///
/// The episodes of a vector have no streams of their own, so only the whole vector can be restored. To bound the size
/// of the log, vectors are restarted after ``Lanes/vectorSteps`` steps, which cuts the open episodes.
public struct VectorLog: Sendable, Equatable {
  /// The number of steps; 0 if the vector is to be restarted.
  public var steps = 0
  /// The number of episodes that the lane had begun before the restart.
  public var origin = 0
  /// The lane's actions, [step × value]; zeros for steps that the lane ignored, the last of which may still lie ahead.
  public var actions: [Float] = []

  /// Makes the log of a vector that is to be restarted.
  public init() {}
}

extension Sampler {
  /// True if the next rollout restarts the vectors.
  func areVectorsDue(_ amount: Amount) -> Bool {
    guard lanes.areVectors else { return false }
    guard case .exactly = amount else { return true }
    return open[0].vector.steps == 0 || open[0].vector.steps >= lanes.vectorSteps
  }

  /// Removes the open episodes and the vectors' logs.
  mutating func forgetVectors() {
    for lane in open.indices {
      let state = open[lane].state
      open[lane] = OpenEpisode()
      open[lane].state = state
      open[lane].vector.origin = lanes.episodesBegun[lane]
    }
  }

  /// Steps the vectors of the active lanes with the actions of the moving lanes; all lanes of a vector step together.
  ///
  /// A vector without an active lane is not stepped, so that its steps do not depend on the other vectors.
  mutating func advance(_ moving: [Int], of active: [Int], _ policy: Policy) throws(EnvironmentError) {
    for (row, lane) in moving.enumerated() {
      apply(row, policy)
      lanes.prepare(lane, applied.span)
    }
    profile?.enter(.stepping)
    try lanes.advanceVectors(of: active)
    profile?.enter(.recording)
  }

  /// True if the next rollout continues the episodes that this one leaves open.
  func isContinued(_ budget: SamplingBudget) -> Bool {
    guard case .exactly(let steps, _) = budget.amount else { return false }
    // The last rollout of a run may be shorter in some lanes than in others; no rollout continues it.
    guard lanes.areVectors else { return true }
    return budget.steps / lanes.count >= steps && open[0].vector.steps + steps < lanes.vectorSteps
  }

  /// Adds the lanes' steps to the logs; after the end of an episode a lane may ignore one step.
  mutating func recordVectors(of rollout: Rollout, _ budget: SamplingBudget, _ policy: Policy) {
    guard case .exactly(let steps, _) = budget.amount else { return }
    guard isContinued(budget) else { return forgetVectors() }
    for (lane, made) in rollout.lanes.enumerated() {
      open[lane].vector.steps += steps
      for episode in made.episodes {
        for t in episode.steps { open[lane].vector.actions += appliedAction(t, of: made, policy) }
        guard lanes.waitsAfterEnds, episode.end != .cut else { continue }
        open[lane].vector.actions += repeatElement(0, count: lanes.actionSize)
      }
    }
  }

  /// Restores the vectors to their positions when ``open`` was recorded; see ``replay(_:)``.
  mutating func replayVectors() throws(EnvironmentError) -> Int? {
    let episodesBegun = lanes.episodesBegun
    defer { lanes.restore(episodesBegun: episodesBegun) }
    if open[0].vector.steps > 0 { lanes.restore(episodesBegun: open.map(\.vector.origin)) }
    return try lanes.withLock { () throws(EnvironmentError) in
      for lane in lanes.hosted { try lanes.restore(open[lane].state, lane) }
      guard open[0].vector.steps > 0 else { return nil }
      try lanes.restartVectors()
      let empty = Array(repeating: Float(0), count: lanes.observationSize)
      var observations = Array(repeating: empty, count: lanes.count)
      var isOver = Array(repeating: true, count: lanes.count)
      for step in 0..<open[0].vector.steps {
        for lane in lanes.hosted where isOver[lane] && !lanes.isWaiting(lane) {
          try lanes.reset(lane, into: &observations[lane])
          isOver[lane] = false
        }
        let moving = lanes.hosted.filter { !lanes.isWaiting($0) }
        let values = Rows(stride: lanes.actionSize).indices(of: step)
        for lane in moving {
          let log = open[lane].vector.actions
          lanes.prepare(lane, log.span.extracting(values))
        }
        try lanes.advanceVectors(of: lanes.hosted)
        for lane in moving {
          let log = open[lane].vector.actions
          isOver[lane] =
            try lanes.step(lane, log.span.extracting(values), into: &observations[lane]).end != nil
        }
      }
      return lanes.hosted.first { open[$0].isOpen && observations[$0] != open[$0].observation }
    }
  }
}
