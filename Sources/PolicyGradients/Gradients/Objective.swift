/// Ĵ(θ) = 1/N Σᵢ r(τᵢ) over complete trajectories, with its standard error.
public struct Objective: Sendable, Equatable {
  /// The number N of trajectories.
  public var count: Int
  /// Ĵ; NaN if there are no trajectories.
  public var mean: Double
  /// s/√N with the unbiased variance s²; NaN for N < 2.
  public var standardError: Double
  /// The smallest return.
  public var lowest: Double
  /// The largest return.
  public var highest: Double

  /// Estimates the objective from returns, [lane][trajectory], with sums in the order of the ``LaneTree``.
  public init(returns: [[Double]]) {
    let n = returns.reduce(0) { $0 + $1.count }
    let mean = LaneTree.sum(returns.map { $0.reduce(0, +) }) / Double(n)
    let squares = LaneTree.sum(
      returns.map { lane in lane.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } })
    count = n
    self.mean = mean
    standardError = n < 2 ? .nan : (squares / Double(n - 1) / Double(n)).squareRoot()
    lowest = returns.joined().min() ?? .nan
    highest = returns.joined().max() ?? .nan
  }

  /// Estimates the objective from the complete episodes of one iteration.
  public init(_ rollout: Rollout) {
    self.init(
      returns: rollout.lanes.map { lane in
        lane.episodes.filter { $0.end != .cut }.map { episode in
          lane.rewards[episode.steps].reduce(episode.earlierReward, +)
        }
      })
  }
}
