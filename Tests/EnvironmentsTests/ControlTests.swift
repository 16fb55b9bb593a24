import AscentEnvironments
import AscentPythonEnvironments
import AscentRandomness
import AscentTestSupport
import Testing

/// A native environment and the one of Gymnasium's that it is.
struct Twin: Sendable, CustomTestStringConvertible {
  let identifier: String
  let timeLimit: Int
  /// The largest difference between two observations, in units of 1 or of the observation, whichever is more.
  let tolerance: Float
  let make: @Sendable () throws -> any Environment

  var testDescription: String { identifier }

  static let all = [
    Twin(identifier: "CartPole-v1", timeLimit: CartPole.timeLimit, tolerance: 1e-5) { try CartPole() },
    Twin(identifier: "Pendulum-v1", timeLimit: Pendulum.timeLimit, tolerance: 1e-5) { try Pendulum() },
    Twin(identifier: "MountainCar-v0", timeLimit: MountainCar.timeLimit, tolerance: 0) { try MountainCar() },
    Twin(identifier: "Acrobot-v1", timeLimit: Acrobot.timeLimit, tolerance: 1e-3) { try Acrobot() },
  ]
}

@Suite struct `Native control problems` {
  /// The hosted one draws from the same stream through numpy, so both start in the same state and get the same
  /// actions.
  ///
  /// Their sines come from different libraries (but MountainCar's), so observations may differ in the last bits, and
  /// Acrobot's motion is chaotic: what differs grows.
  @Test(arguments: Twin.all, [UInt64(1), 2, 3])
  func `move as Gymnasium's do`(_ twin: Twin, seed: UInt64) throws {
    let native = try twin.make()
    let hosted = try PythonEnvironment(
      PythonOpening(twin.identifier), lane: 0, randomness: .streams(.philox),
      interpreter: TestPython.interpreter())
    #expect(hosted.timeLimit == twin.timeLimit)
    #expect(native.actionSpace == hosted.actionSpace)
    #expect(native.observationSpace.flattenedSize == hosted.observationSpace.flattenedSize)
    let actions = try RandomStream(StreamKey(seed: seed, purpose: .actions))
    var action = Array(repeating: Float(0), count: native.actionSpace.valueCount)
    for episode in 0..<UInt32(10) {
      let key = StreamKey(seed: seed, purpose: .environment, episode: episode)
      var (a, b) = (try Played(native, key), try Played(hosted, key))
      #expect(a.isLike(b, within: 1e-7), "the first states are the same")
      for _ in 0..<twin.timeLimit {
        _ = native.actionSpace.sample(from: actions, into: &action)
        let (x, y) = (try a.step(action), try b.step(action))
        try #require(x.end == y.end)
        #expect(abs(x.reward - y.reward) <= Double(twin.tolerance) * max(1, abs(y.reward)))
        try #require(a.isLike(b, within: twin.tolerance))
        if x.end != nil { break }
      }
    }
  }

  @Test func `are truncated by their time limit and by nothing before`() throws {
    let limited = TimeLimit(try TabularEnvironment(.twoState()), limit: 3)
    var played = try Played(limited, StreamKey(seed: 1, purpose: .environment))
    #expect(try played.step([0]).end == nil)
    #expect(try played.step([0]).end == nil)
    #expect(try played.step([0]).end == .truncated)
  }

  /// Random actions reach no flag and swing nothing up: these do, so that the ends are compared, too.
  @Test(arguments: Twin.all.filter { ["MountainCar-v0", "Acrobot-v1"].contains($0.identifier) })
  func `end as Gymnasium's do`(_ twin: Twin) throws {
    let key = StreamKey(seed: 5, purpose: .environment)
    let hosted = try PythonEnvironment(
      PythonOpening(twin.identifier), lane: 0, randomness: .streams(.philox),
      interpreter: TestPython.interpreter())
    var (a, b) = (try Played(try twin.make(), key), try Played(hosted, key))
    var ends: [Step.End?] = []
    for _ in 0..<twin.timeLimit {
      // Along the speed of the car, against the speed of the second link.
      let speed = twin.identifier == "Acrobot-v1" ? -b.observation[4] : b.observation[1]
      let (x, y) = (try a.step([speed < 0 ? 0 : 2]), try b.step([speed < 0 ? 0 : 2]))
      try #require(x == y)
      try #require(a.isLike(b, within: twin.tolerance))
      ends.append(x.end)
      if x.end != nil { break }
    }
    #expect(ends.last == .terminated)
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

  func isLike(_ other: Played, within tolerance: Float) -> Bool {
    zip(observation, other.observation).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
  }
}
