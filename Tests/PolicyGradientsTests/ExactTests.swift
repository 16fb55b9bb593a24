import AscentEnvironments
import AscentPolicies
import AscentPolicyGradients
import AscentRandomness
import Testing

/// A small problem with a policy that is neither uniform nor sure of itself.
struct Problem: CustomTestStringConvertible, Sendable {
  let name: String
  let process: MarkovDecisionProcess
  let horizon: Int
  var testDescription: String { name }

  static let all: [Problem] = {
    let made: [Problem?] = [
      (try? MarkovDecisionProcess.bandit()).map { Problem(name: "bandit", process: $0, horizon: 1) },
      (try? MarkovDecisionProcess.twoState()).map { Problem(name: "two-state", process: $0, horizon: 6) },
      (try? MarkovDecisionProcess.gridWorld()).map { Problem(name: "gridworld", process: $0, horizon: 4) },
    ]
    return made.compactMap(\.self)
  }()

  var policy: Policy {
    get throws {
      try Policy.categorical(
        observationSize: process.stateCount, actionCount: process.actionCount, hidden: [])
    }
  }

  /// θ, uniform in ±1, other for another seed.
  func parameters(_ seed: UInt64 = 1) throws -> Parameters {
    let stream = try RandomStream(StreamKey(seed: seed, purpose: .parameters))
    var θ = try policy.initialParameters(from: stream)
    for k in θ.values.indices { θ.values[k] = Float(2 * stream.uniform() - 1) }
    return θ
  }

  func table(_ seed: UInt64 = 1) throws -> PolicyTable {
    try PolicyTable(of: policy, parameters(seed), in: process)
  }

  func enumeration(_ seed: UInt64 = 1) throws -> TrajectoryEnumeration {
    try #require(TrajectoryEnumeration(of: table(seed), in: process, horizon: horizon))
  }

  func lanes(_ count: Int, seed: UInt64) throws -> Lanes {
    try Lanes((0..<count).map { _ in TimeLimit(try TabularEnvironment(process), limit: horizon) }, seed: seed)
  }
}

private func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
private func difference(_ x: [Double], _ y: [Double]) -> Double { norm(zip(x, y).map { $0 - $1 }) }

@Suite struct `The exact side` {
  @Test func `knows every problem`() { #expect(Problem.all.count == 3) }

  @Test(arguments: Problem.all)
  func `enumerates trajectories whose probabilities sum to 1`(problem: Problem) throws {
    let moments = try problem.enumeration().moments(of: TotalReturn())
    #expect(abs(moments.probability - 1) < 1e-12)
    let exact = ExactGradient(of: try problem.table(), in: problem.process, horizon: problem.horizon)
    #expect(abs(moments.objective - exact.objective) < 1e-12)
  }

  @Test func `refuses to enumerate what has no end`() throws {
    let grid = try #require(Problem.all.last)
    #expect(TrajectoryEnumeration(of: try grid.table(), in: grid.process, horizon: 30) == nil)
  }

  @Test(arguments: Problem.all)
  func `has the gradient that finite differences have`(problem: Problem) throws {
    let θ = try problem.parameters()
    let table = try problem.table()
    let exact = ExactGradient(of: table, in: problem.process, horizon: problem.horizon)
    let gradient = table.gradient(exact.coefficients)
    // Single-precision parameters with a step of 2⁻⁶: an error of h² and of 1e-7/h, both below 1e-3.
    let h: Float = 0x1p-6
    for k in θ.values.indices {
      var objectives: [Double] = []
      for step in [h, -h] {
        var moved = θ
        moved.values[k] += step
        let there = try PolicyTable(of: problem.policy, moved, in: problem.process)
        objectives.append(
          ExactGradient(of: there, in: problem.process, horizon: problem.horizon).objective)
      }
      let slope = (objectives[0] - objectives[1]) / Double(2 * h)
      #expect(abs(gradient[k] - slope) < 1e-3 * max(1, abs(slope)))
    }
  }
}

/// The lemmas of the notes, over every trajectory instead of over samples: chance plays no part.
@Suite struct `On every trajectory` {
  @Test(arguments: Problem.all)
  func `the score is zero on average`(problem: Problem) throws {
    let moments = try problem.enumeration().moments(of: TotalReturn())
    #expect(norm(try problem.table().gradient(moments.scores)) < 1e-6)
    #expect(moments.scoreSquares > 0.1)
  }

