import Ascent

/// The rewards of the next n steps: c(t) = Σ r(t′) over t ≤ t′ < t + n.
///
/// Later rewards are omitted. That adds a bias, and removes the variance of those rewards.
struct ShortSighted: OnPolicyEstimator {
  /// n.
  var window: Int

  var unit: EstimatorUnit { .step }

  func coefficients(of trajectory: Trajectory, into c: inout MutableSpan<Double>) {
    let r = trajectory.rewards
    var sum = 0.0
    for t in r.indices.reversed() {
      sum += r[t]
      if t + window < r.count { sum -= r[t + window] }
      c[t] = sum
    }
  }
}

extension EstimatorEntry {
  static let shortSighted = EstimatorEntry(
    "short-sighted", help: "the rewards of the next 20 steps", isUnbiased: false, expectation: .unknown,
    estimatesObjective: false, rule: .trajectories { _ in ShortSighted(window: 20) })
}
