import AscentEnvironments
import AscentMathematics
import AscentPolicies
import AscentRandomness
import AscentTestSupport
import Testing

@testable import AscentPolicyGradients

@Suite struct `The conjugate gradient` {
  /// A = BᵀB + I of 6 × 6 drawn numbers, and a right side.
  private static func system(_ seed: UInt64) throws -> (a: [[Double]], g: [Float]) {
    let stream = try RandomStream(StreamKey(seed: seed, purpose: .environment))
    let b = (0..<6).map { _ in (0..<6).map { _ in stream.standardNormal() } }
    let a = (0..<6).map { i in
      (0..<6).map { j in (0..<6).reduce(i == j ? 1.0 : 0) { $0 + b[$1][i] * b[$1][j] } }
    }
    return (a, (0..<6).map { _ in Float(stream.standardNormal()) })
  }

  private static func multiply(_ a: [[Double]], _ v: [Float]) -> [Float] {
    a.map { row in Float(zip(row, v).reduce(0.0) { $0 + $1.0 * Double($1.1) }) }
  }

  /// As many steps as unknowns, and some more for what float32 rounds away.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func `solves a positive definite system`(seed: UInt64) throws {
    let (a, g) = try Self.system(seed)
    var products = 0
    let x = ConjugateGradient.solve(g, steps: 20) { v, image in
      products += 1
      image = Self.multiply(a, v)
    }
    for (found, wanted) in zip(Self.multiply(a, x), g) { #expect(abs(found - wanted) < 1e-4) }
    #expect(products >= 6 && products <= 20)
  }

  /// After k steps x is the best of its Krylov space: the error xᵀAx/2 − gᵀx only falls.
  @Test func `comes closer with every step`() throws {
    let (a, g) = try Self.system(4)
    var last = 0.0
    for steps in 1...6 {
      var products = 0
      let x = ConjugateGradient.solve(g, steps: steps) { v, image in
        products += 1
        image = Self.multiply(a, v)
      }
      #expect(products == steps)
      let image = Self.multiply(a, x)
      var error = 0.0
      for k in x.indices { error += Double(x[k]) * (Double(image[k]) / 2 - Double(g[k])) }
      #expect(error < last)
      last = error
    }
  }

  @Test func `has nothing to do for a gradient of 0`() {
    let x = ConjugateGradient.solve([0, 0, 0], steps: 5) { _, _ in Issue.record("a product was asked for") }
    #expect(x == [0, 0, 0])
  }
}

@Suite struct `A natural step` {
  static let families: [(name: String, factor: any ActionFamily)] = [
    ("categorical", .categorical(3)), ("bits", .bernoulli(2)), ("gaussian", .gaussian(2)),
    ("network", .gaussian(2, .network)), ("exploring", .gaussian(2, .exploring)),
  ]

  private static func steps(_ index: Int, seed: UInt64, count: Int = 200) throws -> Steps {
    let policy = try Policy(
      featureSize: 3, factors: [families[index].factor],
      architecture: Architecture(hidden: [6], critic: .separate, headGain: 1))
    return try Steps(policy, count: count, seed: seed)
  }

  private static func ascend(
    _ steps: Steps, _ settings: AlgorithmSettings
  ) throws -> (Parameters, UpdateReport) {
    let outcome = try steps.ascend(settings, from: steps.θ)
    return (outcome.θ, outcome.report)
  }

  /// The means of ρ Â and of KL(before ‖ after), from the distributions alone.
  private static func compare(_ steps: Steps, _ θ: Parameters) -> (surrogate: Double, divergence: Double) {
    let (policy, batch, observations) = (steps.policy, steps.numbers, steps.observations)
    var workspace = policy.makeWorkspace(rows: batch.count)
    var logs = Array(repeating: 0.0, count: batch.count)
    policy.logProbabilities(
      θ, of: batch.actions, on: observations, rows: 0..<batch.count, in: &workspace, into: &logs)
    var surrogate = 0.0
    for t in logs.indices {
      surrogate += exponential(logs[t] - batch.logProbabilities[t]) * batch.advantages[t]
    }
    policy.forward(steps.θ, on: observations.span, rows: batch.count, .actor, in: &workspace)
    let before = policy.snapshot(of: workspace)
    policy.forward(θ, on: observations.span, rows: batch.count, .actor, in: &workspace)
    var divergences = logs
    var span = divergences.mutableSpan
    policy.readDivergences(from: before, in: workspace, into: &span)
    let n = Double(batch.count)
    return (surrogate / n, divergences.reduce(0, +) / n)
  }

