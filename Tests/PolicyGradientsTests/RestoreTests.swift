import AscentEnvironments
import AscentPolicies
import AscentRandomness
import Testing

@testable import AscentPolicyGradients

@Suite struct `A restored learner` {
  /// An algorithm with something of its own to remember.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let algorithm: AlgorithmSettings
    let space: String
    let cell: Recurrence.Cell?
    var testDescription: String { name }
    var actions: ActionCase {
      let plain = ActionCase.named(space)
      return cell.map { plain.remembering($0) } ?? plain
    }

    init(
      _ name: String, _ base: String, in space: String = "discrete", cell: Recurrence.Cell? = nil,
      _ change: (inout AlgorithmSettings) -> Void = { _ in }
    ) {
      var algorithm = shortAlgorithms.first { $0.name == base } ?? .ppo
      change(&algorithm)
      (self.name, self.algorithm, self.space, self.cell) = (name, algorithm, space, cell)
    }
  }

  static let cases = [
    Case("a2c", "a2c"), Case("a2c on boxes", "a2c", in: "box, gaussian"),
    Case("ppo with normalizers", "ppo") {
      ($0.standardization, $0.rewards.normalizesReturns) = (.all, true)
    },
    Case("ppo with schedules", "ppo", in: "product") {
      ($0.rateSchedule, $0.estimation.clipSchedule) = (.linear, .linear)
      ($0.optimizer, $0.optimization.weightDecay) = (.adamw, 0.1)
    },
    Case("ppo, exploring", "ppo", in: "box, gsde") { $0.explorationSteps = 4 },
    Case("ppo, squashed", "ppo", in: "box, squashed"), Case("ppo, beta", "ppo", in: "box, beta"),
    Case("trpo", "trpo"),
    Case("trpo, exploring, normalized", "trpo", in: "box, gsde") {
      ($0.standardization, $0.rewards.normalizesReturns) = (.all, true)
    },
    Case("npg", "npg", in: "multi-binary"), Case("v-trace", "v-trace"), Case("vpg", "vpg"),
    Case("reinforce with a value baseline", "reinforce") {
      ($0.baseline, $0.critic.epochs) = (.value, 2)
    },
    Case("reinforce, normalized", "reinforce", in: "box, gaussian") { $0.standardization = .all },
    Case("off-policy reinforce", "off-policy-reinforce"), Case("ppo with a gru", "ppo", cell: .gru),
    Case("ppo with an lstm, cut", "ppo", in: "product", cell: .lstm) {
      ($0.truncation.length, $0.truncation.burnIn, $0.standardization) = (5, 3, .all)
    }, Case("trpo with an lstm, exploring", "trpo", in: "box, gsde", cell: .lstm),
  ]

  /// A sampler whose environments were led elsewhere must not sample as if they were restored.
  @Test func `does not sample before its environments are restored`() throws {
    let space = ActionCase.named("discrete")
    let (policy, lanes) = (try space.policy(for: .ppo), try space.lanes(2, seed: 12))
    let θ = policy.initialParameters(from: try RandomStream(StreamKey(seed: 1, purpose: .parameters)))
    var sampler = try Sampler(lanes, policy: policy)
    var rollout = Rollout(laneCount: 2, observationSize: 3, actionSize: policy.actionSize)
    let budget = SamplingBudget(.exactly(7, rollout: 0), steps: 1000)
    #expect(try sampler.fill(&rollout, acting: policy, θ, budget) && !sampler.isTorn)
    let open = sampler.open
    let lane = try #require(open.firstIndex { $0.isOpen })
    var other = open
    other[lane].observation[0] += 1
    #expect(try sampler.replay(other) == lane && sampler.isTorn)
    #expect(try sampler.replay(open) == nil && !sampler.isTorn)
  }

  private static func go(_ learner: inout Learner, _ iterations: Int) throws {
    for _ in 0..<iterations { _ = try #require(try learner.iterate(budget: 20_000 - learner.steps)) }
  }

  private static func expectEqual(_ x: LearnerState, _ y: LearnerState) {
    #expect(x.parameters == y.parameters && x.optimizerSteps == y.optimizerSteps)
    #expect(x.moments.map(\.name) == y.moments.map(\.name))
    #expect(x.moments.map(\.values) == y.moments.map(\.values))
    #expect(x.records.map(\.name) == y.records.map(\.name))
    #expect(x.records.map(\.values) == y.records.map(\.values))
    #expect(x.iteration == y.iteration && x.steps == y.steps && x.open == y.open)
  }

  /// Six iterations at once; three, a new process with new environments, three more.
  @Test(arguments: cases)
  func `goes on to the same bits`(one: Case) throws {
    let space = one.actions
    #expect(space.name == one.space)
    var whole = try space.learner(one.algorithm, lanes: space.lanes(3, seed: 6))
    try Self.go(&whole, 6)
    let lanes = try space.lanes(3, seed: 6)
    var first = try space.learner(one.algorithm, lanes: lanes)
    try Self.go(&first, 3)
    let (state, begun) = (first.state, lanes.episodesBegun)
    let again = try space.lanes(3, seed: 6)
    var second = try space.learner(one.algorithm, lanes: again)
    again.restore(episodesBegun: begun)
    try second.restore(state)
    Self.expectEqual(second.state, state)
    try Self.go(&second, 3)
    Self.expectEqual(second.state, whole.state)
    let isOpen = state.open.contains { $0.isOpen }
    #expect(isOpen == one.algorithm.usesAdvantages)
  }

  /// What was sampled of an iteration that was interrupted is forgotten, also when the run goes on later.
  @Test(
    arguments: cases.filter {
      ["a2c", "ppo, exploring", "reinforce with a value baseline", "ppo with a gru"].contains($0.name)
    })
  func `forgets an iteration that was interrupted`(one: Case) throws {
    let space = one.actions
    var whole = try space.learner(one.algorithm, lanes: space.lanes(3, seed: 6))
    try Self.go(&whole, 4)
    let lanes = try space.lanes(3, seed: 6)
    var first = try space.learner(one.algorithm, lanes: lanes)
    try Self.go(&first, 2)
    let begun = lanes.episodesBegun
    let before = first.state
    var asked = 0
    let report = try first.iterate(budget: 20_000) {
      asked += 1
      return asked == 4
    }
    #expect(report == nil)
    Self.expectEqual(first.state, before)
    let again = try space.lanes(3, seed: 6)
    var second = try space.learner(one.algorithm, lanes: again)
    again.restore(episodesBegun: begun)
    try second.restore(first.state)
    try Self.go(&second, 2)
    Self.expectEqual(second.state, whole.state)
  }

  @Test func `says when an environment does not come back to where it was`() throws {
    let space = ActionCase.named("discrete")
    var first = try space.learner(.a2c, lanes: space.lanes(2, seed: 6))
    try Self.go(&first, 1)
    var state = first.state
    state.open[1].isOpen = true
    state.open[1].observation = [9, 9, 9]
    let again = try space.lanes(2, seed: 6)
    again.restore(episodesBegun: [1, 1])
    var second = try space.learner(.a2c, lanes: again)
    let error = #expect(throws: LearnerError.self) { try second.restore(state) }
    guard case .notReplayed(lane: 1)? = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
  }
}
