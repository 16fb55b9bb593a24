public import AscentEnvironments
internal import AscentMathematics
internal import AscentPolicies

// Episodes that continue in the next rollout, and the restoration of environments by replay.
//
// An environment in the middle of an episode cannot be saved. What is saved instead is its state before that episode, if it keeps
// one across episodes (``StateKeeper``), and the actions of the episode. Its random numbers need not be saved: the stream of an
// episode follows from the seed. To restore the environment, the state is loaded, and the reset and the actions are repeated.
extension Sampler {
  // MARK: States between episodes

  /// Before the first rollout: saves the state of each environment that has none in ``open`` yet.
  mutating func saveStates(_ states: inout [[UInt8]]) throws(EnvironmentError) {
    for lane in lanes.hosted where open[lane].state.isEmpty {
      open[lane].state = try lanes.state(lane)
      states[lane] = open[lane].state
    }
  }

  /// After a rollout: saves for each lane the state from which its environment can be restored.
  ///
  /// If an episode is open and will be continued, that is the state before this episode, which `lanes.states` has; otherwise
  /// it is the current state. A lane whose share of the budget was 0 made no step, so its old state is still right. The lanes
  /// of a vector environment share one state, that before the vector's last restart.
  mutating func saveStates(
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

  /// A snapshot between two rollouts of what ``goBack(to:)`` restores.
  struct Border {
    fileprivate let open: [OpenEpisode]
    fileprivate let episodesBegun: [Int]
  }

  /// A snapshot; valid after a complete rollout.
  var border: Border { Border(open: open, episodesBegun: lanes.episodesBegun) }

  /// Undoes the records of a rollout.
  ///
  /// The environments have moved on, so the sampler is torn: ``replay(_:)`` of ``open`` must
  /// restore them before the next rollout.
  mutating func goBack(to border: Border) {
    open = border.open
    lanes.restore(episodesBegun: border.episodesBegun)
    isTorn = true
  }

  /// Stores the data from which the next rollout continues the open episodes, except the environments' states, which
  /// ``fill`` stores.
  mutating func recordOpenEpisodes(of rollout: Rollout, _ budget: SamplingBudget, _ policy: Policy) {
    guard case .exactly = budget.amount else { return }
    for (lane, steps) in rollout.lanes.enumerated() {
      guard let episode = steps.episodes.last else { continue }
      // The record begins anew unless this rollout continued the episode and did not end it.
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
    if lanes.areVectors { recordVectors(of: rollout, budget, policy) }
  }

  /// The action that the environment received in a step.
  func appliedAction(_ step: Int, of steps: Rollout.Lane, _ policy: Policy) -> [Float] {
    var action = applied
    bounds.clamp(policy, steps.actions.span.extracting(steps.values.indices(of: step)), into: &action)
    return action
  }

  // MARK: Replay

  /// Restores the environments of this process's lanes to where they were when `open` was recorded.
  ///
  /// Until this succeeds the sampler stays torn, and must not sample.
  ///
  /// - Parameter open: one record for each lane of the run.
  /// - Returns: nil if the last observation of every open episode equals the recorded one; otherwise the first lane for which
  ///   it differs, whose environment is not deterministic. Lanes after that one are not restored.
  /// - Throws: ``EnvironmentError`` of a reset or a step.
  public mutating func replay(_ open: [OpenEpisode]) throws(EnvironmentError) -> Int? {
    Require.count(open.count, of: "open episodes", is: lanes.count, "one for each lane")
    if let fault = fault(of: open) { Require.that(false, fault) }
    self.open = open
    isTorn = true
    let differing = try lanes.areVectors ? replayVectors() : replayLanes()
    isTorn = differing != nil
    return differing
  }

  /// A sentence about an open episode whose arrays do not fit; nil if all do.
  func fault(of open: [OpenEpisode]) -> StaticString? {
    open.lazy.compactMap { $0.fault(lanes, acting.memory.size) }.first
  }

  private func replayLanes() throws(EnvironmentError) -> Int? {
    try lanes.withLock { () throws(EnvironmentError) in
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
