import AscentEnvironments
import AscentRandomness
import Testing

@Suite struct `A partially observed process` {
  private func span(_ a: Int) -> [Float] { [Float(a)] }

  /// 20,000 emissions of each kind: 5.4 deviations of a frequency, false-alarm rate 1e-7 each.
  @Test func `is heard with its probabilities, and not seen`() throws {
    let tiger = try PartiallyObservedEnvironment(.tiger())
    let stream = try RandomStream(StreamKey(seed: 3, purpose: .actions))
    var observation: [Float] = [0, 0]
    try tiger.reset(StreamKey(seed: 3, purpose: .environment), into: &observation)
    tiger.drawTransitions(from: StreamKey(seed: 3, purpose: .transitions))
    var (right, counts, moved, opened) = (0.0, 0.0, 0.0, 0.0)
    for _ in 0..<60_000 {
      let before = tiger.state
      let a = Int(stream.uniform() * 3)
      let step = try tiger.step(span(a).span, into: &observation)
      #expect(observation == [1, 0] || observation == [0, 1])
      if a == 0 {
        counts += 1
        right += observation[tiger.state] == 1 ? 1 : 0
        #expect(step.reward == -1 && tiger.state == before)
      } else {
        opened += 1
        moved += tiger.state == before ? 0 : 1
        #expect(step.reward == (a - 1 == before ? -100 : 10))
      }
      #expect(step.end == nil)
    }
    #expect(abs(right / counts - 0.85) < 5.4 * (0.85 * 0.15 / counts).squareRoot())
    #expect(abs(moved / opened - 0.5) < 5.4 * (0.25 / opened).squareRoot())
  }

  @Test func `keeps its transitions while its emissions are drawn anew`() throws {
    func states(_ emissionSeed: UInt64) throws -> (states: [Int], heard: [[Float]]) {
      let tiger = try PartiallyObservedEnvironment(.tiger())
      var (states, heard) = ([Int](), [[Float]]())
      var observation: [Float] = [0, 0]
      tiger.drawEmissions(from: StreamKey(seed: emissionSeed, purpose: .emissions))
      try tiger.reset(StreamKey(seed: 7, purpose: .environment), into: &observation)
      tiger.drawTransitions(from: StreamKey(seed: 9, purpose: .transitions))
      for _ in 0..<50 {
        _ = try tiger.step(span(1).span, into: &observation)
        states.append(tiger.state)
        heard.append(observation)
      }
      return (states, heard)
    }
    let (first, second) = (try states(1), try states(2))
    #expect(first.states == second.states)
    #expect(first.heard != second.heard)
  }

  @Test func `refuses tables that are none`() throws {
    let process = try MarkovDecisionProcess.twoState()
    #expect(throws: ProcessError.self) {
      try PartiallyObservedProcess(
        process, observationCount: 2, emission: [1, 0], initialEmission: [1, 0, 1, 0])
    }
    #expect(throws: ProcessError.self) {
      try PartiallyObservedProcess(
        process, observationCount: 2, emission: [1, 0, 1, 0, 1, 0, 0.5, 0.4], initialEmission: [1, 0, 1, 0])
    }
  }
}
