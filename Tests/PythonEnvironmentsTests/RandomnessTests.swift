import AscentEnvironments
import AscentPythonEnvironments
import AscentRandomness
import AscentTestSupport
import Testing

@Suite struct `A hosted environment on the lane's stream` {
  static let references = [
    "CartPole-v1", "Acrobot-v1", "Pendulum-v1", "MountainCarContinuous-v0", "FrozenLake-v1", "Blackjack-v1",
    "Taxi-v4", "LunarLander-v3", "HalfCheetah-v5", "popgym-RepeatPreviousEasy-v0", "MinAtar/Breakout-v1",
    "ENVS/arrivals.py:Queue",
  ]

  private func play(_ reference: String, _ key: StreamKey) throws -> Episode {
    let path = reference.replacingOccurrences("ENVS", TestPython.projectFolder + "/envs")
    let actions = try RandomStream(StreamKey(seed: 3, purpose: .actions))
    return try Episode(open(path, lane: Int(key.lane)), key, actions: actions, steps: 200)
  }

  @Test(arguments: references)
  func `plays the same episode again, and others on other keys`(reference: String) throws {
    let first = try play(reference, key(1))
    #expect(try play(reference, key(1)) == first)
    // Two seeds can show the same short episode by chance in the small ones; not three.
    let others = try [2, 3, 4].map { try play(reference, key($0)) }
    #expect(others.contains { $0 != first })
  }

  @Test(arguments: ["CartPole-v1", "LunarLander-v3", "HalfCheetah-v5"])
  func `begins an episode from its key alone`(reference: String) throws {
    let used = try open(reference)
    let actions = try RandomStream(StreamKey(seed: 3, purpose: .actions))
    for episode in 0..<UInt32(3) {
      _ = try Episode(used, key(1, episode: episode), actions: actions, steps: 50)
    }
    actions.restart(at: StreamKey(seed: 4, purpose: .actions))
    let again = try Episode(used, key(1, episode: 7), actions: actions, steps: 50)
    actions.restart(at: StreamKey(seed: 4, purpose: .actions))
    #expect(try Episode(open(reference), key(1, episode: 7), actions: actions, steps: 50) == again)
  }

  /// 64,000 first observations, four numbers of 53 bits each, rounded to float32: two agree by chance with a
  /// probability below 1e-15.
  ///
  /// With seeds seed + lane there would be 113 distinct streams.
  @Test func `shares no beginning with any other lane, episode or seed`() throws {
    let environment = try open("CartPole-v1")
    var seen = Set<[Float]>()
    var o = Array(repeating: Float(0), count: 4)
    try environment.withLock { () throws(EnvironmentError) in
      for seed in 0..<UInt64(50) {
        for lane in 0..<UInt32(64) {
          for episode in 0..<UInt32(20) {
            try environment.reset(key(seed, lane: lane, episode: episode), into: &o)
            seen.insert(o)
          }
        }
      }
    }
    #expect(seen.count == 50 * 64 * 20)
  }

  @Test func `does not feel its neighbors`() throws {
    let references = ["CartPole-v1", "LunarLander-v3", "ENVS/arrivals.py:Queue"]
    for reference in references {
      let path = reference.replacingOccurrences("ENVS", TestPython.projectFolder + "/envs")
      func lanes(_ count: Int) throws -> [[Float]] {
        let lanes = ObservedLanes(try Lanes((0..<count).map { try open(path, lane: $0) }, seed: 8))
        var seen: [[Float]] = Array(repeating: [], count: count)
        for lane in 0..<count { try lanes.reset(lane) }
        for _ in 0..<30 {
          for lane in 0..<count {
            _ = try lanes.step(lane, [1])
            seen[lane] += lanes.observations[lane]
          }
        }
        return seen
      }
      #expect(try lanes(3)[0] == lanes(1)[0], "\(reference)")
    }
  }

