import AscentEnvironments
import AscentPolicies
import AscentRandomness
import AscentRegistries
import Testing

@testable import AscentPolicyGradients

@Suite struct `Every algorithm` {
  @Test func `is tried, in every space`() {
    #expect(
      shortAlgorithms.count == Registry<AlgorithmSettings>.algorithms.entries.count - 1
        && ActionCase.all.count == 10)
  }

  private static func run(
    _ algorithm: AlgorithmSettings, _ space: ActionCase, seed: UInt64, critic: Architecture.Critic = .separate
  ) throws -> (θ: Parameters, reports: [Learner.Report]) {
    var learner = try space.learner(algorithm, lanes: space.lanes(3, seed: seed), critic: critic)
    var reports: [Learner.Report] = []
    for _ in 0..<2 { reports.append(try #require(try learner.iterate(budget: 5000))) }
    return (learner.parameters, reports)
  }

  @Test(arguments: shortAlgorithms, ActionCase.all)
  func `runs in every space, to equal bits for equal seeds`(algorithm: AlgorithmSettings, space: ActionCase)
    throws
  {
    let (θ, reports) = try Self.run(algorithm, space, seed: 3)
    #expect(θ.values.allSatisfy { $0.isFinite } && θ.version == 2)
    #expect(reports.map(\.iteration) == [1, 2])
    for report in reports {
      #expect(report.entropy.isFinite && report.update.gradientNorm.isFinite)
      #expect(report.update.gradientNorm > 0)
      #expect(report.update.updates > 0 && report.effectiveSampleSize > 0)
      if algorithm.usesAdvantages { #expect(report.steps == 3 * algorithm.stepsPerLane) }
    }
    let start = try space.learner(algorithm, lanes: space.lanes(3, seed: 3)).parameters
    #expect(θ.values != start.values && θ.slices == start.slices)
    #expect(try Self.run(algorithm, space, seed: 3).θ == θ)
    #expect(try Self.run(algorithm, space, seed: 4).θ.values != θ.values)
  }

  /// One trunk for both, where the critic is learned together with the actor.
  @Test(arguments: shortAlgorithms.filter { $0.needsCritic && $0.critic.epochs == 0 }, ActionCase.all)
  func `runs with a shared trunk`(algorithm: AlgorithmSettings, space: ActionCase) throws {
    let (θ, _) = try Self.run(algorithm, space, seed: 3, critic: .shared)
    #expect(θ.values.allSatisfy { $0.isFinite })
    #expect(try Self.run(algorithm, space, seed: 3, critic: .shared).θ == θ)
  }

  /// Every branch of the settings at once: normalizers, schedules, clips, an entropy, a target.
  @Test(arguments: ActionCase.all)
  func `runs with all that can be set`(space: ActionCase) throws {
    var algorithm = shortAlgorithms.first { $0.name == "ppo" } ?? .ppo
    algorithm.standardization = .all
    (algorithm.rewards.normalizesReturns, algorithm.rewards.clip) = (true, 5)
    (algorithm.rateSchedule, algorithm.estimation.clipSchedule) = (.linear, .linear)
    (algorithm.minibatches.entropy.weight, algorithm.minibatches.entropy.schedule) = (0.01, .linear)
    (algorithm.value.clip, algorithm.minibatches.targetDivergence) = (0.2, 0.02)
    (algorithm.optimizer, algorithm.optimization.weightDecay) = (.adamw, 0.01)
    algorithm.minibatches.recomputesAdvantages = true
    algorithm.explorationSteps = 4
    let (θ, _) = try Self.run(algorithm, space, seed: 3)
    #expect(θ.values.allSatisfy { $0.isFinite })
    #expect(try Self.run(algorithm, space, seed: 3).θ == θ)
  }
}

@Suite struct `A lane` {
  /// Two rollouts of 30 steps, which leave episodes open between them.
  private static func lane(_ index: Int, of count: Int, _ space: ActionCase) throws -> [Rollout.Lane] {
    let (policy, lanes) = (try space.policy(for: .ppo), try space.lanes(count, seed: 12))
    var θ = policy.initialParameters(from: try RandomStream(StreamKey(seed: 1, purpose: .parameters)))
    for k in 0..<policy.learnedCount { θ.values[k] += 0.1 * Float(k % 7 - 3) }
    var drawing = Sampler.Drawing()
    drawing.explorationSteps = 5
    var sampler = try Sampler(lanes, policy: policy, drawing: drawing)
    var rollout = Rollout(laneCount: count, observationSize: 3, actionSize: policy.actionSize)
    var found: [Rollout.Lane] = []
    for amount in [Sampler.Amount.exactly(30, rollout: 0), .exactly(30, rollout: 1)] {
      #expect(try sampler.fill(&rollout, acting: policy, θ, SamplingBudget(amount, steps: 1_000_000)))
      found.append(rollout.lanes[index])
    }
    return found
  }

  @Test(
    arguments: ActionCase.all
      + [ActionCase.named("discrete").remembering(.gru), ActionCase.named("product").remembering(.lstm)])
  func `samples the same whatever lanes are beside it`(space: ActionCase) throws {
    let (alone, among) = (try Self.lane(0, of: 1, space), try Self.lane(0, of: 5, space))
    for (x, y) in zip(alone, among) {
      #expect(x.observed == y.observed && x.actions == y.actions && x.rewards == y.rewards)
      #expect(x.logProbabilities == y.logProbabilities && x.episodes == y.episodes)
      #expect(x.lastObservations == y.lastObservations && x.rewards.count == 30)
      #expect(x.memories == y.memories && x.memorySteps == y.memorySteps)
    }
    #expect(alone[0].episodes.contains { $0.end == .terminated })
    #expect(alone[1].episodes[0].earlierSteps == alone[0].episodes.last?.steps.count)
    let other = try Self.lane(3, of: 5, space)
    #expect(other[0].observed != among[0].observed)
    #expect(try Self.lane(3, of: 4, space)[1].actions == other[1].actions)
  }
}

@Suite struct `A budget` {
  /// Also where a lane, or all but one, has no step left; the normalizers then see lanes without rows.
  @Test(arguments: shortAlgorithms, [1, 2, 3, 7])
  func `is used to the last step, however small`(algorithm: AlgorithmSettings, budget: Int) throws {
    var settings = algorithm
    settings.standardization = .all
    settings.rewards.normalizesReturns = algorithm.usesAdvantages
    let product = ActionCase.named("product")
    for space in [product, product.remembering(.gru)] {
      var learner = try space.learner(settings, lanes: space.lanes(3, seed: 3))
      for k in 1...3 {
        let report = try #require(try learner.iterate(budget: budget))
        #expect(report.steps == budget && learner.steps == k * budget)
        #expect(learner.parameters.values.allSatisfy { $0.isFinite })
      }
    }
  }
}
