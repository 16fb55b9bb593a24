internal import Policies

/// Asks a policy about every step of a rollout, some hundred rows at a time.
struct RolloutEvaluation {
  /// How many rows go through the networks at once; the bits do not depend on it.
  private let rowsAtOnce: Int
  private var workspace: Workspace
  private var room: [Double]

  init(_ policy: Policy) {
    rowsAtOnce = policy.rows(atMost: policy.remembers ? 4096 : 256)
    workspace = policy.makeWorkspace(rows: policy.remembers ? 1 : rowsAtOnce)
    room = Array(repeating: 0, count: rowsAtOnce)
  }

  /// V of each step, and of where each episode ended.
  mutating func values(_ rollout: Rollout, _ policy: Policy, _ θ: Parameters) -> RolloutValues {
    guard !policy.remembers else { return rememberedValues(rollout, policy, θ) }
    var values = RolloutValues(steps: [], last: [])
    for lane in rollout.lanes {
      values.steps.append(self.values(lane.observations, lane.rewards.count, policy, θ))
      values.last.append(self.values(lane.lastObservations, lane.episodes.count, policy, θ))
    }
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
  private mutating func rememberedValues(
    _ rollout: Rollout, _ policy: Policy, _ θ: Parameters
  ) -> RolloutValues {
    var values = RolloutValues(steps: [], last: [])
    var (waiting, observations) = ([Rollout.Lane](), [Float]())
    var sequences: Sequences? = Sequences(stateSize: policy.stateSize)
    let size = rollout.observationSize
    for (l, lane) in rollout.lanes.enumerated() {
      for (e, episode) in lane.episodes.enumerated() {
        observations += lane.observations[episode.steps.lowerBound * size..<episode.steps.upperBound * size]
        observations += lane.lastObservations[e * size..<(e + 1) * size]
        lane.append(episode.steps, more: 1, of: episode, to: &sequences)
      }
      waiting.append(lane)
      guard let rows = sequences?.rowCount, rows >= rowsAtOnce || l == rollout.lanes.count - 1 else {
        continue
      }
      if room.count < rows { room = Array(repeating: 0, count: rows) }
      policy.values(θ, on: observations, rows: 0..<rows, along: sequences, in: &workspace, into: &room)
      var row = 0
      for lane in waiting {
        var (steps, last) = ([Double](), [Double]())
        for episode in lane.episodes {
          steps += room[row..<row + episode.steps.count]
          last.append(room[row + episode.steps.count])
          row += episode.steps.count + 1
        }
        values.steps.append(steps)
        values.last.append(last)
      }
      waiting.removeAll()
      observations.removeAll(keepingCapacity: true)
      sequences?.removeAll()
    }
    return values
  }

  /// log πθ(a∣o) − log π̄(a∣o) of each step.
  mutating func logRatios(_ rollout: Rollout, _ policy: Policy, _ θ: Parameters) -> [[Double]] {
    rollout.lanes.map { lane in
      var all: [Double] = []
      all.reserveCapacity(lane.rewards.count)
      for passage in lane.passages(lane.rewards.indices, policy, atMost: rowsAtOnce) {
        if room.count < passage.rows.count { room = Array(repeating: 0, count: passage.rows.count) }
        policy.logProbabilities(
          θ, of: lane.actions, on: lane.observations, rows: passage.rows, along: passage.sequences,
          in: &workspace, into: &room)
        for (k, t) in passage.rows.enumerated() { all.append(room[k] - lane.logProbabilities[t]) }
      }
      return all
    }
  }
}
