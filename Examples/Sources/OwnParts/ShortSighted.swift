import Ascent

/// The rewards of the next n steps: c(t) = Σ r(t′) over t ≤ t′ < t + n.
///
/// What an action changes long after it was taken is left out. That is a bias; the variance of the rewards left out is gone, too.
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
