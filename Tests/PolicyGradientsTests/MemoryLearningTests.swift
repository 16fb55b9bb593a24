import AscentEnvironments
import AscentPolicies
import AscentRandomness
import Testing

@testable import AscentPolicyGradients

@Suite struct `A learner that remembers` {
  static let spaces = ["discrete", "product", "box, gsde"].map { ActionCase.named($0) }

  private static func run(
    _ algorithm: AlgorithmSettings, _ space: ActionCase, seed: UInt64, critic: Architecture.Critic = .separate
  ) throws -> Parameters {
    var learner = try space.learner(algorithm, lanes: space.lanes(3, seed: seed), critic: critic)
    for _ in 0..<3 {
      let report = try #require(try learner.iterate(budget: 5000))
      #expect(report.update.gradientNorm > 0 && report.update.updates > 0)
      #expect(report.update.valueError.isFinite || !algorithm.needsCritic)
    }
    return learner.parameters
  }

  @Test(
    arguments: shortAlgorithms.flatMap { a in Recurrence.Cell.allCases.map { (a, $0) } }, spaces)
  func `runs with every algorithm, to equal bits for equal seeds`(
    one: (algorithm: AlgorithmSettings, cell: Recurrence.Cell), space: ActionCase
  ) throws {
    let space = space.remembering(one.cell)
    let θ = try Self.run(one.algorithm, space, seed: 3)
    #expect(θ.values.allSatisfy { $0.isFinite })
    let start = try space.learner(one.algorithm, lanes: space.lanes(3, seed: 3)).parameters
    for slice in θ.slices where slice.name.contains("memory") {
      #expect(θ.values[slice.range] != start.values[slice.range], "\(slice.name) did not move")
    }
    #expect(try Self.run(one.algorithm, space, seed: 3) == θ)
    #expect(try Self.run(one.algorithm, space, seed: 4).values != θ.values)
    guard one.algorithm.needsCritic, one.algorithm.critic.epochs == 0 else { return }
    #expect(try Self.run(one.algorithm, space, seed: 3, critic: .shared).values.allSatisfy { $0.isFinite })
  }

  @Test(arguments: Recurrence.Cell.allCases)
  func `refuses a truncation that means nothing`(cell: Recurrence.Cell) throws {
    var burnIn = AlgorithmSettings.ppo
    burnIn.truncation.burnIn = 3
    var cut = AlgorithmSettings.ppo
    cut.truncation.length = 8
    var whole = AlgorithmSettings.reinforce
    whole.truncation.length = 8
    let (plain, space) = (Self.spaces[0], Self.spaces[0].remembering(cell))
    for (algorithm, space, word) in [
      (burnIn, space, "algorithm.burn_in"), (cut, plain, "policy.memory"), (whole, space, "whole episodes"),
    ] {
      let error = #expect(throws: LearnerError.self) {
        _ = try space.learner(algorithm, lanes: space.lanes(1, seed: 1))
      }
      #expect("\(String(describing: error))".contains(word))
    }
  }
}

@Suite struct `Sequences of a rollout` {
  /// Two rollouts with episodes that are open between them; the second one.
  private static func rollout(
    _ policy: Policy, _ θ: Parameters, _ space: ActionCase, _ truncation: Truncation
  ) throws -> Rollout {
    let lanes = try space.lanes(3, seed: 12)
    var sampler = try Sampler(lanes, policy: policy, truncation: truncation)
    var rollout = Rollout(laneCount: 3, observationSize: 3, actionSize: policy.actionSize)
    for k in 0..<2 {
      let budget = SamplingBudget(.exactly(30, rollout: k), steps: 1_000_000)
      #expect(try sampler.fill(&rollout, acting: policy, θ, budget))
    }
    #expect(rollout.lanes.contains { $0.episodes[0].earlierSteps > 0 })
    return rollout
  }

