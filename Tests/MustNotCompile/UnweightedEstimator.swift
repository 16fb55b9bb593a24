// An estimator for trajectories of another policy says what weights it gives them.
// expect: type 'Unweighted' does not conform to protocol 'Estimator'
import AscentPolicyGradients

struct Unweighted: Estimator {
  var isOnPolicy: Bool { false }
  var unit: EstimatorUnit { .step }

  func coefficients(of trajectory: Trajectory, into c: inout MutableSpan<Double>) {
    for t in c.indices { c[t] = trajectory.rewards[t] }
  }
}
