/// Divides rewards by the running standard deviation of the discounted return R(t) = γ R(t−1) + r(t).
///
/// The deviation is over all steps so far. Advantages and values then have magnitudes near 1 in every environment, and
/// rewards keep their sign.
struct ReturnScale: Sendable {
  private let discount: Double
  private var moments = RunningMoments(columns: 1)
  private var returns: [Double]

  /// The bound ± that scaled rewards are clamped to.
  static let bound = 10.0

  init(discount: Double, laneCount: Int) {
    self.discount = discount
    returns = Array(repeating: 0, count: laneCount)
  }

  /// Updates the statistics with a rollout's rewards, [lane][step].
  mutating func absorb(_ rewards: [[Double]], _ rollout: Rollout) {
    var lanes: [RunningMoments] = []
    for (l, lane) in rollout.lanes.enumerated() {
      var part = RunningMoments(columns: 1)
      for episode in lane.episodes {
        for t in episode.steps {
          returns[l] = returns[l] * discount + rewards[l][t]
          part.add([Float(returns[l])].span)
        }
        if episode.end != .cut { returns[l] = 0 }
      }
      lanes.append(part)
    }
    moments.add(lanes: lanes)
  }

  /// A reward divided by the deviation, clamped to ± ``bound``.
  func scaled(_ reward: Double) -> Double {
    let scaled = reward / (moments.variance(0) + 1e-8).squareRoot()
    return min(max(scaled, -Self.bound), Self.bound)
  }

  var record: [Double] {
    get { moments.record + returns }
    set {
      guard newValue.count == 3 + returns.count else { return }
      moments.record = Array(newValue[..<3])
      returns = Array(newValue[3...])
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