  private static func batch(
    _ rollout: Rollout, _ policy: Policy, _ θ: Parameters, _ truncation: Truncation
  ) -> Batch {
    var evaluation = RolloutEvaluation(policy, with: Alone())
    let values = evaluation.values(rollout, policy, θ)
    var advantages = Advantages(laneCount: rollout.lanes.count)
    advantages.estimate(
      rollout, by: GeneralizedAdvantage(discount: 0.9, decay: 0.9),
      from: Advantages.Ingredients(rewards: rollout.lanes.map(\.rewards), values: values))
    var batch = Batch()
    batch.load(rollout, advantages, values.steps, for: policy, cut: truncation)
    return batch
  }

  private static func setUp(
    _ cell: Recurrence.Cell
  ) throws -> (space: ActionCase, policy: Policy, θ: Parameters) {
    let space = ActionCase.named("product").remembering(cell)
    let policy = try space.policy(for: .ppo)
    var θ = policy.initialParameters(from: try RandomStream(StreamKey(seed: 1, purpose: .parameters)))
    for k in 0..<policy.learnedCount { θ.values[k] += 0.1 * Float(k % 7 - 3) }
    return (space, policy, θ)
  }

  /// However a rollout is cut, and whatever order its sequences are drawn in, the parameters that acted find the
  /// log-probabilities that they acted with, and the values of one whole pass, to the last bit.
  @Test(arguments: Recurrence.Cell.allCases, [(0, 0), (1, 0), (5, 0), (5, 3), (7, 20), (30, 2)])
  func `begin in what was remembered`(cell: Recurrence.Cell, cut: (length: Int, burnIn: Int)) throws {
    let (space, policy, θ) = try Self.setUp(cell)
    var truncation = Truncation()
    (truncation.length, truncation.burnIn) = cut
    let rollout = try Self.rollout(policy, θ, space, truncation)
    let batch = Self.batch(rollout, policy, θ, truncation)
    #expect(batch.count == 90 && batch.sequences?.rowCount == 90)
    let order = try Permutation(count: batch.unitCount).sample(
      from: try RandomStream(StreamKey(seed: 4, purpose: .minibatches)))
    var (seen, part, gradient) = (0, Minibatch(), BatchGradient(policy, with: Alone()))
    for units in batch.minibatches(of: order, size: 16) {
      part.gather(units, of: batch, sliceSize: gradient.sliceSize)
      seen += part.count
      #expect(part.count == units.reduce(0) { $0 + (batch.sequences?.rows(of: $1).count ?? 0) })
      gradient.compute(part, of: rollout, θ, [.actor, .critic]) { slice, _ in
        for (k, t) in slice.rows.enumerated() {
          #expect(slice.logProbabilities[k] == part.steps.logProbabilities[t])
          #expect(slice.values[k] == part.steps.values[t])
        }
      }
    }
    #expect(seen == 90)
  }

  /// Steps that lead to a sequence carry its gradient: with all of an episode before it nothing is truncated.
  @Test(arguments: Recurrence.Cell.allCases)
  func `have the whole gradient when enough leads to them`(cell: Recurrence.Cell) throws {
    let (space, policy, θ) = try Self.setUp(cell)
    func gradient(_ length: Int, _ burnIn: Int) throws -> [Float] {
      var truncation = Truncation()
      (truncation.length, truncation.burnIn) = (length, burnIn)
      let rollout = try Self.rollout(policy, θ, space, truncation)
      var (gradient, whole) = (BatchGradient(policy, with: Alone()), Minibatch())
      whole.gatherAll(of: Self.batch(rollout, policy, θ, truncation), sliceSize: gradient.sliceSize)
      gradient.compute(whole, of: rollout, θ, [.actor, .critic]) { slice, _ in
        for (k, t) in slice.rows.enumerated() {
          slice.weights.scores[k] = Double(t % 5) - 1.7
          slice.weights.entropies[k] = 0.1
          slice.weights.values[k] = Double(t % 3) - 0.8
        }
      }
      return gradient.gradient
    }
    let (whole, led, cut) = (try gradient(0, 0), try gradient(4, 30), try gradient(4, 0))
    let size = whole.reduce(0) { max($0, abs($1)) }
    #expect(zip(whole, led).allSatisfy { abs($0 - $1) < 1e-5 * size })
    #expect(zip(whole, cut).contains { abs($0 - $1) > 1e-3 * size })
  }
}