  @Test(arguments: RandomGenerator.allCases)
  func `draws through every generator`(generator: RandomGenerator) throws {
    let environment = try open("CartPole-v1", randomness: .streams(generator))
    let stream = try RandomStream(key(1), generator: generator)
    var o = Array(repeating: Float(0), count: 4)
    try environment.reset(key(1), into: &o)
    // numpy: low + (high − low) · u, as Gymnasium asks for it.
    #expect(o == (0..<4).map { _ in Float(-0.05 + (0.05 - -0.05) * stream.uniform()) })
  }

  /// 3,000 draws of each: 5.4 deviations.
  @Test func `offers GSL's distributions to its own code`() throws {
    let environment = try open(misbehaving + ":Draws")
    var o = Array(repeating: Float(0), count: 8)
    var sums = Array(repeating: 0.0, count: 8)
    for episode in 0..<UInt32(3000) {
      try environment.reset(key(2, episode: episode), into: &o)
      for k in 0..<8 { sums[k] += Double(o[k]) / 3000 }
    }
    let expected: [(Double, Double)] = [
      (0.5, 1.0 / 12), (1, 4), (0.25, 0.1875), (4, 4), (2, 4), (1.25, 0.6875), (1, 2.0 / 3), (0, 1.25),
    ]
    for (k, (mean, variance)) in expected.enumerated() {
      #expect(abs(sums[k] - mean) < 5.4 * (variance / 3000).squareRoot(), "draw \(k)")
    }
  }

  @Test func `lets nobody draw outside of a step`() throws {
    let answer = try TestPython.interpreter().run(
      """
      import ascent
      try:
          ascent.uniform(0, 1)
      except RuntimeError as error:
          result = error
      """)
    #expect(answer.contains("only inside of reset() and step()"))
  }
}

@Suite struct `A hosted environment with its own seeding` {
  static let references = [
    "CartPole-v1", "Acrobot-v1", "Pendulum-v1", "MountainCarContinuous-v0", "FrozenLake-v1", "Blackjack-v1",
    "LunarLander-v3", "BipedalWalker-v3", "HalfCheetah-v5",
  ]

  /// The same steps in a plain Python loop: `reset(seed=…)` once, then `reset()`.
  @Test(arguments: references)
  func `gives the trajectories of a plain Python loop`(reference: String) throws {
    let environment = try open(reference, lane: 2, randomness: .native)
    let actions = try RandomStream(StreamKey(seed: 6, purpose: .actions))
    var episodes: [Episode] = []
    for k in 0..<UInt32(3) {
      episodes.append(
        try Episode(environment, key(40, lane: 2, episode: k), actions: actions, steps: 150))
    }
    #expect(environment.nativeSeed == 42)
    let isDiscrete = environment.actionSpace.discreteCount != nil
    let theirs = try TestPython.numbers(
      """
      import gymnasium, numpy, warnings
      warnings.simplefilter("ignore")
      env = gymnasium.make("\(reference)")
      out = []
      for k, actions in enumerate(\(episodes.map(\.actions))):
          o, _ = env.reset(seed=42) if k == 0 else env.reset()
          out += numpy.asarray(gymnasium.spaces.flatten(env.observation_space, o), numpy.float32).tolist()
          for a in actions:
              a = int(a[0]) if \(isDiscrete ? "True" : "False") else numpy.array(a, env.action_space.dtype)
              o, r, terminated, truncated, _ = env.step(a)
              out += numpy.asarray(gymnasium.spaces.flatten(env.observation_space, o), numpy.float32).tolist()
              out += [float(r), float(terminated), float(truncated and not terminated)]
      result = " ".join(map(repr, out))
      """)
    var ours: [Double] = []
    for episode in episodes {
      ours += episode.observations[0].map { Double($0) }
      for t in episode.rewards.indices {
        ours += episode.observations[t + 1].map { Double($0) } + [episode.rewards[t]]
        let end = t == episode.rewards.count - 1 ? episode.end : nil
        ours += [end == .terminated ? 1 : 0, end == .truncated ? 1 : 0]
      }
    }
    #expect(ours == theirs)
    #expect(ours.count > 20)
  }
}

extension String {
  fileprivate func replacingOccurrences(_ word: String, _ other: String) -> String {
    hasPrefix(word) ? other + dropFirst(word.count) : self
  }
}
