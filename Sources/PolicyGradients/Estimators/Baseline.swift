/// What is subtracted from every coefficient.
///
/// It is a ratio of two sums over the trajectories,
///
///     b = Σᵢ numerator(i) / Σᵢ denominator(i),
///
/// whose sums follow the ``LaneTree``. Since E[∇log π(τ)] = 0, a constant b leaves the expectation alone.
public protocol Baseline: Sendable {
  /// One trajectory's part of the two sums, given its coefficients.
  func contribution(of c: Span<Double>, unit: EstimatorUnit) -> (numerator: Double, denominator: Double)
}
