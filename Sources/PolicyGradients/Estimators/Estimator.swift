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
/// | ``MaximumLikelihood`` | 1 |
/// | ``TotalReturn`` | r(τᵢ) |
/// | ``RewardToGo`` | Σ_{t′≥t} γ^{t′−t} r(i,t′) |
/// | ``ImportanceSampling`` | (Πₜ ρ(i,t)) r(τᵢ) |
/// | ``PerDecisionImportanceSampling`` | Σ_{t′≥t} (Π_{t″≤t′} ρ(i,t″)) r(i,t′) |
/// | ``FirstOrderImportanceSampling`` | ρ(i,t) Σ_{t′≥t} γ^{t′−t} r(i,t′) |
/// | with a ``Baseline`` | the above − b w(i,t) |
///
/// An on-policy estimator is the first two members; the others have defaults.
public protocol Estimator: Sendable {
  /// What a coefficient belongs to, and so what a mean of coefficients counts.
  var unit: EstimatorUnit { get }

  /// Writes c(t) for each step of a complete trajectory.
  ///
  /// `c` has as many numbers as the trajectory has rewards.
  func coefficients(of trajectory: Trajectory, into c: inout MutableSpan<Double>)

  /// Whether the trajectories must come from the current parameters.
  var isOnPolicy: Bool { get }

  /// Writes w(t), with E[Σₜ w(t) ∇log π(t)] = 0: what a baseline is multiplied by; 1 on-policy.
  func weights(of trajectory: Trajectory, into w: inout MutableSpan<Double>)

  /// What one trajectory adds to the number that the sum is divided by: 1, so that it is N.
  func normalizer(of trajectory: Trajectory) -> Double
}

extension Estimator {
  /// True.
  public var isOnPolicy: Bool { true }

  /// Writes 1.
  public func weights(of trajectory: Trajectory, into w: inout MutableSpan<Double>) {
    for t in w.indices { w[t] = 1 }
  }

  /// 1.
  public func normalizer(of trajectory: Trajectory) -> Double { 1 }

  /// The same on an array that has as many numbers as the trajectory has rewards.
  public func coefficients(of trajectory: Trajectory, into c: inout [Double]) {
    var span = c.mutableSpan
    coefficients(of: trajectory, into: &span)
  }

  /// The same on an array that has as many numbers as the trajectory has rewards.
  public func weights(of trajectory: Trajectory, into w: inout [Double]) {
    var span = w.mutableSpan
    weights(of: trajectory, into: &span)
  }
}

/// What one coefficient stands for.
public enum EstimatorUnit: Sendable {
  /// All steps of a trajectory carry the same coefficient: it counts once.
  case trajectory
  /// Each step has a coefficient of its own.
  case step
}
