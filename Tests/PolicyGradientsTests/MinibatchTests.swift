import AscentMathematics
import AscentPolicies
import AscentTestSupport
import Testing

@testable import AscentPolicyGradients

/// Plain PPO, whose advantages stay as they are.
private let settings: AlgorithmSettings = {
  var settings = AlgorithmSettings.ppo
  (settings.minibatches.normalization, settings.minibatches.gradientClip) = (.none, 0)
  settings.optimization.rate = 0.01
  return settings
}()

@Suite struct `A pass over a batch` {
  /// Step t alone observes the t-th feature, so row t of a layer's weights is in the gradients of the minibatches
  /// that have it, and in no others.
  @Test(arguments: [(10, 4), (10, 5), (7, 1), (9, 3), (1, 4), (300, 128), (11, 10)])
  func `uses every step once`(count: Int, size: Int) throws {
    let policy = try Steps.policy(isCategorical: true, hidden: [], features: count)
    let diagonal = (0..<count * count).map { Float($0 / count == $0 % count ? 1 : 0) }
    let steps = try Steps(policy, count: count, observations: diagonal)
    let outcome = try steps.ascend(settings, epochs: 2, minibatch: size)
    let perEpoch = (count + size - 1) / size
    #expect(outcome.report.updates == 2 * perEpoch)
    #expect(outcome.gradients.count == 2 * perEpoch)
    let weight = try #require(steps.θ.slices.first { $0.name == "actor.0.weight" }).range.lowerBound
    let members = outcome.gradients.map { g in
      (0..<count).filter { t in g[weight + 3 * t..<weight + 3 * t + 3].contains { $0 != 0 } }
    }
    for epoch in [members[..<perEpoch], members[perEpoch...]] {
      #expect(epoch.joined().sorted() == Array(0..<count))
      let sizes = epoch.map(\.count)
      #expect(sizes.dropLast().allSatisfy { $0 == size } && sizes.last == count - (perEpoch - 1) * size)
    }
    if perEpoch > 1, count > 9 {
      #expect(Array(members[..<perEpoch]) != Array(members[perEpoch...]), "each pass has an order of its own")
      #expect(Array(members[..<perEpoch].joined()) != Array(0..<count))
    }
  }

  /// ∇ of a mean is the mean of the minibatches' ∇, weighted by their sizes; float32 leaves some 1e-7.
  @Test(arguments: [true, false], [(10, 4), (300, 70), (257, 128)])
  func `has gradients that add up to the whole batch's`(isCategorical: Bool, sizes: (Int, Int)) throws {
    let (count, size) = sizes
    let steps = try Steps(Steps.policy(isCategorical: isCategorical), count: count, staleness: 0.2)
    let whole = try #require(try steps.ascend(settings).gradients.first)
    let parts = try steps.ascend(settings, minibatch: size).gradients
    var sum = Array(repeating: 0.0, count: whole.count)
    for (k, part) in parts.enumerated() {
      let weight = Double(min(size, count - k * size)) / Double(count)
      for j in sum.indices { sum[j] += weight * Double(part[j]) }
    }
    for j in sum.indices { #expect(abs(sum[j] - Double(whole[j])) < 2e-6 * Double(largest(whole))) }
  }

  @Test func `takes a minibatch that is larger than the rollout for all of it`() throws {
    let steps = try Steps(Steps.policy(isCategorical: true), count: 10, staleness: 0.1)
    let outcomes = try [0, 10, 11, 64].map {
      try steps.ascend(settings, with: Adam(rate: 0.01), epochs: 3, minibatch: $0)
    }
    for outcome in outcomes {
      #expect(outcome.θ.values == outcomes[0].θ.values && outcome.report.updates == 3)
    }
    #expect(outcomes[0].θ.values != steps.θ.values)
  }

  /// (1 − 2)/√2, (3 − 2)/√2 over two steps; one step alone stays as it is.
  @Test func `normalizes advantages among the steps of a minibatch`() throws {
    let steps = try Steps(Steps.policy(isCategorical: true), count: 2)
    var numbers = steps.numbers
    numbers.advantages = [1, 3]
    numbers.normalizeAdvantages()
    let half = 0.5.squareRoot()
    #expect(abs(numbers.advantages[0] + half) < 1e-7 && abs(numbers.advantages[1] - half) < 1e-7)
    var one = StepNumbers()
    one.take([1], of: numbers)
    one.advantages = [5]
    one.normalizeAdvantages()
    #expect(one.advantages == [5])
  }

  /// ‖ĝ‖ is the norm of all of it, actor and critic; the report has it as it was.
  @Test func `cuts a gradient to its norm, and leaves a shorter one`() throws {
    let steps = try Steps(Steps.policy(isCategorical: false), count: 50, staleness: 0.2)
    let free = try steps.ascend(settings)
    let g = try #require(free.gradients.first)
    let norm = g.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    #expect(abs(free.report.gradientNorm - norm) < 1e-9 * norm)
    for bound in [0.1 * norm, 0.9 * norm] {
      var clipping = settings
      clipping.minibatches.gradientClip = bound
      let cut = try steps.ascend(clipping)
      let short = try #require(cut.gradients.first)
      #expect(cut.report.gradientNorm == free.report.gradientNorm)
      for k in g.indices { #expect(abs(Double(short[k]) - Double(g[k]) * bound / norm) < 1e-5 * bound) }
    }
    var generous = settings
    generous.minibatches.gradientClip = 1.1 * norm
    #expect(try steps.ascend(generous).gradients == [g])
  }

  /// One update an epoch: the steps before the stop are those of a run of as many epochs.
  @Test(arguments: [0.001, 0.01, 0.03])
  func `stops where the divergence is half above its target`(target: Double) throws {
    let steps = try Steps(Steps.policy(isCategorical: true), count: 60)
    var careful = settings
    (careful.minibatches.targetDivergence, careful.optimization.rate) = (target, 0.03)
    let stopped = try steps.ascend(careful, with: Adam(rate: 0.03), epochs: 30)
    #expect(stopped.report.updates > 0 && stopped.report.updates < 30)
    #expect(stopped.report.divergence > 1.5 * target)
    careful.minibatches.targetDivergence = 0
    let free = try steps.ascend(careful, with: Adam(rate: 0.03), epochs: stopped.report.updates)
    #expect(free.θ.values == stopped.θ.values && free.report.divergence <= 1.5 * target)
  }

  /// The mean of (ρ − 1) − log ρ, as far as half above the target and no further.
  @Test func `measures the divergence before it steps`() throws {
    let steps = try Steps(Steps.policy(isCategorical: true), count: 60, staleness: 0.5)
    var workspace = steps.policy.makeWorkspace(rows: 60)
    var (logs, mean) = (Array(repeating: 0.0, count: 60), 0.0)
    steps.policy.logProbabilities(
      steps.θ, of: steps.numbers.actions, on: steps.observations, rows: 0..<60, in: &workspace,
      into: &logs)
    for t in 0..<60 {
      let logRatio = logs[t] - steps.numbers.logProbabilities[t]
      mean += (exponential(logRatio) - 1 - logRatio) / 60
    }
    var careful = settings
    for (factor, updates) in [(1.4, 1), (1.6, 0)] {
      careful.minibatches.targetDivergence = mean / factor
      let outcome = try steps.ascend(careful, with: Adam(rate: 0.03))
      #expect(abs(outcome.report.divergence - mean) < 1e-12)
      #expect(outcome.report.updates == updates && (outcome.θ.values == steps.θ.values) == (updates == 0))
    }
  }
}
