import AscentEnvironments
import AscentPolicies
import Testing

@testable import AscentPolicyGradients

/// Runs of several threads beside runs of one.
@Suite struct `Processes that share a run out` {
  @Test(arguments: 1...5) func `give each other what is for one alone`(count: Int) throws {
    // Process p has q numbers 10p + q for process q.
    let all = try ThreadTeam.run(count) { team in
      let parcels = (0..<count).map { Array(repeating: Float(10 * team.rank + $0), count: $0) }
      var received = Array(repeating: Array(repeating: Float(-1), count: team.rank), count: count)
      team.trade(parcels, into: &received)
      return received
    }
    for (rank, received) in all.enumerated() {
      for (other, numbers) in received.enumerated() {
        let number = other == rank ? -1 : Float(10 * other + rank)
        #expect(numbers == Array(repeating: number, count: rank))
      }
    }
  }

  /// Numbers whose sums depend on the order of the additions.
  private static func leaf(_ k: Int, _ length: Int) -> [Float] {
    (0..<length).map { i in
      let number = Float((k * 7919 + i * 104_729) % 1009)
      return (k + i).isMultiple(of: 3) ? 1e8 * number : 1.3 * number
    }
  }

  /// 40,000 numbers of three processes are added up in parts, 600 never.
  @Test(arguments: [600, 40_000], 1...6) func `add what one process adds, in the same order`(
    length: Int, count: Int
  ) throws {
    for total in [1, 2, 3, 8, 13] {
      let plan = TreePlan(total, among: count, rank: 0)
      #expect(!plan.addsUpInParts(600))
      #expect(plan.addsUpInParts(40_000) || min(count, total) < 3)
      var alone = (0..<total).map { Self.leaf($0, length) }
      Alone().sum(&alone, count: total)
      let sums = try ThreadTeam.run(count) { team in
        let own = team.share(of: total)
        var leaves = (0..<total).map {
          own.contains($0) ? Self.leaf($0, length) : Array(repeating: .nan, count: length)
        }
        var terms = (0..<total).map { own.contains($0) ? Double($0) : .nan }
        team.sum(&leaves, count: total, beside: &terms)
        return (leaves[0], terms)
      }
      for (sum, terms) in sums {
        let areEqual = sum.map(\.bitPattern) == alone[0].map(\.bitPattern)
        #expect(areEqual, "\(total) leaves")
        #expect(terms == (0..<total).map(Double.init))
      }
    }
  }

  private struct Learned: Sendable, Equatable {
    var parameters: [Float]
    var standard: [Double]
    var lastObservations: [[Float]]
  }

  private static func learn(
    _ settings: AlgorithmSettings, _ memory: Recurrence?, other: Int?, with team: any Collective
  ) throws -> (learned: Learned, isSpread: Bool) {
    let own = team.share(of: 5)
    let lanes = try Lanes(
      try own.map { _ in try Pictures(.uint8, other: other) }, seed: 5, share: (own, 5))
    let architecture = Architecture(
      hidden: [6], critic: .separate,
      inputs: [Network.Input(.image(.init(height: 16, width: 16, channels: 2)), scale: 1 / 255)],
      convolutions: [.init(filters: 4, side: 4, stride: 4)], recurrence: memory)
    let policy = try PolicyBuilder.policy(
      observing: lanes.observationSpace, acting: lanes.actionSpace, architecture: architecture)
    var settings = settings
    // Larger than a slice, of which a recurrent policy has one of 512 steps.
    let minibatch = memory == nil ? 160 : 0
    (settings.minibatches.size, settings.critic.minibatch) = (minibatch, minibatch)
    var learner = try Learner(settings, policy: policy, lanes: lanes, with: team)
    for _ in 0..<3 { _ = try learner.iterate(budget: 10_000) }
    return (
      Learned(
        parameters: learner.parameters.values, standard: learner.state.records.flatMap(\.values),
        lastObservations: learner.state.open.map(\.observation)), learner.rollout.spread != nil
    )
  }

  /// Observations stay where they were sampled if an update reads each of them in few passes.
  @Test(
    arguments: ["ppo", "a2c", "trpo", "v-trace", "ppo of one slice", "ppo that stops"],
    [nil, Recurrence(.gru, size: 3)])
  func `learn the same bits from observations that stay where they were sampled`(
    name: String, memory: Recurrence?
  ) throws {
    let all: [String: AlgorithmSettings] = [
      "ppo": .ppo, "a2c": .a2c, "trpo": .trpo, "v-trace": .vTrace, "ppo of one slice": .ppo,
      "ppo that stops": .ppo,
    ]
    var settings = try #require(all[name])
    settings.stepsPerLane = name == "ppo of one slice" ? 8 : 64
    if name == "ppo that stops" { settings.minibatches.targetDivergence = 1e-9 }
    // Sequences of eight steps, before each of which four are evaluated again.
    if memory != nil {
      settings.stepsPerLane *= 2
      (settings.truncation.length, settings.truncation.burnIn) = (8, 4)
    }
    settings.minibatches.epochs = min(settings.minibatches.epochs, 2)
    settings.critic.epochs = min(settings.critic.epochs, 1)
    let chosen = settings
    for other in [nil, 7] {
      let alone = try Self.learn(settings, memory, other: other, with: Alone())
      let isSpread = alone.isSpread
      #expect(!isSpread)
      for count in other == nil ? [2, 5] : [3] {
        let runs = try ThreadTeam.run(count) {
          try Self.learn(chosen, memory, other: other, with: $0)
        }
        for run in runs {
          let (isSpread, isEqual) = (run.isSpread, run.learned == alone.learned)
          #expect(isSpread && isEqual, "\(count) processes")
        }
      }
    }
  }

  @Test func `keep observations where they were sampled if that saves bytes`() {
    func isWorthwhile(_ bytes: Int, _ passes: Int, _ processes: Int) -> Bool {
      ObservationSpread.isWorthwhile(bytes: bytes, passes: passes, processes: processes)
    }
    // Of pictures, one process of two reads 15 of 16 in four passes, so 1,764 bytes are saved.
    #expect(isWorthwhile(84 * 84 * 4, 4, 2))
    #expect(!isWorthwhile(84 * 84 * 4, 10, 2))
    #expect(!isWorthwhile(4 * 4, 4, 1000))
    #expect(!isWorthwhile(84 * 84 * 4, 4, 1))
    #expect(!isWorthwhile(84 * 84 * 4, 0, 8))
  }
}
