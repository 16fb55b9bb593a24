/// A rule for coefficients.
///
/// These are the c(i,t) in
///
///     ĝ = 1/N Σᵢ Σₜ c(i,t) ∇θ log πθ(a(i,t) ∣ o(i,t)).
///
/// Every gradient estimate of this library has this form and differs from the others only in c:
///
/// | estimator | c(i,t) |
/// |---|---|
/// | ``MaximumLikelihood`` | 1 |
/// | ``TotalReturn`` | r(τᵢ) |
/// | ``RewardToGo`` | Σ_{t′≥t} γ^{t′−t} r(i,t′) |
/// | ``ImportanceSampling`` | (Πₜ ρ(i,t)) r(τᵢ) |
/// | ``PerDecisionImportanceSampling`` | Σ_{t′≥t} (Π_{t″≤t′} ρ(i,t″)) r(i,t′) |
/// | ``FirstOrderImportanceSampling`` | ρ(i,t) Σ_{t′≥t} γ^{t′−t} r(i,t′) |
/// | ``GeneralizedAdvantage`` | Â(i,t) = Σ_{t′≥t} (γλ)^{t′−t} δ(i,t′) |
/// | ``VTrace`` | min(ρ̄, ρ(i,t)) (r(i,t) + γ v(i,t+1) − V(i,t)) |
/// | ``RatioSurrogate`` | ρ(i,t) Â(i,t) |
/// | ``ClippedSurrogate`` | ρ(i,t) Â(i,t), or 0 where the clip is active |
/// | with a ``Baseline`` | the above − b w(i,t) |
///
/// An estimator for trajectories of the current policy is an ``OnPolicyEstimator``, which has two members. One for trajectories of
/// another policy conforms to this protocol and says all of it. Those that need a critic are ``AdvantageEstimator``s.
public protocol Estimator: Sendable {
  /// Whether the trajectories must come from the current parameters.
  var isOnPolicy: Bool { get }

  /// What one coefficient belongs to, and so what a mean of coefficients counts.
  var unit: EstimatorUnit { get }

  /// Writes c(t) for each step of a trajectory.
  ///
  /// - Parameters:
  ///   - trajectory: complete, with `logRatios` unless the estimator is on-policy.
  ///   - c: as many numbers as the trajectory has rewards.
  func coefficients(of trajectory: Trajectory, into c: inout MutableSpan<Double>)

  /// Writes w(t), with E[Σₜ w(t) ∇log π(t)] = 0: the factors that a baseline is multiplied by.
  func weights(of trajectory: Trajectory, into w: inout MutableSpan<Double>)

  /// What one trajectory adds to the number that the sum is divided by; N is the sum of ones.
  func normalizer(of trajectory: Trajectory) -> Double
}

extension Estimator {
  /// Writes c(t) into an array that has as many numbers as the trajectory has rewards.
  public func coefficients(of trajectory: Trajectory, into c: inout [Double]) {
    var span = c.mutableSpan
    coefficients(of: trajectory, into: &span)
  }

  /// Writes w(t) into an array that has as many numbers as the trajectory has rewards.
  public func weights(of trajectory: Trajectory, into w: inout [Double]) {
    var span = w.mutableSpan
    weights(of: trajectory, into: &span)
  }
}

/// An estimator for trajectories of the current parameters: w(t) = 1, and the sum is divided by N.
public protocol OnPolicyEstimator: Estimator {}

extension OnPolicyEstimator {
  /// True.
  public var isOnPolicy: Bool { true }

  /// Writes 1.
  public func weights(of trajectory: Trajectory, into w: inout MutableSpan<Double>) {
    for t in w.indices { w[t] = 1 }
  }

  /// 1.
  public func normalizer(of trajectory: Trajectory) -> Double { 1 }
}

/// What one coefficient belongs to.
public enum EstimatorUnit: Sendable {
  /// The trajectory: all its steps carry the same coefficient, which counts once.
  case trajectory
  /// The step: each has a coefficient of its own.
  case step
}
