import AscentEnvironments
import AscentPythonEnvironments
import AscentRandomness
import AscentTestSupport
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures/"

@Suite struct `Generators that each reset seeds` {
  private func play(
    _ name: String, _ episodes: [UInt32], seed: UInt64 = 1, lane: UInt32 = 1,
    randomness: EnvironmentRandomness = .episodes(.philox)
  ) throws -> [Episode] {
    let environment = try open(fixtures + name, lane: Int(lane), randomness: randomness)
    let neighbor = try open(fixtures + name, lane: Int(lane) + 1, randomness: randomness)
    return try episodes.map { k in
      let actions = try RandomStream(StreamKey(seed: 3, purpose: .actions, episode: k))
      _ = try Episode(neighbor, key(seed, lane: lane + 1, episode: k), actions: actions, steps: 20)
      actions.restart(at: StreamKey(seed: 3, purpose: .actions, episode: k))
      return try Episode(environment, key(seed, lane: lane, episode: k), actions: actions, steps: 20)
    }
  }

  @Test(arguments: [
    "seeded.py:FromOS", "seeded.py:Keeps", "seeded.py:OfPython", "hidden.py:Starts", "hidden.py:Legacy",
  ])
  func `depend on seed, lane and episode alone`(name: String) throws {
    let whole = try play(name, [0, 1, 2, 3])
    #expect(try play(name, [3]) == [whole[3]])
    #expect(whole[2] != whole[3])
    #expect(try play(name, [0], seed: 2) != [whole[0]])
    #expect(try play(name, [0], lane: 2) != [whole[0]])
  }

  /// Without seeds the same environments cannot be replayed: what the test above sees is the seeds' work.
  @Test(arguments: ["seeded.py:FromOS", "seeded.py:Keeps"])
  func `are not determined by streams`(name: String) throws {
    let whole = try play(name, [0, 1, 2, 3], randomness: .streams(.philox))
    #expect(try play(name, [3], randomness: .streams(.philox)) != [whole[3]])
  }

  @Test func `have the first number of the episode's stream as their seed`() throws {
    for (k, episode) in try play("seeded.py:Told", [0, 1, 2]).enumerated() {
      let stream = try RandomStream(key(1, lane: 1, episode: UInt32(k)))
      #expect(episode.observations[0] == [Float((stream.nextUInt32() >> 1) % 1_000_003)])
    }
  }

  /// With the seed of an episode a plain Python loop plays the same episode.
  @Test func `give the episodes of a plain Python loop`() throws {
    let episode = try play("seeded.py:Keeps", [2])[0]
    let seed = try RandomStream(key(1, lane: 1, episode: 2)).nextUInt32() >> 1
    let theirs = try TestPython.numbers(
      """
      import sys; sys.path.insert(0, "\(fixtures)")
      import seeded
      environment = seeded.Keeps()
      observation, _ = environment.reset(seed=\(seed))
      result = repr(float(observation[0]))
      for _ in range(10):
          observation, reward, *_ = environment.step(0)
          result += f" {float(observation[0])!r} {reward!r}"
      """)
    var ours = [Double(episode.observations[0][0])]
    for t in episode.rewards.indices { ours += [Double(episode.observations[t + 1][0]), episode.rewards[t]] }
    #expect(ours.count == 21 && theirs.count == 21)
    // The observations are rounded to float32.
    for (a, b) in zip(ours, theirs) { #expect(abs(a - b) <= 1e-7 * abs(b)) }
  }
}