  /// Five families, three sizes, five batches each.
  @Test(arguments: families.indices, [0.001, 0.01, 0.3])
  func `of TRPO stays in its region and raises the surrogate`(index: Int, region: Double) throws {
    var settings = AlgorithmSettings.trpo
    settings.natural.trustRegion = region
    var taken = 0
    for seed in 1...5 as ClosedRange<UInt64> {
      let steps = try Self.steps(index, seed: seed)
      let level = Self.compare(steps, steps.θ)
      #expect(abs(level.divergence) < 1e-6)
      let (θ, report) = try Self.ascend(steps, settings)
      let (surrogate, divergence) = Self.compare(steps, θ)
      #expect(divergence <= region && surrogate >= level.surrogate)
      for k in steps.policy.criticRange { #expect(θ.values[k] == steps.θ.values[k]) }
      guard report.lineSearch >= 0 else {
        #expect(θ.values == steps.θ.values)
        continue
      }
      taken += 1
      #expect(surrogate > level.surrogate && θ.values != steps.θ.values)
      #expect(abs(report.divergence - divergence) < 1e-5 * max(1, divergence))
    }
    #expect(taken >= 4)
  }

  /// With little damping the second order is far from all, and the first step of the line leaves the region.
  @Test func `of TRPO is shortened where it would leave its region`() throws {
    var (shortened, settings) = (0, AlgorithmSettings.trpo)
    (settings.natural.trustRegion, settings.natural.damping) = (0.05, 1e-5)
    settings.natural.conjugateSteps = 60
    for seed in 1...5 as ClosedRange<UInt64> {
      let steps = try Self.steps(0, seed: seed)
      var natural = settings
      natural.update = .natural
      let far = Self.compare(steps, try Self.ascend(steps, natural).0).divergence
      let (θ, report) = try Self.ascend(steps, settings)
      let near = Self.compare(steps, θ).divergence
      #expect(near <= 0.05 && (report.lineSearch != 0 || far <= 0.05))
      guard far > 0.05, report.lineSearch > 0 else { continue }
      shortened += 1
      // The step has the same direction, 0.8 times as long for each attempt.
      var (long, short) = (0.0, 0.0)
      let whole = try Self.ascend(steps, natural).0
      for k in θ.values.indices {
        long += Double((whole.values[k] - steps.θ.values[k]) * (θ.values[k] - steps.θ.values[k]))
        short += Double((θ.values[k] - steps.θ.values[k]) * (θ.values[k] - steps.θ.values[k]))
      }
      let factor = (0..<report.lineSearch).reduce(1.0) { product, _ in product * 0.8 }
      #expect(abs(short / long - factor) < 1e-4)
    }
    #expect(shortened >= 3)
  }

  /// ½ dᵀ(F + damping) d = δ, and ½ dᵀF d is the divergence to second order in the step d.
  @Test(arguments: families.indices.dropLast())
  func `is as long as its divergence`(index: Int) throws {
    var settings = AlgorithmSettings.npg
    settings.natural.trustRegion = 1e-4
    for seed in 1...3 as ClosedRange<UInt64> {
      let steps = try Self.steps(index, seed: seed)
      let (θ, report) = try Self.ascend(steps, settings)
      let (surrogate, divergence) = Self.compare(steps, θ)
      let square = zip(θ.values, steps.θ.values).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
      #expect(abs(divergence + 0.5 * settings.natural.damping * square - 1e-4) < 5e-6)
      #expect(divergence > 3e-5, "the divergence is a large part of it")
      #expect(surrogate > Self.compare(steps, steps.θ).surrogate && report.updates == 1)
    }
  }

  /// No advantage, no gradient, no direction.
  @Test func `is not made where there is nothing to gain`() throws {
    var steps = try Self.steps(0, seed: 1)
    for t in steps.numbers.advantages.indices { steps.batch.steps.advantages[t] = 0 }
    for settings in [AlgorithmSettings.trpo, .npg] {
      let (θ, report) = try Self.ascend(steps, settings)
      #expect(θ.values == steps.θ.values && report.lineSearch == -1)
    }
  }
}

@Suite struct `Natural steps on the two-state chain` {
  /// J is computed and not sampled, and so is the optimum: to leave state 0 at once and to stay in state 1.
  ///
  /// A run on a fixed seed; chance plays no part.
  @Test(arguments: [AlgorithmSettings.trpo, .npg], [1, 2] as [UInt64])
  func `raise the exact objective`(algorithm: AlgorithmSettings, seed: UInt64) throws {
    let (process, limit) = (try MarkovDecisionProcess.twoState(), MarkovDecisionProcess.twoStateTimeLimit)
    let lanes = try Lanes(
      (0..<8).map { _ in TimeLimit(try TabularEnvironment(process), limit: limit) }, seed: seed)
    let policy = try PolicyBuilder.policy(
      observing: lanes.observationSpace, acting: lanes.actionSpace,
      architecture: Architecture(hidden: [16], critic: .separate))
    var settings = algorithm
    settings.stepsPerLane = 100
    var learner = try Learner(settings.algorithm(), policy: policy, lanes: lanes)
    func objective() -> Double {
      let table = PolicyTable(of: policy, learner.parameters, in: process)
      return ExactGradient(of: table, in: process, horizon: limit).objective
    }
    var objectives = [objective()]
    for _ in 0..<25 {
      _ = try learner.iterate(budget: 1_000_000)
      objectives.append(objective())
    }
    var (p, optimum) = (0.0, 0.0)
    for _ in 0..<limit {
      p = p * 0.9 + (1 - p) * 0.8
      optimum += p
    }
    #expect(objectives[0] < 0.6 * optimum && objectives[25] > 0.97 * optimum)
    #expect(objectives.allSatisfy { $0 < optimum })
    // A step of divergence 0.01 along an estimate may lose a little near the optimum, by chance.
    for k in 0..<25 { #expect(objectives[k + 1] > objectives[k] - (k < 10 ? 0 : 0.2)) }
  }
}
