/// REINFORCE, the likelihood-ratio estimator (Williams 1992).
///
///     c(i,t) = r(τᵢ) = Σ_{t′} γ^{t′} r(i,t′)
public struct TotalReturn: OnPolicyEstimator {
  /// The discount γ in [0, 1]; 1 for the undiscounted objective.
  public var discount: Double

  /// Makes the estimator.
  public init(discount: Double = 1) { self.discount = discount }

  /// Checks the discount.
  public func check() throws(LearnerError) { try Limits.check("algorithm.gamma", discount, .unitInterval) }

  /// The trajectory: all its steps share r(τ).
  public var unit: EstimatorUnit { .trajectory }

  /// Writes r(τ) for each step.
  public func coefficients(of trajectory: Trajectory, into c: inout MutableSpan<Double>) {
    trajectory.require(c.count, of: "coefficients")
    let (r, γ) = (trajectory.rewards, discount)
    var sum = 0.0
    for t in r.indices.reversed() { sum = r[t] + γ * sum }
    for t in r.indices { c[t] = sum }
  }
}

extension EstimatorEntry {
  /// ``TotalReturn``.
  public static let totalReturn = EstimatorEntry(
    "total-return", help: "REINFORCE: every step is weighted by the return of its trajectory",
    isUnbiased: true,
    expectation: .totalReturn, estimatesObjective: false,
    rule: .trajectories { TotalReturn(discount: $0.gamma) })
}
