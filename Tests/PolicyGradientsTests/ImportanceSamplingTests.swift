import AscentPolicyGradients
import Foundation
import Testing

/// ρ = 2, ½, 4: products 2, 1, 4.
private let ratios = [log(2.0), log(0.5), log(4.0)]
private let trajectory = Trajectory(rewards: [1, 2, 4], logRatios: ratios)

private func numbers(
  _ count: Int, _ write: (inout [Double]) -> Void
) -> [Double] {
  var x = Array(repeating: Double.nan, count: count)
  write(&x)
  return x
}

private func coefficients(_ estimator: any Estimator, _ τ: Trajectory = trajectory) -> [Double] {
  numbers(τ.rewards.count) { estimator.coefficients(of: τ, into: &$0) }
}

private func weights(_ estimator: any Estimator, _ τ: Trajectory = trajectory) -> [Double] {
  numbers(τ.rewards.count) { estimator.weights(of: τ, into: &$0) }
}

private func close(_ x: [Double], _ y: [Double]) -> Bool {
  x.count == y.count && zip(x, y).allSatisfy { abs($0 - $1) <= 1e-12 * max(1, abs($1)) }
}

@Suite struct `Importance sampling` {
  @Test func `weighs the whole trajectory by its product`() {
    #expect(close(coefficients(ImportanceSampling()), [28, 28, 28]))
    #expect(close(weights(ImportanceSampling()), [4, 4, 4]))
    #expect(ImportanceSampling().normalizer(of: trajectory) == 1)
  }

  @Test func `divides by the weights where it is self-normalized`() {
    // The batch's largest weight is taken out: alone in its batch a trajectory has weight 1.
    let estimator = ImportanceSampling(isSelfNormalized: true)
    #expect(close(coefficients(estimator), [7, 7, 7]))
    #expect(close([estimator.normalizer(of: trajectory)], [1]))
    var other = trajectory
    other.logScale = log(16)
    #expect(close(coefficients(estimator, other), [1.75, 1.75, 1.75]))
    #expect(close([estimator.normalizer(of: other)], [0.25]))
  }

  @Test func `lets no weight pass the clip`() {
    #expect(close(coefficients(ImportanceSampling(clip: 3)), [21, 21, 21]))
    #expect(close(coefficients(PerDecisionImportanceSampling(clip: 1.5)), [9.5, 8, 6]))
    #expect(close(coefficients(FirstOrderImportanceSampling(clip: 1)), [7, 3, 4]))
  }

  @Test func `per decision weighs a reward by the decisions before it`() {
    // 2·1, 1·2, 4·4 summed from the end.
    #expect(close(coefficients(PerDecisionImportanceSampling()), [20, 18, 16]))
    #expect(close(weights(PerDecisionImportanceSampling()), [2, 1, 4]))
    #expect(close(coefficients(PerDecisionImportanceSampling(discount: 0.5)), [7, 10, 16]))
  }

  @Test func `per decision counts the discount from the beginning where it is asked to`() {
    var estimator = PerDecisionImportanceSampling(discount: 0.5)
    estimator.isCountedFromBeginning = true
    // γᵗ times what is discounted from each step: 7, 10/2, 16/4.
    #expect(close(coefficients(estimator), [7, 5, 4]))
    #expect(close(weights(estimator), [2, 1, 4]))
  }

  @Test func `of the first order weighs a reward to go by its own ratio`() {
    #expect(close(coefficients(FirstOrderImportanceSampling()), [14, 3, 16]))
    #expect(close(weights(FirstOrderImportanceSampling()), [2, 0.5, 4]))
  }

  @Test func `is the on-policy estimator where the policies agree`() {
    let same = Trajectory(rewards: [1, 2, 4], logRatios: [0, 0, 0])
    #expect(coefficients(ImportanceSampling(), same) == [7, 7, 7])
    #expect(coefficients(ImportanceSampling(isSelfNormalized: true), same) == [7, 7, 7])
    #expect(coefficients(PerDecisionImportanceSampling(), same) == [7, 6, 4])
    #expect(coefficients(FirstOrderImportanceSampling(), same) == [7, 6, 4])
  }

  @Test func `survives a thousand steps whose product is no double`() {
    // ρ = e: the product e¹⁰⁰⁰ is beyond the largest double, as a logarithm it is 1000.
    let long = Trajectory(
      rewards: Array(repeating: 1, count: 1000), logRatios: Array(repeating: 1, count: 1000))
    #expect(abs(ImportanceWeights.logProduct(of: long.logRatios) - 1000) < 1e-9)
    let c = coefficients(ImportanceSampling(isSelfNormalized: true), long)
    #expect(close(c, Array(repeating: 1000, count: 1000)))
    #expect(abs(ImportanceWeights.effectiveSampleSize(logWeights: [1000, 1000]) - 2) < 1e-12)
    #expect(abs(ImportanceWeights.effectiveSampleSize(logWeights: [-1000, -1000, -1000]) - 3) < 1e-12)
    let even = (0..<1000).map { $0 % 2 == 0 ? 1.0 : -1.0 }
    #expect(ImportanceWeights.logProduct(of: even) == 0)
  }

  @Test func `says how many trajectories the weights are worth`() {
    // Weights 1, 1, 2: 16 / 6.
    let size = ImportanceWeights.effectiveSampleSize(logWeights: [0, 0, log(2)])
    #expect(abs(size - 16.0 / 6) < 1e-12)
    #expect(ImportanceWeights.effectiveSampleSize(logWeights: [0, -800]) == 1)
    #expect(ImportanceWeights.effectiveSampleSize(logWeights: []) == 0)
  }
}
