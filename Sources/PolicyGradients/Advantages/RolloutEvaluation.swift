internal import Policies

/// Asks a policy about every step of a rollout, some hundred rows at a time.
struct RolloutEvaluation {
  /// How many rows go through the networks at once; the bits do not depend on it.
  private let rowsAtOnce: Int
  private var workspace: Workspace
  private var room: [Double]

  init(_ policy: Policy) {
    rowsAtOnce = policy.rows(atMost: 256)
    workspace = policy.makeWorkspace(rows: rowsAtOnce)
    room = Array(repeating: 0, count: rowsAtOnce)
  }

  /// V of each step, and of where each episode ended.
  mutating func values(_ rollout: Rollout, _ policy: Policy, _ θ: Parameters) -> RolloutValues {
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

  /// log πθ(a∣o) − log π̄(a∣o) of each step.
  mutating func logRatios(_ rollout: Rollout, _ policy: Policy, _ θ: Parameters) -> [[Double]] {
    rollout.lanes.map { lane in
      var all: [Double] = []
      all.reserveCapacity(lane.rewards.count)
      for rows in StrideChunks(range: lane.rewards.indices, size: rowsAtOnce) {
        policy.logProbabilities(
          θ, of: lane.actions, on: lane.observations, rows: rows, in: &workspace, into: &room)
        for (k, t) in rows.enumerated() { all.append(room[k] - lane.logProbabilities[t]) }
      }
      return all
    }
  }
}
