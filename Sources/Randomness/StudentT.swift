internal import CAscentGSL

/// Student's t distribution, for confidence intervals of means.
public enum StudentT {
  /// The p-quantile of t, with GSL's `gsl_cdf_tdist_Pinv`; NaN unless 0 < p < 1 and 0 < degrees of freedom < ∞.
  public static func quantile(_ p: Double, degreesOfFreedom: Double) -> Double {
    guard p > 0, p < 1, degreesOfFreedom > 0, degreesOfFreedom.isFinite else { return .nan }
    return cgsl_student_quantile(p, degreesOfFreedom)
  }
}
