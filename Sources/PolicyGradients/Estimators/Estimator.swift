/// A rule for coefficients.
///
/// These are the c(i,t) in
///
///     ĝ = 1/N Σᵢ Σₜ c(i,t) ∇θ log πθ(a(i,t) ∣ o(i,t)).
///
/// Every gradient estimate of the notes has this form and differs from the others only in c:
///
/// | estimator | c(i,t) |
/// |---|---|
/// | ``TotalReturn`` | r(τᵢ) |
/// | ``RewardToGo`` | Σ_{t′≥t} γ^{t′−t} r(i,t′) |
/// | ``AverageBaseline`` over either | the above − b, b the mean |
///
/// A new estimator is these two members.
public protocol Estimator: Sendable {
  /// What a coefficient belongs to, and so what a mean of coefficients counts.
  var unit: EstimatorUnit { get }

  /// Writes c(t) for each step of a complete trajectory.
  ///
  /// `c` has as many numbers as the trajectory has rewards.
  func coefficients(of trajectory: Trajectory, into c: inout MutableSpan<Double>)
}

extension Estimator {
  /// The same on an array that has as many numbers as the trajectory has rewards.
  public func coefficients(of trajectory: Trajectory, into c: inout [Double]) {
    var span = c.mutableSpan
    coefficients(of: trajectory, into: &span)
  }
}

/// What one coefficient stands for.
public enum EstimatorUnit: Sendable {
  /// All steps of a trajectory carry the same coefficient: it counts once.
  case trajectory
  /// Each step has a coefficient of its own.
  case step
}
