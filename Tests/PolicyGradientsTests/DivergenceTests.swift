import AscentEnvironments
import AscentPolicies
import Testing

@testable import AscentPolicyGradients

@Suite struct `A learner that diverges` {
  /// With a rate of 1e30 no parameters are left after a few updates.
  ///
  /// A trust region has no rate to set, so its critic's is. Without a critic a policy of parameters of 1e30 is
  /// merely sure of itself, and float32 has to overflow.
  @Test(arguments: shortAlgorithms, ["discrete", "box, gaussian", "multi-binary"])
  func `says which quantity in which iteration, and keeps the last good one`(
    algorithm: AlgorithmSettings, name: String
  ) throws {
    var settings = algorithm
    (settings.optimization.rate, settings.critic.rate) = (algorithm.needsCritic ? 1e30 : 1e38, 1e30)
    let space = ActionCase.named(name)
    var learner = try space.learner(settings, lanes: space.lanes(2, seed: 2))
    var (good, found) = (learner.state, nil as LearnerError?)
    for _ in 0..<20 where found == nil {
      do throws(LearnerError) {
        _ = try learner.iterate(budget: 5000)
        good = learner.state
      } catch { found = error }
    }
    let error = try #require(found)
    guard case .notFinite(let quantity, let iteration) = error else {
      Issue.record("another error: \(error)")
      return
    }
    #expect(["gradient", "parameter vector"].contains(quantity))
    #expect(iteration == good.iteration + 1)
    #expect(error.description.contains("\(quantity)") && error.description.contains("iteration \(iteration)"))
    let state = learner.state
    #expect(state.parameters == good.parameters && good.parameters.values.allSatisfy(\.isFinite))
    #expect(state.iteration == good.iteration && state.steps == good.steps && state.open == good.open)
    #expect(state.moments.map(\.values) == good.moments.map(\.values))
    #expect(state.optimizerSteps == good.optimizerSteps)
  }
}
