/// The running standard deviation of the discounted return R(t) = γ R(t−1) + r(t), over all steps so far.
///
/// Rewards that are divided by it have advantages and values of magnitudes near 1 in every environment, and keep their
/// sign. ``leastDivisor(_:ofScaled:)`` has the size of the returns' jumps, which is the unit of the floor of advantages.
struct ReturnScale: Sendable {
  private let discount: Double
  private var moments = RunningMoments(columns: 1)
  private var returns: [Double]
  /// Σ |R − mean| over all steps so far, with the mean after the rollout of each step; nil if it is not needed.
  private var distances: Double?

  /// The bound ± that scaled rewards are clamped to.
  static let bound = 10.0

  /// Makes the scale of no steps.
  ///
  /// - Parameters:
  ///   - discount: γ.
  ///   - laneCount: the number of lanes.
  ///   - measuresJumps: true for ``leastDivisor(_:ofScaled:)``.
  init(discount: Double, laneCount: Int, measuresJumps: Bool = false) {
    self.discount = discount
    returns = Array(repeating: 0, count: laneCount)
    distances = measuresJumps ? 0 : nil
  }

  /// Updates the statistics with a rollout's rewards, [lane][step].
  mutating func absorb(_ rewards: [[Double]], _ rollout: Rollout) {
    var lanes: [RunningMoments] = []
    let before = returns
    for (l, lane) in rollout.lanes.enumerated() {
      var part = RunningMoments(columns: 1)
      for episode in lane.episodes {
        for t in episode.steps {
          returns[l] = returns[l] * discount + rewards[l][t]
          part.add(Float(returns[l]))
        }
        if episode.end != .cut { returns[l] = 0 }
      }
      lanes.append(part)
    }
    moments.add(lanes: lanes)
    measureDistances(rewards, rollout, from: before)
  }

  /// Adds the distances of a rollout's returns from the mean of all returns so far.
  private mutating func measureDistances(_ rewards: [[Double]], _ rollout: Rollout, from before: [Double]) {
    guard let all = distances else { return }
    var sums = Array(repeating: 0.0, count: before.count)
    for (l, lane) in rollout.lanes.enumerated() {
      var sum = before[l]
      for episode in lane.episodes {
        for t in episode.steps {
          sum = sum * discount + rewards[l][t]
          sums[l] += abs(sum - moments.mean[0])
        }
        if episode.end != .cut { sum = 0 }
      }
    }
    distances = all + LaneTree.sum(sums)
  }

  /// The divisor of rewards.
  private var divisor: Double { (moments.variance(0) + 1e-8).squareRoot() }

  /// A reward divided by the deviation, clamped to ± ``bound``.
  func scaled(_ reward: Double) -> Double { min(max(reward / divisor, -Self.bound), Self.bound) }

  /// The least divisor of advantages: a fraction of u = Σ (R − mean)² / Σ |R − mean|, the size of a jump of the returns, in
  /// units of the rewards or, if they are scaled, of scaled rewards.
  ///
  /// Returns of 0 or c have u = c/2, however rare the c. As long as all R were equal the divisor is infinite: nothing is
  /// known about the actions, and advantages, which consist of the critic's errors alone, become 0.
  func leastDivisor(_ fraction: Double, ofScaled isScaled: Bool) -> Double {
    guard let distances, distances > 0, moments.squares[0] > 0 else { return .infinity }
    return fraction * moments.squares[0] / distances / (isScaled ? divisor : 1)
  }

  var record: [Double] {
    get { moments.record + returns + [distances].compactMap(\.self) }
    set {
      guard newValue.count == record.count else { return }
      moments.record = Array(newValue[..<3])
      returns = Array(newValue[3..<3 + returns.count])
      if distances != nil { distances = newValue.last }
    }
  }
}

/// The scaling and clipping of rewards before learning.
public struct RewardScaling: Sendable, Equatable {
  /// True if rewards are divided by the running standard deviation of the discounted return.
  public var normalizesReturns = false
  /// The bound ± that rewards are clamped to; 0 for no bound.
  public var clip = 0.0

  /// Makes settings that leave rewards unchanged.
  public init() {}
}
