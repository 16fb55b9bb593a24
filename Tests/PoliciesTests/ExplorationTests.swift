import AscentMathematics
import AscentPolicies
import AscentRandomness
import AscentTestSupport
import Testing

@Suite struct `Exploration by a matrix` {
  private let policy: Policy
  private let θ: Parameters
  private static let observation: [Float] = [0.5, -1, 2]

  init() throws {
    policy = try Policy(
      featureSize: 3, factors: [.gaussian(2, .exploring)], architecture: Architecture(hidden: [6]))
    θ = policy.initialParameters(from: try RandomStream(StreamKey(seed: 1, purpose: .parameters)))
  }

  /// What some of 4 lanes do in as many steps, always in the same place, [step][lane].
  private func act(
    _ steps: Int, _ lanes: [Int], _ exploration: inout Exploration
  ) throws -> [[[Float]]] {
    let streams = try (0..<UInt32(4)).map {
      try RandomStream(StreamKey(seed: 5, purpose: .actions, lane: $0))
    }
    var acting = Acting(policy, laneCount: 4)
    acting.exploration = exploration
    defer { exploration = acting.exploration }
    return (0..<steps).map { _ in
      let actions = policy.drawn(
        θ, on: lanes.flatMap { _ in Self.observation }, lanes: lanes, from: streams, in: &acting
      ).actions
      return lanes.indices.map { Array(actions[2 * $0..<2 * $0 + 2]) }
    }
  }

  @Test(arguments: [(0, [0, 0, 0, 0, 0, 0, 0]), (3, [0, 0, 0, 1, 1, 1, 2]), (1, [0, 1, 2, 3, 4, 5, 6])])
  func `keeps its noise as long as it should`(interval: Int, draws: [Int]) throws {
    var exploration = Exploration(interval: interval)
    let actions = try act(7, [0], &exploration).map { $0[0] }
    for i in draws.indices {
      for j in draws.indices { #expect((actions[i] == actions[j]) == (draws[i] == draws[j]), "\(i), \(j)") }
    }
  }

  @Test func `draws again after a restart`() throws {
    var exploration = Exploration()
    let first = try act(1, [0], &exploration)
    // The streams begin anew in each call, so what is drawn anew is what was drawn before.
    #expect(try act(1, [1], &exploration)[0][0] != first[0][0])
    let kept = try act(2, [0], &exploration)
    #expect(kept[0] == first[0] && kept[1] == first[0])
    exploration.restart()
    var alone = Exploration()
    #expect(try act(2, [2, 0], &exploration)[1][1] == first[0][0])
    #expect(try act(1, [2], &alone)[0][0] == act(1, [2], &exploration)[0][0])
  }

  @Test func `gives each lane a matrix of its own, whatever lanes are beside it`() throws {
    var together = Exploration(interval: 2)
    let all = try act(5, [0, 1, 2, 3], &together)
    for lane in 0..<4 {
      var alone = Exploration(interval: 2)
      let one = try act(5, [lane], &alone)
      for t in 0..<5 { #expect(one[t][0] == all[t][lane]) }
      for other in 0..<lane { #expect(all[0][lane] != all[0][other]) }
    }
  }

  /// Over many matrices, a number has the deviation that its density says, √(Σ φ² σ² + 1e-6).
  ///
  /// With 4,000 draws the deviation of a variance is √(2/4000) = 2.2%: 5.4 of them fail once in 1e7.
  @Test func `spreads as its density says`() throws {
    let streams = [try RandomStream(StreamKey(seed: 5, purpose: .actions))]
    var acting = Acting(policy, laneCount: 1, explorationSteps: 1)
    var (workspace, log) = (policy.makeWorkspace(rows: 1), [0.0])
    let mode = policy.mode(θ, on: Self.observation)
    policy.logProbabilities(θ, of: mode, on: Self.observation, rows: 0..<1, in: &workspace, into: &log)
    let peak = log[0]
    let n = 4000
    var squares = [0.0, 0.0]
    for _ in 0..<n {
      let action = policy.drawn(θ, on: Self.observation, lanes: [0], from: streams, in: &acting).actions
      for k in 0..<2 { squares[k] += Double((action[k] - mode[k]) * (action[k] - mode[k])) / Double(n) }
    }
    // Both deviations are alike at the beginning: log π at the mode is −2 log σ − log 2π.
    let variance = exponential(-peak) / (2 * .pi)
    for k in 0..<2 { #expect(abs(squares[k] / variance - 1) < 5.4 * 0.0224) }
  }
}
