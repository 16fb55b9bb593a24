import Environments
import PythonEnvironments
import Randomness
import TestSupport
import Testing

@Suite struct `The native CartPole` {
  /// The hosted one draws from the same stream through numpy, so both start in the same state and get the same
  /// actions.
  ///
  /// Their sines come from different libraries: observations may differ in the last bits of float32.
  @Test(arguments: [UInt64(1), 2, 3])
  func `moves as Gymnasium's does`(seed: UInt64) throws {
    let native = try CartPole()
    let hosted = try PythonEnvironment(
      "CartPole-v1", lane: 0, randomness: .streams(.philox), interpreter: TestPython.interpreter())
    #expect(hosted.timeLimit == CartPole.timeLimit)
    #expect(native.actionSpace == hosted.actionSpace)
    #expect(native.observationSpace.flattenedSize == hosted.observationSpace.flattenedSize)
    let actions = try RandomStream(StreamKey(seed: seed, purpose: .actions))
    for episode in 0..<UInt32(30) {
      let key = StreamKey(seed: seed, purpose: .environment, episode: episode)
      var (a, b) = (try Played(native, key), try Played(hosted, key))
      #expect(a.observation == b.observation, "the first states have the same bits")
      while true {
        let action = [Float(actions.nextUInt32() & 1)]
        let (x, y) = (try a.step(action), try b.step(action))
        #expect(x == y)
        for (p, q) in zip(a.observation, b.observation) { #expect(abs(p - q) <= 1e-5 * max(1, abs(q))) }
        if x.end != nil { break }
      }
    }
  }

  @Test func `is truncated by its time limit and by nothing before`() throws {
    let limited = TimeLimit(try TabularEnvironment(.twoState()), limit: 3)
    var played = try Played(limited, StreamKey(seed: 1, purpose: .environment))
    #expect(try played.step([0]).end == nil)
    #expect(try played.step([0]).end == nil)
    #expect(try played.step([0]).end == .truncated)
  }
}

/// An environment with an observation of its own.
struct Played {
  let environment: any Environment
  var observation: [Float]

  init(_ environment: any Environment, _ key: StreamKey) throws {
    self.environment = environment
    observation = Array(repeating: 0, count: environment.observationSpace.flattenedSize)
    try environment.reset(key, into: &observation)
  }

  mutating func step(_ action: [Float]) throws -> Step {
    try environment.step(action.span, into: &observation)
  }
}
