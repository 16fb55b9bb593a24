internal import AscentMathematics

/// Importance sampling over whole trajectories.
///
///     c(i,t) = w(i) r(τᵢ),  w(i) = Πₜ ρ(i,t),  ρ = πθ(a∣o) / π̄(a∣o)
///
/// The transition probabilities in πθ(τ) and π̄(τ) are equal and cancel. The estimate is unbiased, with a variance that
/// grows exponentially with the length. Self-normalized, the sum is divided by Σ w(i) instead of N: the bias is O(1/N),
/// and the variance stays below that of the largest return. Clipping bounds the weights and causes bias.
public struct ImportanceSampling: ImportanceWeighted {
  /// The discount and the clip.
  public var weighting: ImportanceWeighting
  /// True if the sum is divided by the sum of the weights instead of N.
  public var isSelfNormalized = false

  /// Makes the estimator that divides by N.
  public init(weighting: ImportanceWeighting) { self.weighting = weighting }

  /// Makes the estimator that divides by the sum of the weights if it is self-normalized, else by N.
  public init(discount: Double = 1, isSelfNormalized: Bool, clip: Double = .infinity) {
    self.init(discount: discount, clip: clip)
    self.isSelfNormalized = isSelfNormalized
  }

  /// The trajectory: all its steps share w r(τ).
  public var unit: EstimatorUnit { .trajectory }

  /// Writes w r(τ) for each step.
  public func coefficients(of trajectory: Trajectory, into c: inout MutableSpan<Double>) {
    trajectory.require(c.count, of: "coefficients")
    TotalReturn(discount: weighting.discount).coefficients(of: trajectory, into: &c)
    let w = weight(of: trajectory)
    for t in c.indices { c[t] *= w }
  }

  /// Writes w for each step.
  public func weights(of trajectory: Trajectory, into w: inout MutableSpan<Double>) {
    trajectory.require(w.count, of: "weights")
    let weight = weight(of: trajectory)
    for t in w.indices { w[t] = weight }
  }

  /// w if self-normalized, else 1.
  public func normalizer(of trajectory: Trajectory) -> Double {
    isSelfNormalized ? weight(of: trajectory) : 1
  }

  /// A common factor of all weights cancels when they are normalized, so the batch's largest weight is divided out.
  private func weight(of trajectory: Trajectory) -> Double {
    let logWeight = ImportanceWeights.logProduct(of: trajectory.logRatios, clip: weighting.clip)
    return exponential(
      logWeight - (isSelfNormalized ? min(trajectory.logScale, logarithm(weighting.clip)) : 0))
  }
}

extension EstimatorEntry {
  /// ``ImportanceSampling``.
  public static let importanceSampling = EstimatorEntry(
    "importance-sampling", help: "off-policy: a trajectory's return times the product of all its ratios",
    isUnbiased: true, expectation: .totalReturn, estimatesObjective: true,
    rule: .trajectories { ImportanceSampling(weighting: ImportanceWeighting($0)) })

  /// ``ImportanceSampling``, self-normalized.
  public static let selfNormalized = EstimatorEntry(
    "self-normalized", help: "off-policy: importance sampling divided by the sum of the weights instead of N",
    isUnbiased: false, expectation: .unknown, estimatesObjective: true,
    rule: .trajectories {
      ImportanceSampling(discount: $0.gamma, isSelfNormalized: true, clip: $0.largestWeight)
    })
}
