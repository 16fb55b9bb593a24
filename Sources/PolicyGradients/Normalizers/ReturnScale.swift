/// Divides rewards by the deviation of the discounted return R(t) = γ R(t−1) + r(t), taken over all steps so far.
///
/// Advantages and values are then of the size of 1 in every environment, and the sign and the zero of a reward
/// stay where they were.
struct ReturnScale: Sendable {
  private let discount: Double
  private var moments = RunningMoments(columns: 1)
  private var returns: [Double]

  /// A scaled reward stays within ± this.
  static let bound = 10.0

  init(discount: Double, laneCount: Int) {
    self.discount = discount
    returns = Array(repeating: 0, count: laneCount)
  }

  /// Counts a rollout's rewards in, [lane][step].
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

  /// A reward in units of the deviation.
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

/// How rewards are changed before anything is learned from them.
public struct RewardScaling: Sendable, Equatable {
  /// Whether rewards are divided by the running standard deviation of the discounted return.
  public var normalizesReturns = false
  /// Rewards are clamped to ± this; 0 for any.
  public var clip = 0.0

  /// Not at all.
  public init() {}
}
