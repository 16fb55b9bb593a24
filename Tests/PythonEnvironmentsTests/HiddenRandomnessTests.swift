import AscentEnvironments
import AscentPythonEnvironments
import AscentRandomness
import AscentTestSupport
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures/hidden.py:"

@Suite struct `Random numbers beside np_random` {
  static let names = [
    "Starts", "Nested", "Texts", "Reseeded", "Layer", "FromOS", "Imported", "OfNumpy", "Legacy", "OfPython",
    "Subclass", "Threads", "Lazy", "Inner", "Spawned", "Planned", "Pickled", "Rewound",
    "PlannedLegacy", "PlannedSpaces",
  ]

  private func play(
    _ environment: PythonEnvironment, _ seed: UInt64, episode: UInt32, lane: UInt32 = 1
  ) throws -> Episode {
    let actions = try RandomStream(StreamKey(seed: 3, purpose: .actions, episode: episode))
    return try Episode(environment, key(seed, lane: lane, episode: episode), actions: actions, steps: 20)
  }

  /// An environment that is opened again for its fourth episode, as a replay does, beside none.
  @Test(arguments: names)
  func `depend on seed, lane and episode alone`(name: String) throws {
    let (one, neighbor) = (try open(fixtures + name, lane: 1), try open(fixtures + name, lane: 0))
    var episodes: [Episode] = []
    for k in 0..<UInt32(4) {
      _ = try play(neighbor, 1, episode: k, lane: 0)
      episodes.append(try play(one, 1, episode: k))
    }
    for k in [3, 0] {
      #expect(try play(open(fixtures + name, lane: 1), 1, episode: UInt32(k)) == episodes[k], "episode \(k)")
    }
    #expect(episodes[2] != episodes[3])
    #expect(try play(open(fixtures + name, lane: 1), 2, episode: 0) != episodes[0])
  }

  @Test(arguments: ["Starts", "Planned", "Legacy", "PlannedLegacy"])
  func `come from every generator`(name: String) throws {
    for generator in RandomGenerator.allCases {
      func first() throws -> Episode {
        try play(open(fixtures + name, lane: 1, randomness: .streams(generator)), 1, episode: 0)
      }
      #expect(try first() == first(), "\(generator)")
    }
  }

  @Test func `come from the operating system with the environment's own generators`() throws {
    func first() throws -> Episode {
      try play(open(fixtures + "Texts", randomness: .native), 1, episode: 0, lane: 0)
    }
    #expect(try first() != first())
  }

  @Test func `cannot be those of another generator's state`() throws {
    let environment = try open(fixtures + "ForeignState")
    let error = #expect(throws: EnvironmentError.self) { try play(environment, 1, episode: 0, lane: 0) }
    #expect("\(try #require(error))".contains("takes only a state that it gave itself"))
  }

  /// The same numbers as in plain Python, where a first reset has a seed as well.
  @Test(arguments: ["Book", "Strict"])
  func `cost no reset`(name: String) throws {
    let environment = try open(fixtures + name, lane: 1)
    for k in 0..<UInt32(4) {
      let episode = try play(environment, 1, episode: k)
      #expect(
        episode.observations[0] == [Float(k)] && episode.rewards == Array(repeating: Double(k), count: 5))
    }
  }
}
