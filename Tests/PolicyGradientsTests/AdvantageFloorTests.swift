import AscentEnvironments
import AscentPolicies
import AscentRandomness
import Testing

@testable import AscentPolicyGradients

/// The floor of the numbers that advantages are divided by.
@Suite struct `Advantages without a signal` {
  /// Numbers to look at, two actions, and a reward with probability p in one of `length` steps; 0 always for p = 0.
  private final class Lottery: Environment {
    let observationSpace = Space.box(low: [-10, -10], high: [10, 10])
    let actionSpace = Space.discrete(2)
    private let (probability, prize, length): (Double, Double, Int)
    private let stream: RandomStream
    private var steps = 0

    init(_ probability: Double, prize: Double = 1, length: Int = 1) throws {
      (self.probability, self.prize, self.length) = (probability, prize, length)
      stream = try RandomStream(StreamKey(seed: 0, purpose: .environment))
    }

    func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) {
      stream.restart(at: key)
      steps = 0
      show(&observation)
    }

    func step(_ action: Span<Float>, into observation: inout MutableSpan<Float>) -> Step {
      steps += 1
      show(&observation)
      let wins = steps == length && stream.uniform() < probability
      return Step(reward: wins ? prize : 0, end: steps == length ? .terminated : nil)
    }

    private func show(_ observation: inout MutableSpan<Float>) {
      for k in 0..<2 { observation[k] = Float(stream.standardNormal()) }
    }
  }

  private func learner(_ algorithm: AlgorithmSettings, _ lanes: Lanes) throws -> Learner {
    let policy = try PolicyBuilder.policy(
      observing: lanes.observationSpace, acting: lanes.actionSpace,
      architecture: Architecture(hidden: [6], critic: algorithm.needsCritic ? .separate : .none))
    return try Learner(algorithm.algorithm(), policy: policy, lanes: lanes)
  }

  private static let normalizing: [AlgorithmSettings] =
    shortAlgorithms.filter { $0.minibatches.normalization != .none }
    + shortAlgorithms.filter { $0.name == "reinforce" }.map {
      var settings = $0
      (settings.baseline, settings.critic.epochs, settings.minibatches.normalization) = (.value, 2, .batch)
      return settings
    }

  @Test(arguments: normalizing.map(\.name)) func `move no parameter of the actor`(name: String) throws {
    var algorithm = try #require(Self.normalizing.first { $0.name == name })
    for floor in [0.05, 0] {
      algorithm.minibatches.advantageFloor = floor
      let lanes = try Lanes((0..<4).map { _ in try Lottery(0, length: 6) }, seed: 5)
      var learner = try learner(algorithm, lanes)
      let before = learner.parameters.values[learner.policy.actorRange]
      for _ in 0..<3 { _ = try learner.iterate(budget: 10_000) }
      #expect((learner.parameters.values[learner.policy.actorRange] == before) == (floor > 0))
    }
  }

  /// Every minibatch of these rollouts has a deviation above the floor, so nothing is changed, bit for bit.
  @Test(arguments: normalizing.map(\.name)) func `are another matter than those with one`(name: String) throws
  {
    var algorithm = try #require(Self.normalizing.first { $0.name == name })
    let space = ActionCase.named("discrete")
    let parameters = try [0.05, 0].map { floor in
      algorithm.minibatches.advantageFloor = floor
      var learner = try space.learner(algorithm, lanes: space.lanes(4, seed: 5))
      for _ in 0..<6 { _ = try learner.iterate(budget: 10_000) }
      return learner.parameters.values
    }
    #expect(parameters[0] == parameters[1])
  }

  /// Returns of 0 or the prize c differ by c where they differ at all, which is the unit c/2, however rare it is.
  ///
  /// Of 8,000 rounds some are won with a probability of more than 1 − 10⁻³⁰.
  @Test(arguments: [(0.5, 1.0), (0.1, 1), (0.01, 1), (0.01, 300)])
  func `are measured by the jumps of returns`(probability: Double, prize: Double) throws {
    let lanes = try Lanes((0..<8).map { _ in try Lottery(probability, prize: prize) }, seed: 3)
    var algorithm = AlgorithmSettings.a2c
    algorithm.stepsPerLane = 1000
    var learner = try learner(algorithm, lanes)
    _ = try learner.iterate(budget: 8000)
    let rewards = learner.rollout.lanes.map(\.rewards)
    for isScaled in [false, true] {
      var scale = ReturnScale(discount: 0.9, laneCount: 8, measuresJumps: true)
      #expect(scale.leastDivisor(0.05, ofScaled: isScaled) == .infinity)
      scale.absorb(rewards, learner.rollout)
      let unit = isScaled ? scale.scaled(prize / 2 * 1e-3) / 1e-3 : prize / 2
      #expect(abs(scale.leastDivisor(0.05, ofScaled: isScaled) - 0.05 * unit) < 1e-4 * unit)
    }
    // Distances are from the mean at their time, so the unit of a reward that comes late lies between c/2 and c.
    var late = ReturnScale(discount: 0.9, laneCount: 8, measuresJumps: true)
    let nothing = rewards.map { $0.map { _ in 0.0 } }
    for _ in 0..<8 { late.absorb(nothing, learner.rollout) }
    late.absorb(rewards, learner.rollout)
    let ratio = late.leastDivisor(0.05, ofScaled: false) / (0.05 * prize)
    #expect(ratio > 0.5 && ratio < 1)
  }
}
