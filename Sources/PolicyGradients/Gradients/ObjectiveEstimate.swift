internal import AscentRandomness

/// J(θ), estimated from trajectories of this or another policy, with its standard error and a confidence interval.
///
/// An estimator's first coefficient includes all later rewards, so it is the trajectory's contribution to J:
///
///     Ĵ = Σᵢ c(i,0) / Σᵢ n(i),  se² = (N − 1)/N Σᵢ (Ĵ₋ᵢ − mean of Ĵ₋ᵢ)²
///
/// where n is 1, or the weight if the estimator is self-normalized, and Ĵ₋ᵢ leaves trajectory i out. For a mean, this
/// jackknife (Tukey 1958) is the usual standard error; for a ratio it also reflects how much a single large weight
/// determines the result. The interval is Ĵ ± t se, with Student's t at one degree of freedom less than the effective
/// sample size. docs/tour.md reports the measured coverage of such intervals.
public struct ObjectiveEstimate: Sendable, Equatable {
  /// The number N of trajectories.
  public let count: Int
  /// The estimate Ĵ.
  public let mean: Double
  /// The standard error of Ĵ; NaN for N < 2.
  public let standardError: Double
  /// Half the width of the interval; NaN for N < 2.
  public let halfWidth: Double
  /// (Σ w)² / Σ w²: N on-policy.
  public let effectiveSampleSize: Double

  /// Estimates J from complete trajectories with log ρ, which is empty on-policy.
  public init(of estimator: any Estimator, over trajectories: [Trajectory], level: Double = 0.95) {
    let logWeights = trajectories.map { $0.logRatios.reduce(0, +) }
    let logScale = logWeights.max() ?? 0
    let parts = trajectories.map { original in
      var trajectory = original
      trajectory.logScale = logScale
      var c = Array(repeating: 0.0, count: trajectory.rewards.count)
      estimator.coefficients(of: trajectory, into: &c)
      return (c: c.first ?? 0, n: estimator.normalizer(of: trajectory))
    }
    let (n, sum) = (Double(parts.count), parts.reduce(0) { $0 + $1.c })
    let total = parts.reduce(0) { $0 + $1.n }
    let others = parts.map { (sum - $0.c) / (total - $0.n) }
    let center = others.reduce(0, +) / n
    let squares = others.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    count = parts.count
    mean = sum / total
    standardError = count < 2 ? .nan : ((n - 1) / n * squares).squareRoot()
    effectiveSampleSize = ImportanceWeights.effectiveSampleSize(logWeights: logWeights)
    halfWidth =
      standardError
      * StudentT.quantile(0.5 + level / 2, degreesOfFreedom: max(1, effectiveSampleSize - 1))
  }
}
