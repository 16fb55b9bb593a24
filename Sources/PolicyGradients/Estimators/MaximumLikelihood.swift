/// Maximum likelihood, also called behavior cloning.
///
///     c(i,t) = 1
///
/// The sum is the gradient of 1/N Σᵢ log πθ(τᵢ), so it makes the recorded actions more likely. On trajectories of the
/// policy itself its expectation is 0, since E[∇log π] = 0.
public struct MaximumLikelihood: Estimator {
  /// Makes the estimator.
  public init() {}

  /// The step: each step counts once.
  public var unit: EstimatorUnit { .step }

  /// False: demonstrations may come from any policy.
  public var isOnPolicy: Bool { false }

  /// Writes 1.
  public func coefficients(of trajectory: Trajectory, into c: inout MutableSpan<Double>) {
    trajectory.require(c.count, of: "coefficients")
    for t in c.indices { c[t] = 1 }
  }

  /// Writes 1.
  public func weights(of trajectory: Trajectory, into w: inout MutableSpan<Double>) {
    trajectory.require(w.count, of: "weights")
    for t in w.indices { w[t] = 1 }
  }

  /// 1.
  public func normalizer(of trajectory: Trajectory) -> Double { 1 }
}

extension EstimatorEntry {
  /// ``MaximumLikelihood``.
  public static let maximumLikelihood = EstimatorEntry(
    "maximum-likelihood", help: "behavior cloning: the log-likelihood of demonstrations (ascent clone)",
    isUnbiased: false, expectation: .zero, estimatesObjective: false,
    rule: .demonstrations { _ in MaximumLikelihood() })
}
