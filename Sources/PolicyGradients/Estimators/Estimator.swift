/// A rule that gives each step a coefficient.
///
/// The coefficients are the c(i,t) in
///
///     ĝ = 1/N Σᵢ Σₜ c(i,t) ∇θ log πθ(a(i,t) ∣ o(i,t)).
///
/// All gradient estimates of this library have this form and differ only in c:
///
/// | estimator | c(i,t) |
/// |---|---|
/// | ``MaximumLikelihood`` | 1 |
/// | ``TotalReturn`` | r(τᵢ) |
/// | ``RewardToGo`` | Σ_{t′≥t} γ^{t′−t} r(i,t′) |
/// | ``ImportanceSampling`` | (Πₜ ρ(i,t)) r(τᵢ) |
/// | ``PerDecisionImportanceSampling`` | Σ_{t′≥t} γ^{t′−t} (Π_{t″≤t′} ρ(i,t″)) r(i,t′) |
/// | ``FirstOrderImportanceSampling`` | ρ(i,t) Σ_{t′≥t} γ^{t′−t} r(i,t′) |
/// | ``GeneralizedAdvantage`` | Â(i,t) = Σ_{t′≥t} (γλ)^{t′−t} δ(i,t′) |
/// | ``VTrace`` | min(ρ̄, ρ(i,t)) (r(i,t) + γ v(i,t+1) − V(i,t)) |
/// | ``RatioSurrogate`` | ρ(i,t) Â(i,t) |
/// | ``ClippedSurrogate`` | ρ(i,t) Â(i,t), or 0 where the clip is active |
/// | with a ``Baseline`` | the above − b w(i,t) |
///
/// An estimator for trajectories of the current policy conforms to ``OnPolicyEstimator`` and implements two members. An
/// estimator for trajectories of another policy conforms to this protocol and implements all members. Estimators that
/// need a critic conform to ``AdvantageEstimator``.
public protocol Estimator: Sendable {
  /// True if the trajectories must be sampled with the current parameters.
  var isOnPolicy: Bool { get }

  /// The unit that has one coefficient, and that a mean of coefficients counts.
  var unit: EstimatorUnit { get }

  /// Writes c(t) for each step of a trajectory.
  ///
  /// - Parameters:
  ///   - trajectory: complete, with `logRatios` unless the estimator is on-policy.
  ///   - c: one number for each reward of the trajectory.
  func coefficients(of trajectory: Trajectory, into c: inout MutableSpan<Double>)

  /// Writes the factors w(t) that a baseline is multiplied by, with E[Σₜ w(t) ∇log π(t)] = 0.
  func weights(of trajectory: Trajectory, into w: inout MutableSpan<Double>)

  /// The trajectory's contribution to the divisor of the sum; contributions of 1 make the divisor N.
  func normalizer(of trajectory: Trajectory) -> Double

  /// Checks the estimator's own numbers; a learner calls it when it is made.
  ///
  /// - Throws: ``LearnerError/setting(key:found:allowed:)`` for a number that is not allowed.
  func check() throws(LearnerError)
}

extension Estimator {
  /// Accepts all numbers.
  public func check() throws(LearnerError) {}

  /// Writes c(t) into an array with one number for each reward of the trajectory.
  public func coefficients(of trajectory: Trajectory, into c: inout [Double]) {
    var span = c.mutableSpan
    coefficients(of: trajectory, into: &span)
  }

  /// Writes w(t) into an array with one number for each reward of the trajectory.
  public func weights(of trajectory: Trajectory, into w: inout [Double]) {
    var span = w.mutableSpan
    weights(of: trajectory, into: &span)
  }
}

/// An estimator for trajectories of the current parameters: w(t) = 1, and the divisor is N.
public protocol OnPolicyEstimator: Estimator {}

extension OnPolicyEstimator {
  /// True.
  public var isOnPolicy: Bool { true }

  /// Writes 1.
  public func weights(of trajectory: Trajectory, into w: inout MutableSpan<Double>) {
    trajectory.require(w.count, of: "weights")
    for t in w.indices { w[t] = 1 }
  }

  /// 1.
  public func normalizer(of trajectory: Trajectory) -> Double { 1 }
}

/// The unit that has one coefficient.
public enum EstimatorUnit: Sendable {
  /// The trajectory: all its steps share one coefficient, which counts once.
  case trajectory
  /// The step: each step has its own coefficient.
  case step
}
