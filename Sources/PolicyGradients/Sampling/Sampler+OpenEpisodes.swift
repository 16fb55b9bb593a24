public import Environments
internal import Mathematics
internal import Policies

// Episodes that continue in the next rollout, and the restoration of environments by replay.
extension Sampler {
  // MARK: Kept states

  /// Saves the kept state of those environments for which none is saved yet.
  mutating func keepStates(_ states: inout [[UInt8]]) throws(EnvironmentError) {
    for lane in lanes.hosted where open[lane].state.isEmpty {
      open[lane].state = try lanes.state(lane)
      states[lane] = open[lane].state
    }
  }

  /// Saves the kept state from which the lanes' positions after the rollout can be restored.
  ///
  /// That is the state before an open episode, or the current one if no episode is open. A lane without a share of the
  /// budget has not moved. A vector without a share is restarted in the next rollout, like all vectors.
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

  /// The positions of the lanes between two rollouts.
  struct Border {
    fileprivate let open: [OpenEpisode]
    fileprivate let episodesBegun: [Int]
  }

  /// The current positions of the lanes, after a complete rollout.
  var border: Border { Border(open: open, episodesBegun: lanes.episodesBegun) }

  /// Undoes a rollout; ``replay(_:)`` must be called before the next one.
  mutating func goBack(to border: Border) {
    open = border.open
    lanes.restore(episodesBegun: border.episodesBegun)
    isTorn = true
  }

  /// Stores the data from which the next rollout continues the open episodes.
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

  // MARK: Replay

  /// Restores every lane to its position when `open` was recorded, by repeating the recorded steps.
  ///
  /// - Returns: the first lane of this process whose last observation differs from the recorded one; nil if none does.
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
