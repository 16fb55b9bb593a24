import AscentEnvironments
import AscentRandomness
import Testing

@Suite struct `What is observed beside` {
  private func observations(_ parts: Set<AlsoObserve.Part>, actions: [Float]) throws -> [[Float]] {
    let process = try MarkovDecisionProcess.twoState()
    let environment = AlsoObserve(
      TimeLimit(try TabularEnvironment(process), limit: 4), parts, limit: 4)
    var o = Array(repeating: Float(-1), count: environment.observationSize)
    try environment.reset(StreamKey(seed: 1, purpose: .environment), into: &o)
    var all = [o]
    for action in actions {
      _ = try environment.step([action].span, into: &o)
      all.append(o)
    }
    return all
  }

  @Test func `is the previous action, the previous reward and the time, in this order`() throws {
    let bare = try observations([], actions: [1, 0, 1])
    let all = try observations([.time, .reward, .action], actions: [1, 0, 1])
    #expect(all.map { Array($0[..<2]) } == bare)
    #expect(all.map { Array($0[2..<4]) } == [[0, 0], [0, 1], [1, 0], [0, 1]])
    #expect(all[0][4] == 0)
    // Being in the second state after a step pays 1.
    for t in 1...3 { #expect(all[t][4] == bare[t][1]) }
    #expect(all.map { $0[5] } == [0, 0.25, 0.5, 0.75])
  }

  @Test func `is only what was asked for`() throws {
    #expect(try observations([.time], actions: [1]).map { $0[2...] } == [[0], [0.25]])
    #expect(try observations([.reward], actions: [1])[0].count == 3)
  }
}
