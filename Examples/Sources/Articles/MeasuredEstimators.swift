import Ascent

/// Compares three rules on the same batches of a process whose gradient is known.
func measureEstimators() throws {
  let plan = GradientStudy.Plan(
    rules: [GradientRule(.totalReturn), GradientRule(.rewardToGo), GradientRule(.rewardToGo, .leaveOneOut)],
    batches: 50, trajectories: 32, splitsVariance: false)
  let study = try GradientStudy(
    of: PolicySubject("native:two-state"), plan,
    EvaluationPlan(seed: 1, lanes: 32, host: Host()))
  for finding in study.findings {
    print("\(finding.rule): variance \(finding.variance.rounded()), exact bias \(finding.exactBias)")
  }
}
