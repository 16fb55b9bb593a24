internal import AscentMathematics

/// An off-policy estimator, which weights steps by importance ratios.
///
/// The ratios are ρ = πθ(a∣o) / π̄(a∣o) of the evaluated policy πθ and the policy π̄ that acted.
public protocol ImportanceWeighted: Estimator {
  /// The discount and the clip.
  var weighting: ImportanceWeighting { get set }
  /// Makes the estimator.
  init(weighting: ImportanceWeighting)
}

/// The discount and the clip of an off-policy estimator.
public struct ImportanceWeighting: Sendable, Equatable {
  /// The discount γ in [0, 1].
  public var discount: Double
  /// The bound that weights are clipped to; ∞ for no limit.
  public var clip: Double

  /// Makes a weighting.
  public init(discount: Double = 1, clip: Double = .infinity) {
    (self.discount, self.clip) = (discount, clip)
  }

  /// Makes a weighting from an estimator's settings.
  public init(_ settings: EstimatorSettings) {
    self.init(discount: settings.gamma, clip: settings.largestWeight)
  }
}

extension ImportanceWeighted {
  /// Makes the estimator.
  public init(discount: Double = 1, clip: Double = .infinity) {
    self.init(weighting: ImportanceWeighting(discount: discount, clip: clip))
  }

  /// False.
  public var isOnPolicy: Bool { false }

  /// Checks the discount and the clip.
  public func check() throws(LearnerError) {
    try Limits.check("algorithm.gamma", weighting.discount, .unitInterval)
    try Limits.check(weightClip: weighting.clip)
  }

  /// 1.
  public func normalizer(of trajectory: Trajectory) -> Double { 1 }
}

extension Trajectory {
  /// ρ(t); 1 on-policy, where a trajectory has no ratios.
  func ratio(_ t: Int) -> Double { t < logRatios.count ? exponential(logRatios[t]) : 1 }
}

/// Products of importance ratios.
///
/// They are computed as sums of logarithms, so that products over long episodes neither overflow nor underflow midway.
public enum ImportanceWeights {
  /// Writes Π_{t′≤t} ρ(t′) for each t, clipped to `clip`; `shift` is subtracted from the logarithms.
  public static func products(
    of logRatios: [Double], clip: Double = .infinity, shift: Double = 0, into w: inout MutableSpan<Double>
  ) {
    let highest = logarithm(clip)
    if !logRatios.isEmpty {
      Require.count(logRatios.count, of: "logRatios", is: w.count, "one for each weight, or none")
    }
    var sum = 0.0
    for t in w.indices {
      sum += t < logRatios.count ? logRatios[t] : 0
      w[t] = exponential(min(sum, highest) - shift)
    }
  }

  /// The logarithm of Π ρ over a whole trajectory, clipped to log `clip`.
  public static func logProduct(of logRatios: [Double], clip: Double = .infinity) -> Double {
    var sum = 0.0
    for ratio in logRatios { sum += ratio }
    return min(sum, logarithm(clip))
  }

  /// (Σ w)² / Σ w²: the number of equally weighted trajectories with the same information (Kong 1992).
  ///
  /// The largest weight is factored out first, so that the result is accurate for weights of any magnitude.
  public static func effectiveSampleSize(logWeights: [Double]) -> Double {
    guard let highest = logWeights.max(), highest > -.infinity else { return 0 }
    var (sum, squares) = (0.0, 0.0)
    for l in logWeights {
      let w = exponential(l - highest)
      sum += w
      squares += w * w
    }
    return sum * sum / squares
  }

  /// Effective sample sizes below this fraction of the number of trajectories deserve a warning.
  public static let collapse = 0.1
}
