public import Environments
internal import Mathematics
internal import Policies

// Episodes that one rollout leaves open and the next one continues, and how the environments are brought back into them.
extension Sampler {
  // MARK: State that outlives episodes

  /// Saves the state of those environments of which none is saved yet.
  mutating func keepStates(_ states: inout [[UInt8]]) throws(EnvironmentError) {
    for lane in lanes.hosted where open[lane].state.isEmpty {
      open[lane].state = try lanes.state(lane)
      states[lane] = open[lane].state
    }
  }

  /// Saves the state that belongs to what the rollout leaves behind: that before an open episode, or the newest one.
  ///
  /// A lane without a share of the budget is where it was. A vector without one is started anew in the next rollout, like
  /// the others.
  mutating func keepStates(
    _ states: inout [[UInt8]], after rollout: Rollout, _ budget: SamplingBudget
  ) throws(EnvironmentError) {
    guard lanes.keepsState else { return }
    let isContinued = isContinued(budget)
    for lane in lanes.hosted where lanes.areVectors || budget.steps(of: lane, of: lanes.count) > 0 {
      let isOpen = lanes.areVectors || rollout.lanes[lane].episodes.last?.end == .cut
      states[lane] = try isContinued && isOpen ? lanes.states[lane] : lanes.state(lane)
    }
  }

  // MARK: After a rollout

  /// Where the lanes stand between two rollouts.
  struct Border {
    fileprivate let open: [OpenEpisode]
    fileprivate let episodesBegun: [Int]
  }

  /// Where the lanes stand now, after a complete rollout.
  var border: Border { Border(open: open, episodesBegun: lanes.episodesBegun) }

  /// Takes a rollout back; ``replay(_:)`` must follow before the next one.
  mutating func goBack(to border: Border) {
    open = border.open
    lanes.restore(episodesBegun: border.episodesBegun)
    isTorn = true
  }

  /// Keeps what the next rollout needs to continue the open episodes.
  mutating func keepOpenEpisodes(of rollout: Rollout, _ budget: SamplingBudget, _ policy: Policy) {
    guard case .exactly = budget.amount else { return }
    for (lane, steps) in rollout.lanes.enumerated() {
      guard let episode = steps.episodes.last else { continue }
      if episode.end != .cut || episode.earlierSteps == 0 {
        open[lane] = OpenEpisode(vector: open[lane].vector)
      }
      guard episode.end == .cut else { continue }
      open[lane].isOpen = true
      open[lane].steps += episode.steps.count
      open[lane].observation = steps.observation(inSlot: episode.lastSlot)
      open[lane].memory = acting.memory[lane]
      for t in episode.steps {
        open[lane].reward += steps.rewards[t]
        guard !lanes.areVectors else { continue }
        open[lane].actions += appliedAction(t, of: steps, policy)
      }
    }
    if lanes.areVectors { keepVectors(of: rollout, budget, policy) }
  }

  /// The action that the environment received in a step.
  func appliedAction(_ step: Int, of steps: Rollout.Lane, _ policy: Policy) -> [Float] {
    var action = applied
    bounds.clamp(policy, steps.actions.span.extracting(steps.values.indices(of: step)), into: &action)
    return action
  }

  // MARK: Making steps again

  /// Brings every lane to where it was when `open` was recorded, by making the same steps again.
  ///
  /// - Returns: the first lane of this process whose last observation is not the recorded one, or nil when all are.
  public mutating func replay(_ open: [OpenEpisode]) throws(EnvironmentError) -> Int? {
    self.open = open
    isTorn = false
    if lanes.areVectors { return try replayVectors() }
    return try lanes.withLock { () throws(EnvironmentError) in
      var observation = Array(repeating: Float(0), count: lanes.observationSize)
      let values = Rows(stride: lanes.actionSize)
      for lane in lanes.hosted {
        let episode = open[lane]
        guard episode.isOpen else {
          try lanes.restore(episode.state, lane)
          continue
        }
        try lanes.repeatReset(lane, from: episode.state, into: &observation)
        for t in 0..<episode.steps {
          _ = try lanes.step(
            lane, episode.actions.span.extracting(values.indices(of: t)), into: &observation)
        }
        guard observation == episode.observation else { return lane }
      }
      return nil
    }
  }
}
