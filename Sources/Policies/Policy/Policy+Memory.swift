public import Randomness

// Acting with a memory: each row is the next step of its lane.
extension Policy {
  /// Draws a ~ π(·∣all that the lane observed) for each row, and remembers what was observed.
  ///
  /// `parts` are the networks whose memory follows; ``Parts/critic`` for one whose values will be asked for later.
  public func act(
    _ θ: Parameters, on observations: [Float], lanes: [Int], remembering memory: inout Memory,
    _ parts: Parts = .actor, drawing streams: [RandomStream], exploring exploration: inout Exploration,
    in workspace: inout Workspace, actions: inout [Float], logProbabilities: inout [Double]
  ) {
    guard remembers else {
      return act(
        θ, on: observations, lanes: lanes, drawing: streams, exploring: &exploration, in: &workspace,
        actions: &actions, logProbabilities: &logProbabilities)
    }
    follow(θ, on: observations, lanes: lanes, remembering: &memory, parts, in: &workspace)
    var a = actions.mutableSpan
    var logπ = logProbabilities.mutableSpan
    draw(
      θ, lanes: lanes, from: streams, exploring: &exploration, in: &workspace, actions: &a,
      logProbabilities: &logπ)
  }

  /// The most probable action of each row.
  public func mode(
    _ θ: Parameters, on observations: [Float], lanes: [Int], remembering memory: inout Memory,
    in workspace: inout Workspace, actions: inout [Float]
  ) {
    guard remembers else {
      return mode(θ, on: observations, rows: lanes.count, in: &workspace, actions: &actions)
    }
    follow(θ, on: observations, lanes: lanes, remembering: &memory, .actor, in: &workspace)
    var a = actions.mutableSpan
    for family in families { family.mode(rows: lanes.count, workspace.head, into: &a) }
  }

  /// One step of each lane through the networks, and what they remember then.
  private func follow(
    _ θ: Parameters, on observations: [Float], lanes: [Int], remembering memory: inout Memory,
    _ parts: Parts, in workspace: inout Workspace
  ) {
    // They leave the memory while its states are read.
    var sequences = memory.sequences
    memory.sequences = Sequences(stateSize: memory.size)
    sequences.removeAll()
    for lane in lanes {
      sequences.append(
        rows: 1, from: memory.states.span.extracting(lane * memory.size..<(lane + 1) * memory.size))
    }
    forward(
      θ, on: observations.span.extracting(0..<lanes.count * observationSize), rows: lanes.count, parts,
      along: sequences, in: &workspace)
    memory.sequences = sequences
    keep(actor, workspace.actor, lanes, in: &memory)
    if let critic, parts.contains(.critic) { keep(critic, workspace.critic, lanes, in: &memory) }
  }

  private func keep(
    _ network: Network, _ workspace: borrowing NetworkWorkspace, _ lanes: [Int], in memory: inout Memory
  ) {
    guard let layer = network.memory, let room = workspace.memory else { return }
    for (row, lane) in lanes.enumerated() {
      layer.readState(of: row, in: room, into: &memory.states, at: lane * memory.size)
    }
  }
}
