/// The mean (notes, baselines): b = 1/N Σᵢ r(τᵢ) over the total return.
///
/// Over an estimator with a coefficient for each step, b is the mean over all steps. The mean contains the
/// trajectory that it is subtracted from, which biases the estimate by a factor (N − 1)/N.
public struct AverageBaseline: Baseline {
  /// Makes the baseline.
  public init() {}

  /// The coefficients’ sum and their count; a trajectory’s shared coefficient counts once.
  public func contribution(
    of c: Span<Double>, unit: EstimatorUnit
  ) -> (numerator: Double, denominator: Double) {
    switch unit {
    case .trajectory:
      return (c.isEmpty ? 0 : c[0], 1)
    case .step:
      var sum = 0.0
      for t in c.indices { sum += c[t] }
      return (sum, Double(c.count))
    }
  }
}
