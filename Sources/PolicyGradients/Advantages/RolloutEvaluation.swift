internal import Policies

/// Asks a policy about every step of a rollout, some hundred rows at a time.
struct RolloutEvaluation {
  /// How many rows go through the networks at once; the bits do not depend on it.
  private let rowsAtOnce: Int
  private var workspace: Workspace
  private var room: [Double]
  private let collective: any Collective

  init(_ policy: Policy, with collective: any Collective) {
    self.collective = collective
    rowsAtOnce = policy.rows(atMost: policy.remembers ? 4096 : 256)
    workspace = policy.makeWorkspace(rows: policy.remembers ? 1 : rowsAtOnce)
    room = Array(repeating: 0, count: rowsAtOnce)
  }

  /// V of each step, and of where each episode ended.
  mutating func values(_ rollout: Rollout, _ policy: Policy, _ θ: Parameters) -> RolloutValues {
    // Zeros, where another process fills in what it finds.
    var values = RolloutValues(
      steps: rollout.lanes.map { Array(repeating: 0, count: $0.rewards.count) },
      last: rollout.lanes.map { Array(repeating: 0, count: $0.episodes.count) })
    let own = collective.share(of: rollout.lanes.count)
    if policy.remembers {
      findRemembered(&values, own, rollout, policy, θ)
    } else {
      for l in own {
        let lane = rollout.lanes[l]
        values.steps[l] = self.values(lane.observations, lane.rewards.count, policy, θ)
        values.last[l] = self.values(lane.lastObservations, lane.episodes.count, policy, θ)
      }
    }
    collective.complete(&values.steps, count: rollout.lanes.count)
    collective.complete(&values.last, count: rollout.lanes.count)
    return values
  }

  private mutating func values(
    _ observations: [Float], _ count: Int, _ policy: Policy, _ θ: Parameters
  ) -> [Double] {
    var all: [Double] = []
    all.reserveCapacity(count)
    for rows in StrideChunks(range: 0..<count, size: rowsAtOnce) {
      policy.values(θ, on: observations, rows: rows, in: &workspace, into: &room)
      all += room[..<rows.count]
    }
    return all
  }

  /// The same along sequences: each episode's steps, and where it ended as one step more; as many lanes at once as
  /// there is room for.
  private mutating func findRemembered(
    _ values: inout RolloutValues, _ lanes: Range<Int>, _ rollout: Rollout, _ policy: Policy, _ θ: Parameters
  ) {
    var (waiting, observations) = (lanes.lowerBound, [Float]())
    var sequences: Sequences? = Sequences(stateSize: policy.stateSize)
    let size = rollout.observationSize
    for l in lanes {
      let lane = rollout.lanes[l]
      for (e, episode) in lane.episodes.enumerated() {
        observations += lane.observations[episode.steps.lowerBound * size..<episode.steps.upperBound * size]
        observations += lane.lastObservations[e * size..<(e + 1) * size]
        lane.append(episode.steps, more: 1, of: episode, to: &sequences)
      }
      guard let rows = sequences?.rowCount, rows >= rowsAtOnce || l == lanes.upperBound - 1 else {
        continue
      }
      if room.count < rows { room = Array(repeating: 0, count: rows) }
      policy.values(θ, on: observations, rows: 0..<rows, along: sequences, in: &workspace, into: &room)
      var row = 0
      for lane in waiting...l {
        var (steps, last) = ([Double](), [Double]())
        for episode in rollout.lanes[lane].episodes {
          steps += room[row..<row + episode.steps.count]
          last.append(room[row + episode.steps.count])
          row += episode.steps.count + 1
        }
        (values.steps[lane], values.last[lane]) = (steps, last)
      }
      waiting = l + 1
      observations.removeAll(keepingCapacity: true)
      sequences?.removeAll()
    }
  }

  /// log πθ(a∣o) − log π̄(a∣o) of each step.
  mutating func logRatios(_ rollout: Rollout, _ policy: Policy, _ θ: Parameters) -> [[Double]] {
    var ratios = rollout.lanes.map { Array(repeating: 0.0, count: $0.rewards.count) }
    for l in collective.share(of: rollout.lanes.count) {
      let lane = rollout.lanes[l]
      for passage in lane.passages(lane.rewards.indices, policy, atMost: rowsAtOnce) {
        if room.count < passage.rows.count { room = Array(repeating: 0, count: passage.rows.count) }
        policy.logProbabilities(
          θ, of: lane.actions, on: lane.observations, rows: passage.rows, along: passage.sequences,
          in: &workspace, into: &room)
        for (k, t) in passage.rows.enumerated() { ratios[l][t] = room[k] - lane.logProbabilities[t] }
      }
    }
    collective.complete(&ratios, count: ratios.count)
    return ratios
  }
}
