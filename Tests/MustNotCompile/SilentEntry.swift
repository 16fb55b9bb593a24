// An entry of a registry says what follows from it: there is no answer by default.
// expect: missing arguments for parameters 'isUnbiased', 'expectation', 'estimatesObjective' in call
import AscentPolicyGradients

let entry = EstimatorEntry("mine", help: "my estimator", rule: .trajectories { _ in RewardToGo() })
