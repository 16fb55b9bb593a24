internal import AscentMathematics
internal import AscentPolicies

/// Evaluates a policy on the steps of a rollout, a few hundred rows at a time.
struct RolloutEvaluation {
  /// The number of rows per forward pass; the results do not depend on it, bit for bit.
  private let rowsAtOnce: Int
  private var workspace: Workspace
  private var found: [Double]
  private var observations: [Float] = []
  private var rows = ObservationRows()
  private let collective: any Collective

  init(_ policy: Policy, with collective: any Collective) {
    self.collective = collective
    rowsAtOnce = policy.rows(atMost: policy.remembers ? 4096 : policy.readsPixels ? 32 : 256)
    workspace = policy.makeWorkspace(rows: 1)
    found = Array(repeating: 0, count: rowsAtOnce)
  }

  /// V of all observations of a rollout.
  struct Values: Sendable {
    /// V(o(t)), [lane][step].
    var steps: [[Double]]
    /// V of the observation at which each episode ended or was cut, [lane][episode].
    var last: [[Double]]
  }

  /// V of each step, and of each episode's last observation.
  ///
  /// If `actedWithThese`, θ is what acted; V of the steps is then taken from the rollout, if it was found while acting.
  mutating func values(
    _ rollout: Rollout, _ policy: Policy, _ θ: Parameters, actedWithThese: Bool = false
  ) -> Values {
    if actedWithThese, policy.findsValuesWhileActing, rollout.version == θ.version,
      rollout.lanes.allSatisfy({ $0.estimates.count == $0.rewards.count })
    {
      return lastValues(rollout, policy, θ)
    }
    // Zeros, which `complete` replaces with the results of the other processes.
    var values = Values(
      steps: rollout.lanes.map { Array(repeating: 0, count: $0.rewards.count) },
      last: rollout.lanes.map { Array(repeating: 0, count: $0.episodes.count) })
    let own = collective.share(of: rollout)
    if policy.remembers {
      evaluateSequences(&values, own, rollout, policy, θ)
    } else {
      for l in own { evaluate(&values, l, rollout, policy, θ) }
    }
    collective.complete(&values.steps, of: rollout)
    collective.complete(&values.last, of: rollout)
    return values
  }

  /// V of the steps as they were found while acting, the same bits, and of each episode's last observation.
  private mutating func lastValues(_ rollout: Rollout, _ policy: Policy, _ θ: Parameters) -> Values {
    var values = Values(
      steps: rollout.lanes.map(\.estimates),
      last: rollout.lanes.map { Array(repeating: 0, count: $0.episodes.count) })
    let own = collective.share(of: rollout)
    let ends = own.flatMap { l in rollout.lanes[l].episodes.indices.map { (lane: l, episode: $0) } }
    for part in StrideChunks(range: ends.indices, size: rowsAtOnce) {
      let places = ends[part].map { end in
        let lane = rollout.lanes[end.lane]
        return ObservationRows.Place(lane: end.lane, slot: lane.episodes[end.episode].lastSlot)
      }
      evaluate(places[...], rollout, policy, θ)
      for (end, value) in zip(ends[part], found) { values.last[end.lane][end.episode] = value }
    }
    collective.complete(&values.last, of: rollout)
    return values
  }

  /// Writes V of the observations at some places to ``found``.
  private mutating func evaluate(
    _ places: ArraySlice<ObservationRows.Place>, _ rollout: Rollout, _ policy: Policy, _ θ: Parameters
  ) {
    rows.load(places, of: rollout, for: policy)
    rows.forward(policy, θ, Passage(rows: 0..<places.count), .critic, in: &workspace)
    Self.readValues(policy, in: workspace, into: &found)
  }

