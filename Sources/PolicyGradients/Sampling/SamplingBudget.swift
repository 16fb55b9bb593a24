/// The size of one rollout: an amount, limited by the remaining steps of the run.
public struct SamplingBudget: Sendable {
  /// The amount to sample, as long as steps remain.
  public let amount: Sampler.Amount
  /// The largest total number of steps of all lanes.
  public let steps: Int

  /// Makes a budget.
  public init(_ amount: Sampler.Amount, steps: Int) { (self.amount, self.steps) = (amount, steps) }

  /// A lane's share of a total that is divided among `count` lanes.
  private static func share(of total: Int, _ lane: Int, of count: Int) -> Int {
    total / count + (lane < total % count ? 1 : 0)
  }

  /// The largest number of steps of a lane.
  func steps(of lane: Int, of count: Int) -> Int { Self.share(of: steps, lane, of: count) }

  /// True if the lane makes any step.
  func hasWork(for lane: Int, of count: Int) -> Bool {
    if case .episodes(let n) = amount, Self.share(of: n, lane, of: count) == 0 { return false }
    return steps(of: lane, of: count) > 0
  }

  /// True if the lane has sampled its share, given that its last step may have ended an episode.
  func isReached(_ lane: Int, of count: Int, _ sampled: Rollout.Lane, ended: Bool, ticks: Int) -> Bool {
    if sampled.rewards.count >= steps(of: lane, of: count) { return true }
    return switch amount {
    case .stepsPerLane(let n): ended && sampled.rewards.count >= n
    case .episodes(let n): ended && sampled.episodes.count >= Self.share(of: n, lane, of: count)
    case .exactly(let n, _): ticks >= n
    }
  }
}
