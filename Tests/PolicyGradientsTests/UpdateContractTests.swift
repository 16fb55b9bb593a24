import AscentEnvironments
import AscentPolicies
import AscentRandomness
import Testing

@testable import AscentPolicyGradients

/// What an update leaves alone, and what an interruption leaves behind.
@Suite struct `An update's contract` {
  private let space = ActionCase.named("discrete")

  private func short(_ name: String) throws -> AlgorithmSettings {
    try #require(shortAlgorithms.first { $0.name == name })
  }

  @Test func `leaves a critic of its own to its own optimizer, decay included`() throws {
    var settings = try short("vpg")
    (settings.optimizer, settings.optimization.weightDecay, settings.critic.rate) = (.adamw, 0.1, 1e-30)
    var learner = try space.learner(settings, lanes: space.lanes(2, seed: 2))
    let before = learner.parameters
    _ = try learner.iterate(budget: 1000)
    let (critic, actor) = (learner.policy.criticRange, learner.policy.actorRange)
    #expect(zip(learner.parameters.values[critic], before.values[critic]).allSatisfy { abs($0 - $1) < 1e-20 })
    #expect(learner.parameters.values[actor] != before.values[actor])
  }

  @Test func `reports the actor's norm and divergence, whatever the critic does`() throws {
    var settings = try short("trpo")
    let reports = try [1, 2].map { epochs in
      settings.critic.epochs = epochs
      var learner = try space.learner(settings, lanes: space.lanes(2, seed: 2))
      return try #require(try learner.iterate(budget: 1000)).update
    }
    #expect(reports[0].gradientNorm == reports[1].gradientNorm)
    #expect(reports[0].divergence > 0 && reports[0].divergence == reports[1].divergence)
    #expect(reports.allSatisfy { $0.updates == 1 })
  }

  @Test func `ends at the target also where advantages are estimated anew`() throws {
    var settings = try short("ppo")
    (settings.minibatches.targetDivergence, settings.minibatches.epochs) = (0.01, 10)
    (settings.minibatches.size, settings.optimization.rate) = (8, 0.02)
    for recomputes in [false, true] {
      settings.minibatches.recomputesAdvantages = recomputes
      var learner = try space.learner(settings, lanes: space.lanes(2, seed: 2))
      let report = try #require(try learner.iterate(budget: 1000))
      let inAnEpoch = (report.steps + 7) / 8
      #expect(report.update.updates < 10 * inAnEpoch && report.update.updates % inAnEpoch != 0)
    }
  }

  @Test(arguments: shortAlgorithms)
  func `survives a budget of nothing`(algorithm: AlgorithmSettings) throws {
    let space = ActionCase.named("product")
    var learner = try space.learner(algorithm, lanes: space.lanes(3, seed: 3))
    let before = learner.parameters
    _ = try learner.iterate(budget: 0)
    #expect(learner.parameters.values == before.values)
  }

  @Test(arguments: ["a2c", "reinforce"])
  func `goes on after an interruption as if there had been none`(name: String) throws {
    var settings = try short(name)
    settings.stepsPerLane = 30
    func run(_ isInterrupted: Bool) throws -> Parameters {
      var learner = try space.learner(settings, lanes: space.lanes(2, seed: 2))
      _ = try learner.iterate(budget: 1000)
      var asked = 0
      if isInterrupted {
        let report = try learner.iterate(budget: 1000) {
          asked += 1
          return asked == 4
        }
        #expect(report == nil)
      }
      _ = try learner.iterate(budget: 1000)
      return learner.parameters
    }
    #expect(try run(true) == run(false))
  }

  @Test(arguments: [("v-trace", .ratio), ("trpo", .clipped)] as [(String, SurrogateEntry)])
  func `refuses what it would not follow`(name: String, surrogate: SurrogateEntry) throws {
    var settings = try short(name)
    settings.surrogate = surrogate
    #expect(throws: LearnerError.self) {
      _ = try space.learner(settings, lanes: space.lanes(2, seed: 2))
    }
  }
}
