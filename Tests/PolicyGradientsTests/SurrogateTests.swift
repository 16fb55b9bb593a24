import AscentMathematics
import AscentPolicies
import AscentRandomness
import AscentTestSupport
import Testing

@testable import AscentPolicyGradients

private let advantages = GeneralizedAdvantage(discount: 1, decay: 1)

/// What an estimator makes of one advantage.
private func coefficient(_ estimator: any AdvantageEstimator, _ advantage: Double, _ ratio: Double) -> Double
{
  var c = [Double.nan]
  var span = c.mutableSpan
  _ = estimator.coefficients([advantage].span, ratios: [ratio].span, remaining: 1, into: &span)
  return c[0]
}

@Suite struct `The clipped surrogate` {
  private static let clipped = ClippedSurrogate(of: advantages, clip: 0.2)

  /// ε = 0.2: (Â, ρ, the coefficient of ∇log π).
  static let table: [(advantage: Double, ratio: Double, expected: Double)] = [
    (2, 1, 2), (2, 0.5, 1), (2, 1.1, 2.2), (2, 1.3, 0), (2, 5, 0),
    (-2, 1, -2), (-2, 1.5, -3), (-2, 0.9, -1.8), (-2, 0.7, 0), (-2, 0.01, 0),
    (2, 1.2, 2.4), (-2, 0.8, -1.6), (0, 3, 0),
  ]

  @Test(arguments: table)
  func `pulls no step further that has gone far enough`(advantage: Double, ratio: Double, expected: Double) {
    #expect(abs(coefficient(Self.clipped, advantage, ratio) - expected) < 1e-12)
    #expect(coefficient(RatioSurrogate(of: advantages), advantage, ratio) == ratio * advantage)
    #expect(coefficient(advantages, advantage, ratio) == advantage)
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
    #expect(abs(coefficient(Self.clipped, advantage, ratio) - slope) < 1e-6)
  }

  /// A linear policy's bias gradient is the mean of coefficient × (one-hot − π): the update uses the table.
  @Test(arguments: [(1, 0.0), (0.25, 0), (1, 0.05)])
  func `is what an update ascends`(factor: Double, entropy: Double) throws {
    let steps = try Steps(Steps.policy(isCategorical: true, hidden: []), count: 40, staleness: 0.4)
    var settings = AlgorithmSettings.ppo
    (settings.minibatches.normalization, settings.minibatches.gradientClip) = (.none, 0)
    settings.minibatches.entropy.weight = entropy
    let outcome = try steps.ascend(settings, clip: factor)
    let g = try #require(outcome.gradients.first)
    let bias = try #require(steps.θ.slices.first { $0.name == "actor.0.bias" }).range.lowerBound
    var (expected, clipped) = ([0.0, 0, 0], 0.0)
    var workspace = steps.policy.makeWorkspace(rows: 1)
    for t in 0..<40 {
      let o = Array(steps.observations[t * 3..<t * 3 + 3])
      var logs = [0.0, 0, 0]
      for a in 0..<3 {
        var one = [0.0]
        steps.policy.logProbabilities(
          steps.θ, of: [Float(a)], on: o, rows: 0..<1, in: &workspace, into: &one)
        logs[a] = one[0]
      }
      let action = Int(steps.numbers.actions[t])
      let ρ = exponential(logs[action] - steps.numbers.logProbabilities[t])
      let (advantage, ε) = (steps.numbers.advantages[t], 0.2 * factor)
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
    (1, 2, 0, 0.5, 0), (-1, -2, 0, 0.5, 0),  // has gone far enough toward the target
    (1, -1, 0, 0.5, 4), (-1, 1, 0, 0.5, -4),  // has gone the wrong way: let it come back
    (1, 0.9, 0, 0.5, 0), (1, 0.6, 0, 0.5, 0.8),  // beyond: the nearer side counts less
  ]

  /// One step of a linear critic: minus the weight times the slope is the gradient of its bias.
  @Test(arguments: table)
  func `has the slope of the larger of both`(
    v: Double, target: Double, before: Double, clip: Double, slope: Double
  ) throws {
    let policy = try Steps.policy(isCategorical: true, hidden: [], features: 1)
    var steps = try Steps(policy, count: 1, observations: [0])
    var θ = steps.θ
    for k in policy.criticRange { θ.values[k] = 0 }
    let bias = try #require(θ.slices.first { $0.name == "critic.0.bias" }).range.lowerBound
    θ.values[bias] = Float(v)
    (steps.batch.steps.advantages, steps.batch.steps.targets) = ([0], [target])
    steps.batch.steps.values = [before]
    var settings = AlgorithmSettings.ppo
    (settings.minibatches.epochs, settings.minibatches.gradientClip) = (1, 0)
    (settings.value.weight, settings.value.clip) = (0.25, clip)
    let outcome = try steps.ascend(settings, from: θ)
    let g = try #require(outcome.gradients.first)
    #expect(abs(Double(g[bias]) + 0.25 * slope) < 1e-6)
    #expect(abs(outcome.report.valueError - (v - target) * (v - target)) < 1e-6)
  }
}
