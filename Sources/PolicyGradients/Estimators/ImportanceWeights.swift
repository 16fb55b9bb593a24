internal import Mathematics

/// Products of importance ratios, kept as sums of logarithms so that long episodes neither overflow nor vanish
/// on the way.
public enum ImportanceWeights {
  /// Writes Π_{t′≤t} ρ(t′) for each t, none above `clip`; `shift` is subtracted from the logarithms.
  public static func products(
    of logRatios: [Double], clip: Double = .infinity, shift: Double = 0, into w: inout MutableSpan<Double>
  ) {
    let highest = logarithm(clip)
    var sum = 0.0
    for t in w.indices {
      sum += t < logRatios.count ? logRatios[t] : 0
      w[t] = exponential(min(sum, highest) - shift)
    }
  }

  /// Π ρ over a whole trajectory as a logarithm, not above log `clip`.
  public static func logProduct(of logRatios: [Double], clip: Double = .infinity) -> Double {
    var sum = 0.0
    for ratio in logRatios { sum += ratio }
    return min(sum, logarithm(clip))
  }

  /// (Σ w)² / Σ w²: as many equally weighted trajectories would tell as much (Kong 1992).
  ///
  /// The largest weight is taken out first, so that the answer is right whatever their size.
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

  /// Below this share of the trajectories, an effective sample size is worth a warning.
  public static let collapse = 0.1
}
