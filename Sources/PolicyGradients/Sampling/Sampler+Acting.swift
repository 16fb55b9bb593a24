public import AscentEnvironments
internal import AscentMathematics
public import AscentPolicies
internal import AscentRandomness

// Acting in the lanes and stepping the environments.
extension Sampler {
  /// Draws an action for each of the lanes, and records the recurrent state where a sequence may start.
  mutating func act(_ moving: [Int], _ policy: Policy, _ θ: Parameters, _ rollout: inout Rollout) {
    if policy.remembers {
      for lane in moving where truncation.isMarked(rollout.lanes[lane].rewards.count) {
        rollout.lanes[lane].memorySteps.append(rollout.lanes[lane].rewards.count)
        rollout.lanes[lane].memories += acting.memory[lane]
      }
    }
    copyObservations(of: moving, rollout, for: policy)
    profile?.enter(.acting)
    policy.act(θ, for: moving, drawing: actionStreams, in: &acting)
    profile?.enter(.recording)
  }

  /// Copies the lanes' newest observations into consecutive rows for the networks.
  private mutating func copyObservations(of moving: [Int], _ rollout: Rollout, for policy: Policy) {
    acting.readsPixels = ObservationRows.copy(
      moving.count, of: rollout, for: policy, into: &acting.observations, &acting.pixels
    ) { row in
      let lane = moving[row]
      return ObservationRows.Place(lane: lane, slot: rollout.lanes[lane].slotCount - 1)
    }
  }

  /// Computes the action that the environment receives for a row.
  mutating func apply(_ row: Int, _ policy: Policy) {
    let drawn = acting.actions
    bounds.clamp(
      policy, drawn.span.extracting(Rows(stride: lanes.actionSize).indices(of: row)), into: &applied)
  }

  /// Steps a lane's environment with the action of its row; returns true if the episode ended.
  mutating func step(
    _ row: Int, _ lane: Int, _ policy: Policy, _ rollout: inout Rollout
  ) throws(EnvironmentError) -> Bool {
    apply(row, policy)
    profile?.enter(.stepping)
    let step = try rollout.lanes[lane].writeSlot { observation throws(EnvironmentError) in
      try lanes.step(lane, applied.span, into: &observation)
    }
    profile?.enter(.recording)
    rollout.lanes[lane].append(
      action: acting.actions.span.extracting(Rows(stride: lanes.actionSize).indices(of: row)),
      reward: step.reward, logProbability: acting.logProbabilities[row])
    if !acting.values.isEmpty { rollout.lanes[lane].estimates.append(acting.values[row]) }
    guard let end = step.end else {
      let length = rollout.lanes[lane].openEpisodeLength
      guard length < Self.longestEpisode else {
        throw EnvironmentError.endless(lane, lanes.episodesBegun[lane] - 1, length, lanes.seed)
      }
      return false
    }
    if step.isFault { rollout.lanes[lane].faults += 1 }
    rollout.lanes[lane].finish(end == .terminated ? .terminated : .truncated)
    return true
  }

  // MARK: Episodes

  /// Begins the lane's part of a rollout by continuing its open episode, if the rollout does so, or with a new episode.
  mutating func enter(
    _ lane: Int, _ amount: Amount, _ rollout: inout Rollout
  ) throws(EnvironmentError) {
    if case .exactly(_, let number) = amount {
      actionStreams[lane].restart(
        at: StreamKey(
          seed: actionSeed, purpose: actionPurpose, lane: UInt32(lane), episode: UInt32(number)))
      if open[lane].isOpen {
        acting.memory[lane] = open[lane].memory
        return rollout.lanes[lane].goOn(with: open[lane], number: lanes.episodesBegun[lane] - 1)
      }
    }
    // A waiting lane begins its episode after a step of its vector.
    guard !lanes.isWaiting(lane) else { return }
    try begin(lane, amount, &rollout)
  }

  /// Begins the lane's next episode.
  mutating func begin(
    _ lane: Int, _ amount: Amount, _ rollout: inout Rollout
  ) throws(EnvironmentError) {
    profile?.enter(.stepping)
    try rollout.lanes[lane].writeSlot { observation throws(EnvironmentError) in
      try lanes.reset(lane, into: &observation)
    }
    profile?.enter(.recording)
    acting.memory.forget(lane)
    rollout.lanes[lane].begin(episode: lanes.episodesBegun[lane] - 1)
    if case .exactly = amount { return }
    var key = lanes.key(actionPurpose, lane: lane)
    key.seed = actionSeed
    actionStreams[lane].restart(at: key)
  }
}

extension ActionBounds {
  /// Writes the action that the environment receives for an action that a policy drew.
  public func clamp(_ policy: Policy, _ drawn: Span<Float>, into applied: inout [Float]) {
    var span = applied.mutableSpan
    policy.apply(drawn, into: &span)
    clamp(&span)
  }
}