  @Test(arguments: Problem.all)
  func `past rewards add nothing to the gradient, only to its variance`(problem: Problem) throws {
    let (table, all) = (try problem.table(), try problem.enumeration())
    let (total, toGo) = (all.moments(of: TotalReturn()), all.moments(of: RewardToGo()))
    let exact = table.gradient(
      ExactGradient(of: table, in: problem.process, horizon: problem.horizon).coefficients)
    #expect(difference(table.gradient(total.coefficients), exact) < 1e-6)
    #expect(difference(table.gradient(toGo.coefficients), exact) < 1e-6)
    let mean = norm(exact) * norm(exact)
    #expect(toGo.variance(mean: mean) <= total.variance(mean: mean) + 1e-9)
  }

  @Test(arguments: Problem.all)
  func `a discount counts as it says`(problem: Problem) throws {
    let (table, all) = (try problem.table(), try problem.enumeration())
    for (estimator, isFromBeginning) in [
      (RewardToGo(discount: 0.8) as any Estimator, false),
      (RewardToGo(discount: 0.8, isCountedFromBeginning: true), true), (TotalReturn(discount: 0.8), true),
    ] {
      let exact = ExactGradient(
        of: table, in: problem.process, horizon: problem.horizon, discount: 0.8,
        isCountedFromBeginning: isFromBeginning)
      let expected = table.gradient(exact.coefficients)
      #expect(difference(table.gradient(all.moments(of: estimator).coefficients), expected) < 1e-6)
    }
  }

  @Test(arguments: Problem.all)
  func `a constant keeps the expectation, and the optimal one has the least variance`(problem: Problem) throws
  {
    let (table, all) = (try problem.table(), try problem.enumeration())
    for estimator in [TotalReturn() as any Estimator, RewardToGo()] {
      let plain = all.moments(of: estimator)
      let mean = norm(table.gradient(plain.coefficients)) * norm(table.gradient(plain.coefficients))
      let best = plain.variance(baseline: plain.optimalBaseline, mean: mean)
      for b in [-1.0, 0, 0.5, plain.objective, plain.optimalBaseline + 0.1, plain.optimalBaseline - 0.1] {
        let shifted = all.moments(of: Shifted(estimator: estimator, constant: b))
        #expect(difference(table.gradient(shifted.coefficients), table.gradient(plain.coefficients)) < 1e-6)
        // The variance of the shifted coefficients, and the parabola in b that the moments promise.
        #expect(abs(shifted.variance(mean: mean) - plain.variance(baseline: b, mean: mean)) < 1e-9)
        #expect(shifted.variance(mean: mean) >= best - 1e-12)
      }
    }
  }

  @Test(arguments: Problem.all)
  func `importance weights turn another policy's data into this one's`(problem: Problem) throws {
    let (table, behavior) = (try problem.table(1), try problem.table(2))
    let all = try problem.enumeration(1)
    let exact = table.gradient(
      ExactGradient(of: table, in: problem.process, horizon: problem.horizon).coefficients)
    for estimator in [ImportanceSampling() as any Estimator, PerDecisionImportanceSampling()] {
      let moments = all.moments(of: estimator, behavior: behavior)
      #expect(abs(moments.probability - 1) < 1e-9)
      #expect(difference(table.gradient(moments.coefficients), exact) < 1e-6)
      #expect(norm(table.gradient(moments.scores)) < 1e-6)
    }
    // With a discount from the beginning both are the gradient of E[Σ γᵗ r(t)].
    var fromBeginning = PerDecisionImportanceSampling(discount: 0.8)
    fromBeginning.isCountedFromBeginning = true
    #expect(
      difference(
        table.gradient(all.moments(of: fromBeginning, behavior: behavior).coefficients),
        table.gradient(all.moments(of: ImportanceSampling(discount: 0.8), behavior: behavior).coefficients))
        < 1e-6)
    let whole = all.moments(of: ImportanceSampling(), behavior: behavior)
    let perDecision = all.moments(of: PerDecisionImportanceSampling(), behavior: behavior)
    let mean = norm(exact) * norm(exact)
    #expect(perDecision.variance(mean: mean) <= whole.variance(mean: mean) + 1e-9)
    guard problem.horizon > 1 else { return }
    let firstOrder = all.moments(of: FirstOrderImportanceSampling(), behavior: behavior)
    #expect(difference(table.gradient(firstOrder.coefficients), exact) > 1e-3)
  }

