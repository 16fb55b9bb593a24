internal import CGSL

/// Student's t distribution, for confidence intervals of means.
public enum StudentT {
  /// The x below which t falls with probability p; NaN unless 0 < p < 1 and there is a degree of freedom.
  ///
  /// The corresponding C function is `gsl_cdf_tdist_Pinv`.
  public static func quantile(_ p: Double, degreesOfFreedom: Double) -> Double {
    guard p > 0, p < 1, degreesOfFreedom > 0, degreesOfFreedom.isFinite else { return .nan }
    return cgsl_student_quantile(p, degreesOfFreedom)
  }
}
