internal import CAscentGSL

/// log Γ and its first two derivatives for x > 0, computed by GSL.
public enum GammaFunction {
  /// log Γ(x).
  public static func logGamma(_ x: Double) -> Double { cgsl_log_gamma(x) }
  /// ψ(x) = d log Γ(x)/dx.
  public static func digamma(_ x: Double) -> Double { cgsl_digamma(x) }
  /// ψ′(x).
  public static func trigamma(_ x: Double) -> Double { cgsl_trigamma(x) }
  /// log B(a, b) = log Γ(a) + log Γ(b) − log Γ(a + b).
  public static func logBeta(_ a: Double, _ b: Double) -> Double {
    logGamma(a) + logGamma(b) - logGamma(a + b)
  }
}