  /// V of one lane's observations.
  private mutating func evaluate(
    _ values: inout Values, _ l: Int, _ rollout: Rollout, _ policy: Policy, _ θ: Parameters
  ) {
    let lane = rollout.lanes[l]
    var all: [Double] = []
    all.reserveCapacity(lane.slotCount)
    for slots in StrideChunks(range: 0..<lane.slotCount, size: rowsAtOnce) {
      if policy.readsPixels {
        let places = slots.map { ObservationRows.Place(lane: l, slot: $0) }
        evaluate(places[...], rollout, policy, θ)
      } else {
        lane.observations.read(slots, &observations) {
          policy.values(θ, on: $0, in: &workspace, into: &found)
        }
      }
      all += found[..<slots.count]
    }
    values.read(all, from: 0, lane, l)
  }

  private static func readValues(
    _ policy: Policy, in workspace: borrowing Workspace, into found: inout [Double]
  ) {
    found.withMutableSpan { policy.readValues(in: workspace, into: &$0) }
  }

  /// Evaluates V along sequences, each consisting of an episode's steps and its last observation.
  ///
  /// As many lanes as fit are evaluated at once, since parallel sequences take less time than consecutive ones.
  private mutating func evaluateSequences(
    _ values: inout Values, _ lanes: Range<Int>, _ rollout: Rollout, _ policy: Policy, _ θ: Parameters
  ) {
    var waiting = lanes.lowerBound
    var sequences: Sequences? = Sequences(stateSize: policy.stateSize)
    observations.removeAll(keepingCapacity: true)
    for l in lanes {
      let lane = rollout.lanes[l]
      lane.observations.append(0..<lane.slotCount, to: &observations)
      for episode in lane.episodes { lane.append(episode.steps, more: 1, of: episode, to: &sequences) }
      guard let rows = sequences?.rowCount, rows >= rowsAtOnce || l == lanes.upperBound - 1 else {
        continue
      }
      if found.count < rows { found = Array(repeating: 0, count: rows) }
      let gathered = observations
      policy.values(θ, on: gathered.span, along: sequences, in: &workspace, into: &found)
      var row = 0
      for lane in waiting...l {
        values.read(found, from: row, rollout.lanes[lane], lane)
        row += rollout.lanes[lane].slotCount
      }
      waiting = l + 1
      observations.removeAll(keepingCapacity: true)
      sequences?.removeAll()
    }
  }

  /// log πθ(a∣o) − log π̄(a∣o) of each step, [lane][step].
  mutating func logRatios(_ rollout: Rollout, _ policy: Policy, _ θ: Parameters) -> [[Double]] {
    var ratios = rollout.lanes.map { Array(repeating: 0.0, count: $0.rewards.count) }
    for l in collective.share(of: rollout) {
      let lane = rollout.lanes[l]
      for passage in lane.passages(lane.rewards.indices, policy, atMost: rowsAtOnce) {
        if found.count < passage.rows.count { found = Array(repeating: 0, count: passage.rows.count) }
        observations.removeAll(keepingCapacity: true)
        lane.gatherObservations(of: passage.rows, into: &observations)
        let gathered = observations
        policy.logProbabilities(
          θ, of: lane.actions.span.extracting(lane.values[passage.rows]), on: gathered.span,
          along: passage.sequences, in: &workspace, into: &found)
        for (k, t) in passage.rows.enumerated() { ratios[l][t] = found[k] - lane.logProbabilities[t] }
      }
    }
    collective.complete(&ratios, of: rollout)
    return ratios
  }
}

extension RolloutEvaluation.Values {
  /// Copies a lane's values from those of its slots, which begin at index `first`.
  fileprivate mutating func read(_ found: [Double], from first: Int, _ lane: Rollout.Lane, _ l: Int) {
    steps[l].withMutableSpan { steps in
      for episode in lane.episodes {
        let before = first + episode.firstSlot - episode.steps.lowerBound
        for t in episode.steps { steps[t] = found[before + t] }
      }
    }
    for (e, episode) in lane.episodes.enumerated() { last[l][e] = found[first + episode.lastSlot] }
  }
}
