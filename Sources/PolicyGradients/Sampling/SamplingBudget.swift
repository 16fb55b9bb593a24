/// How much one rollout samples: an amount, within the steps that a run has left.
public struct SamplingBudget: Sendable {
  /// How much is sampled, as long as steps are left.
  public let amount: Sampler.Amount
  /// How many steps all lanes may make together.
  public let steps: Int

  /// Makes a budget.
  public init(_ amount: Sampler.Amount, steps: Int) { (self.amount, self.steps) = (amount, steps) }

  /// A lane's share of a total that is shared out over so many lanes.
  private static func share(of total: Int, _ lane: Int, of count: Int) -> Int {
    total / count + (lane < total % count ? 1 : 0)
  }

  /// How many steps the lane may make.
  func steps(of lane: Int, of count: Int) -> Int { Self.share(of: steps, lane, of: count) }

  /// Whether the lane makes a step at all.
  func hasWork(for lane: Int, of count: Int) -> Bool {
    if case .episodes(let n) = amount, Self.share(of: n, lane, of: count) == 0 { return false }
    return steps(of: lane, of: count) > 0
  }

  /// Whether the lane has all that it is to sample, after a step that may have ended its episode.
  func isReached(_ lane: Int, of count: Int, _ sampled: Rollout.Lane, ended: Bool, ticks: Int) -> Bool {
    if sampled.rewards.count >= steps(of: lane, of: count) { return true }
    return switch amount {
    case .stepsPerLane(let n): ended && sampled.rewards.count >= n
    case .episodes(let n): ended && sampled.episodes.count >= Self.share(of: n, lane, of: count)
    case .exactly(let n, _): ticks >= n
    }
  }
}
