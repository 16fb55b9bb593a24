/// REINFORCE, the likelihood-ratio estimator (Williams 1992; notes, direct policy differentiation):
///
///     c(i,t) = r(τᵢ) = Σ_{t′} γ^{t′} r(i,t′)
public struct TotalReturn: Estimator {
  /// γ in [0, 1]; 1 is the objective of the notes.
  public var discount: Double

  /// Makes the estimator.
  public init(discount: Double = 1) { self.discount = discount }

  public var unit: EstimatorUnit { .trajectory }

  public func coefficients(of trajectory: Trajectory, into c: inout MutableSpan<Double>) {
    let (r, γ) = (trajectory.rewards, discount)
    var R = 0.0
    for t in r.indices.reversed() { R = r[t] + γ * R }
    for t in r.indices { c[t] = R }
  }
}