  @Test func `rewards of 1 make REINFORCE maximum likelihood, T times`() {
    for length in [1, 3, 10] {
      var (c, one) = (Array(repeating: 0.0, count: length), Array(repeating: 0.0, count: length))
      let trajectory = Trajectory(rewards: Array(repeating: 1, count: length))
      TotalReturn().coefficients(of: trajectory, into: &c)
      MaximumLikelihood().coefficients(of: trajectory, into: &one)
      #expect(c == one.map { Double(length) * $0 })
    }
  }
}

/// An estimator less a constant times its weights.
private struct Shifted: OnPolicyEstimator {
  let estimator: any Estimator
  let constant: Double
  var unit: EstimatorUnit { estimator.unit }
  func coefficients(of trajectory: Trajectory, into c: inout MutableSpan<Double>) {
    estimator.coefficients(of: trajectory, into: &c)
    for t in c.indices { c[t] -= constant }
  }
}

/// The learner's own code on samples, against the exact gradient.
@Suite struct `A sampled gradient` {
  /// Each rule's mean over `batches` batches lies within 5 standard errors of its exact expectation.
  ///
  /// ‖mean − E‖² / tr Σ̂ is at most a χ²₁ in mean; it passes 25 with a probability below 6e-7 for one dominant
  /// direction, and less for more: under 2e-5 in all of the 30 cases. Seeds are fixed.
  @Test(
    arguments: Problem.all,
    [
      "total-return", "reward-to-go", "reward-to-go+leave-one-out", "reward-to-go+time-dependent",
      "total-return+leave-one-out", "reward-to-go+optimal-leave-one-out",
      "reward-to-go+optimal-per-component", "reward-to-go+optimal-per-step",
      "total-return+average", "per-decision+leave-one-out",
    ])
  func `has the expectation that the exact side says`(problem: Problem, name: String) throws {
    let rule = try GradientRule(named: name)
    let (policy, θ) = (try problem.policy, try problem.parameters())
    let lanes = try problem.lanes(2, seed: 11)
    let (trajectories, batches) = (4, 3000)
    var sampler = try Sampler(lanes, policy: policy)
    var rollout = Rollout(laneCount: 2, observationSize: problem.process.stateCount, actionSize: 1)
    var estimate = GradientEstimate(laneCount: 2, policy: policy)
    var sums = Array(repeating: 0.0, count: θ.values.count)
    var squares = sums
    for _ in 0..<batches {
      let isWhole = try sampler.fill(
        &rollout, acting: policy, θ, SamplingBudget(.episodes(trajectories), steps: 1000))
      #expect(isWhole && rollout.completeEpisodeCount == trajectories)
      let ĝ = estimate.estimate(
        rollout, estimator: rule.makeEstimator(), subtracting: try rule.makeSubtrahend(), parameters: θ)
      for k in ĝ.indices {
        sums[k] += Double(ĝ[k])
        squares[k] += Double(ĝ[k]) * Double(ĝ[k])
      }
    }
    let n = Double(batches)
    let mean = sums.map { $0 / n }
    let trace = zip(squares, mean).reduce(0) { $0 + max(0, $1.0 / n - $1.1 * $1.1) }
    let table = try problem.table()
    let expected = table.gradient(
      try #require(
        ExactGradient.expectation(
          of: rule, trajectories: trajectories, policy: table, in: problem.process, horizon: problem.horizon))
    )
    #expect(difference(mean, expected) < 5 * (trace / n).squareRoot())
    if name == "total-return+average" {
      // A quarter of ∇J is missing, and so many batches see it.
      let exact = ExactGradient(of: table, in: problem.process, horizon: problem.horizon)
      let whole = table.gradient(exact.coefficients)
      #expect(abs(difference(expected, whole) - norm(whole) / 4) < 1e-9)
    }
  }
}
