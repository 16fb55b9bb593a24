// Times the computation of each rule's coefficients relative to a whole iteration. Prints one JSON line per rule.
//
// The iteration is on native:cartpole, the fastest environment; on any other the share is smaller.
import Ascent

let policy = try Policy.categorical(observationSize: 4, actionCount: 2)
let lanes = try Lanes((0..<8).map { _ in TimeLimit(try CartPole(), limit: CartPole.timeLimit) }, seed: 1)
let θ = policy.initialParameters(from: try RandomStream(StreamKey(seed: 1, purpose: .parameters)))
let clock = ContinuousClock()

/// Seconds per step in the fastest of several rounds: disturbances can only slow a round down.
func secondsPerStep(_ rounds: Int, _ steps: Int, _ body: () throws -> Void) rethrows -> Double {
  var best = Double.infinity
  for _ in 0..<rounds {
    let start = clock.now
    try body()
    best = min(best, (clock.now - start).seconds / Double(steps))
  }
  return best
}

var sampler = try Sampler(lanes, policy: policy)
var rollout = Rollout(laneCount: 8, observationSize: 4, actionSize: 1)
_ = try sampler.fill(&rollout, acting: policy, θ, SamplingBudget(.stepsPerLane(256), steps: .max))
var estimate = GradientEstimate(laneCount: 8, policy: policy)

let rule = AlgorithmSettings.reinforce.rule
let sampling = try secondsPerStep(200, rollout.stepCount) {
  _ = try sampler.fill(&rollout, acting: policy, θ, SamplingBudget(.stepsPerLane(256), steps: .max))
}
let baseline = try rule.makeSubtrahend()
let gradient = secondsPerStep(200, rollout.stepCount) {
  _ = estimate.estimate(
    rollout, estimator: rule.makeEstimator(), subtracting: baseline, parameters: θ)
}
let iteration = sampling + gradient

for name in [
  "total-return", "total-return+average", "reward-to-go", "reward-to-go+average",
  "reward-to-go+leave-one-out",
  "reward-to-go+time-dependent", "reward-to-go+optimal",
] {
  var rule = try GradientRule(named: name)
  rule.settings.gamma = 0.99
  let (estimator, subtrahend) = (rule.makeEstimator(), try rule.makeSubtrahend())
  let seconds = secondsPerStep(200, rollout.stepCount) {
    estimate.weigh(rollout, estimator: estimator, subtracting: subtrahend, parameters: θ)
  }
  let line = JSON.object([
    ("rule", .text(name)), ("nanoseconds_per_step", .number(1e9 * seconds)),
    ("iteration_nanoseconds_per_step", .number(1e9 * iteration)), ("share", .number(seconds / iteration)),
  ])
  print(line.line)
}
