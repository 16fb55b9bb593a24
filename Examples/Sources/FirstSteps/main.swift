// Trains REINFORCE on two CartPoles: Ascent's own, and Gymnasium's, hosted by the embedded Python.
import Ascent

func train(_ name: String, in environments: [any Environment], steps: Int) throws {
  let lanes = try Lanes(environments, seed: 1)
  let policy = try PolicyBuilder.policy(
    observing: lanes.observationSpace, acting: lanes.actionSpace, hidden: [64, 64])
  var learner = try Learner(.reinforce, policy: policy, lanes: lanes)
  var returns: [Double] = []
  while learner.steps < steps, let report = try learner.iterate(budget: steps - learner.steps) {
    if report.objective.count > 0 { returns.append(report.objective.mean) }
  }
  let (first, last) = (returns.first ?? .nan, returns.last ?? .nan)
  print("\(name): \(learner.steps) steps, mean return \(first.rounded()) at first, \(last.rounded()) at last")
}

let native = try (0..<8).map { _ in TimeLimit(try CartPole(), limit: CartPole.timeLimit) }
try train("native:cartpole", in: native, steps: 40_000)

let python = try Interpreter.start(.locate(explicit: nil, environment: [:], folders: ["."]))
let hosted = try (0..<8).map { lane in
  let cartPole = try PythonEnvironment(
    PythonOpening("CartPole-v1"), lane: lane, randomness: .streams(.philox), interpreter: python)
  return TimeLimit(cartPole, limit: cartPole.timeLimit ?? 500)
}
try train("CartPole-v1", in: hosted, steps: 20_000)
