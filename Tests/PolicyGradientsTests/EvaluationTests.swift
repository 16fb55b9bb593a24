import AscentEnvironments
import AscentMathematics
import AscentPolicies
import AscentRandomness
import AscentTestSupport
import Testing

@testable import AscentPolicyGradients

@Suite struct `What a policy says of a rollout` {
  /// 600 steps are three times as many rows as go through the networks at once.
  @Test(arguments: ["product", "box, gaussian"], [Architecture.Critic.separate, .shared])
  func `is what it says of every step alone`(name: String, critic: Architecture.Critic) throws {
    let space = ActionCase.named(name)
    let (lanes, policy) = (try space.lanes(2, seed: 4), try space.policy(for: .ppo, critic: critic))
    var θ = policy.initialParameters(from: try RandomStream(StreamKey(seed: 1, purpose: .parameters)))
    var sampler = try Sampler(lanes, policy: policy)
    var rollout = Rollout(laneCount: 2, observationSize: 3, actionSize: policy.actionSize)
    let budget = SamplingBudget(.exactly(600, rollout: 0), steps: 10_000)
    #expect(try sampler.fill(&rollout, acting: policy, θ, budget))
    var (evaluation, workspace) = (RolloutEvaluation(policy, with: Alone()), policy.makeWorkspace(rows: 1))
    #expect(evaluation.logRatios(rollout, policy, θ).joined().allSatisfy { $0 == 0 })
    for k in 0..<policy.learnedCount { θ.values[k] += 0.1 * Float(k % 5 - 2) }
    let (values, ratios) = (evaluation.values(rollout, policy, θ), evaluation.logRatios(rollout, policy, θ))
    for (l, lane) in rollout.lanes.enumerated() {
      var one = [0.0]
      #expect(values.steps[l].count == 600 && ratios[l].count == 600)
      #expect(values.last[l].count == lane.episodes.count && lane.episodes.count > 20)
      for t in 0..<600 {
        let o = lane.observation(before: t)
        policy.values(θ, on: o, rows: 0..<1, in: &workspace, into: &one)
        #expect(values.steps[l][t] == one[0])
        policy.logProbabilities(
          θ, of: Array(lane.actions[lane.values[t..<t + 1]]), on: o, rows: 0..<1, in: &workspace, into: &one)
        #expect(ratios[l][t] == one[0] - lane.logProbabilities[t])
      }
      for e in lane.episodes.indices {
        policy.values(θ, on: lane.lastObservations, rows: e..<e + 1, in: &workspace, into: &one)
        #expect(values.last[l][e] == one[0])
        // A cut episode goes on from there.
        guard lane.episodes[e].end == .cut else { continue }
        #expect(Array(lane.lastObservations[3 * e..<3 * e + 3]) == sampler.open[l].observation)
      }
    }
  }
}

@Suite struct `V of a trunk that actor and critic share` {
  @Test(arguments: ["product", "box, gaussian"])
  func `is found while acting, with the bits of a pass of its own`(name: String) throws {
    let space = ActionCase.named(name)
    let (lanes, policy) = (try space.lanes(3, seed: 4), try space.policy(for: .ppo, critic: .shared))
    let θ = policy.initialParameters(from: try RandomStream(StreamKey(seed: 1, purpose: .parameters)))
    var sampler = try Sampler(lanes, policy: policy)
    var rollout = Rollout(laneCount: 3, observationSize: 3, actionSize: policy.actionSize)
    var evaluation = RolloutEvaluation(policy, with: Alone())
    for number in 0..<2 {
      #expect(
        try sampler.fill(
          &rollout, acting: policy, θ, SamplingBudget(.exactly(90, rollout: number), steps: 10_000)))
      let (alone, acted) = (
        evaluation.values(rollout, policy, θ), evaluation.values(rollout, policy, θ, actedWithThese: true)
      )
      #expect(rollout.lanes.allSatisfy { $0.estimates.count == 90 })
      #expect(acted.steps == alone.steps && acted.last == alone.last)
    }
    // Parameters of another version did not act.
    var other = θ
    other.version += 1
    for k in 0..<policy.learnedCount { other.values[k] += 0.1 }
    #expect(
      evaluation.values(rollout, policy, other, actedWithThese: true).steps != rollout.lanes.map(\.estimates))
  }
}
