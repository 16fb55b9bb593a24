// Learning from advantages needs an estimator that makes them.
// expect: argument type 'RewardToGo' does not conform to expected type 'AdvantageEstimator'
import AscentPolicyGradients

let learning = AdvantageLearning(
  RewardToGo(), update: .joint(MinibatchSettings(), ValueLoss()), discount: 0.99)
