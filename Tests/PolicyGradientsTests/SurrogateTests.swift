import Policies
import Randomness
import Testing

@testable import PolicyGradients

@Suite struct `The clipped surrogate` {
  /// ε = 0.2: (Â, ρ, the coefficient of ∇log π).
  static let table: [(advantage: Double, ratio: Double, expected: Double)] = [
    (2, 1, 2), (2, 0.5, 1), (2, 1.1, 2.2), (2, 1.3, 0), (2, 5, 0),
    (-2, 1, -2), (-2, 1.5, -3), (-2, 0.9, -1.8), (-2, 0.7, 0), (-2, 0.01, 0),
    (2, 1.2, 2.4), (-2, 0.8, -1.6), (0, 3, 0),
  ]

  @Test(arguments: table)
  func `pulls no step further that has gone far enough`(advantage: Double, ratio: Double, expected: Double) {
    #expect(abs(Algorithm.Surrogate.clipped.coefficient(advantage, ratio, 0.2) - expected) < 1e-12)
    #expect(Algorithm.Surrogate.ratio.coefficient(advantage, ratio, 0.2) == ratio * advantage)
    #expect(Algorithm.Surrogate.score.coefficient(advantage, ratio, 0.2) == advantage)
  }

  /// ∂/∂ log ρ of min(ρ Â, clip(ρ, 1 − ε, 1 + ε) Â), away from its kinks.
  @Test(arguments: [-3.0, -0.5, 0.5, 3], [0.3, 0.75, 0.85, 1, 1.15, 1.25, 4])
  func `is the slope of the smaller of both`(advantage: Double, ratio: Double) {
    func objective(_ logRatio: Double) -> Double {
      let ρ = exponential(logRatio)
      return min(ρ * advantage, min(max(ρ, 0.8), 1.2) * advantage)
    }
    let (x, h) = (logarithm(ratio), 1e-6)
    let slope = (objective(x + h) - objective(x - h)) / (2 * h)
    #expect(abs(Algorithm.Surrogate.clipped.coefficient(advantage, ratio, 0.2) - slope) < 1e-6)
  }

  /// A linear policy's bias gradient is the mean of coefficient × (one-hot − π): the update uses the table.
  @Test(arguments: [(1, 0.0), (0.25, 0), (1, 0.05)])
  func `is what an update ascends`(factor: Double, entropy: Double) throws {
    let steps = try Steps(Steps.policy(isCategorical: true, hidden: []), count: 40, staleness: 0.4)
    var settings = Algorithm.ppo
    (settings.advantageNormalization, settings.gradientClip, settings.entropy) = (.none, 0, entropy)
    let outcome = try steps.ascend(settings, clip: factor)
    let g = try #require(outcome.gradients.first)
    let bias = try #require(steps.θ.slices.first { $0.name == "actor.0.bias" }).range.lowerBound
    var (expected, clipped) = ([0.0, 0, 0], 0.0)
    var workspace = steps.policy.makeWorkspace(rows: 1)
    for t in 0..<40 {
      let o = Array(steps.batch.observations[t * 3..<t * 3 + 3])
      var logs = [0.0, 0, 0]
      for a in 0..<3 {
        var one = [0.0]
        steps.policy.logProbabilities(
          steps.θ, of: [Float(a)], on: o, rows: 0..<1, in: &workspace, into: &one)
        logs[a] = one[0]
      }
      let action = Int(steps.batch.actions[t])
      let ρ = exponential(logs[action] - steps.batch.logProbabilities[t])
      let (advantage, ε) = (steps.batch.advantages[t], 0.2 * factor)
      let isClipped = advantage > 0 && ρ > 1 + ε || advantage < 0 && ρ < 1 - ε
      if isClipped { clipped += 1 }
      let h = logs.reduce(0) { $0 - exponential($1) * $1 }
      for a in 0..<3 {
        let π = exponential(logs[a])
        let score = (a == action ? 1 : 0) - π
        expected[a] += (isClipped ? 0 : ρ * advantage) * score / 40
        expected[a] -= entropy * π * (logs[a] + h) / 40
      }
    }
    for a in 0..<3 { #expect(abs(Double(g[bias + a]) - expected[a]) < 1e-6) }
    #expect(outcome.report.clipFraction == clipped / 40 && clipped > 4)
  }
}

@Suite struct `The critic's error` {
  /// (V, target, V before, clip, the slope of the error by V).
  static let table: [(v: Double, target: Double, before: Double, clip: Double, slope: Double)] = [
    (1, 3, 0, 0, -4), (1, -3, 0, 0, 8),  // not clipped
    (0.25, 1, 0, 0.5, -1.5), (0.25, -1, 0, 0.5, 2.5),  // near its old value
    (1, 2, 0, 0.5, 0), (-1, -2, 0, 0.5, 0),  // has gone far enough towards the target
    (1, -1, 0, 0.5, 4), (-1, 1, 0, 0.5, -4),  // has gone the wrong way: let it come back
    (1, 0.9, 0, 0.5, 0), (1, 0.6, 0, 0.5, 0.8),  // beyond: the nearer side counts less
  ]

  /// One step of a linear critic: minus the weight times the slope is the gradient of its bias.
  @Test(arguments: table)
  func `has the slope of the larger of both`(
    v: Double, target: Double, before: Double, clip: Double, slope: Double
  ) throws {
    let policy = try Steps.policy(isCategorical: true, hidden: [], features: 1)
    var θ = try Steps(policy, count: 1).θ
    for k in policy.criticRange { θ.values[k] = 0 }
    let bias = try #require(θ.slices.first { $0.name == "critic.0.bias" }).range.lowerBound
    θ.values[bias] = Float(v)
    var rollout = Rollout(laneCount: 1, observationSize: 1, actionSize: 1)
    rollout.lanes[0].observations = [0]
    rollout.lanes[0].actions = [0]
    rollout.lanes[0].rewards = [0]
    rollout.lanes[0].logProbabilities = [0]
    var advantages = Advantages(laneCount: 1)
    (advantages.advantages[0], advantages.targets[0]) = ([0], [target])
    var batch = Batch()
    batch.load(rollout, advantages, [[before]], for: policy, cut: Truncation())
    var settings = Algorithm.ppo
    (settings.gradientClip, settings.valueWeight, settings.valueClip) = (0, 0.25, clip)
    var update = MinibatchUpdate(settings, policy, with: Alone())
    var (optimizer, report) = (Recorder() as any Optimizer, UpdateReport())
    _ = try update.ascend(
      batch, &θ, &optimizer, MinibatchUpdate.Factors(rate: 1, clip: 1, entropy: 1), epochs: 1,
      drawing: try RandomStream(StreamKey(seed: 1, purpose: .minibatches)), into: &report)
    let g = try #require((optimizer as? Recorder)?.gradients.first)
    #expect(abs(Double(g[bias]) + 0.25 * slope) < 1e-6)
    #expect(abs(report.valueError - (v - target) * (v - target)) < 1e-6)
  }
}
