import AscentTestSupport
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures/"

@Suite struct `ascent check` {
  /// The names of the questions that got this verdict.
  private func names(_ check: Command, _ verdict: String) -> [String] {
    check.lines.filter { $0["verdict"] as? String == verdict }.compactMap { $0["name"] as? String }
  }

  @Test func `prints what is known of the tiger`() throws {
    let check = try Command.run(["check", "native:tiger", "--json"])
    #expect(check.code == 0, "\(check.error)")
    let line = try #require(check.lines.last)
    #expect(line["event"] as? String == "bounds" && line["horizon"] as? Int == 20)
    for (key, value) in [("fully_observed", 200), ("qmdp", 189), ("belief", 20.391), ("memoryless", -20)] {
      #expect(abs(try #require(line[key] as? Double) - value) < 1e-3)
    }
    let text = try Command.run([
      "check", "native:tiger", "--discount", "0.95", "--set", "environment.time_limit=50",
    ])
    #expect(text.out.contains("the best returns of 50 steps, discount 0.95"))
    #expect(text.out.contains("17.760"))
  }

  @Test(arguments: [
    ["native:cartpole"], ["native:tiger", "--emission", "flicker=0.1"], ["native:pendulum"], ["CartPole-v1"],
    ["LunarLander-v3"], ["HalfCheetah-v5"], ["FrozenLake-v1", "--emission", "confuse=0.2"],
    ["popgym:popgym-RepeatPreviousEasy-v0"], ["MiniGrid-DoorKey-5x5-v0"],
  ])
  func `finds nothing wrong where nothing is`(arguments: [String]) throws {
    let check = try Command.run(["check", "--json"] + arguments)
    #expect(check.code == 0, "\(check.out)\(check.error)")
    #expect(
      ["contract", "seed", "lanes", "replay"].allSatisfy(names(check, "pass").contains), "\(check.out)")
    #expect(names(check, "fail").isEmpty, "\(check.out)")
  }

  @Test(arguments: [
    ("misbehaving.py:Raises", ["contract"]),
    ("misbehaving.py:FourValues", ["contract"]),
    ("misbehaving.py:OwnSeed", ["lanes", "replay", "gymnasium", "randomness"]),
    ("unsound.py:Unseeded", ["seed", "lanes", "replay", "gymnasium"]),
    ("unsound.py:SharesState", ["lanes", "replay"]),
    ("unsound.py:OwnGenerator", ["replay", "gymnasium", "randomness"]),
    ("unsound.py:SharedGenerators", ["lanes", "replay", "gymnasium", "randomness"]),
    ("unsound.py:Leaks", ["memory"]),
    ("unsound.py:OutsideBox", ["bounds", "gymnasium"]),
  ])
  func `says what is unsound`(name: String, failures: [String]) throws {
    let check = try Command.run(["check", fixtures + name, "--json", "--steps", "300"])
    #expect(check.code == 5, "\(check.error)")
    #expect(names(check, "fail") == failures, "\(check.out)")
  }

  @Test(arguments: [
    ["ENVS/arrivals.py:Queue"], ["hidden.py:Starts"], ["hidden.py:Legacy"], ["hidden.py:Reseeded"],
    ["hidden.py:FromOS"], ["seeded.py:FromOS", "--environment-rng", "episodes"],
    ["seeded.py:Keeps", "--environment-rng", "episodes"], ["hidden.py:ConstructedByPython", "--capture-rng"],
    ["vectors.py:DrawingNextStep", "--vector"],
  ])
  func `finds spaces, RandomStates and draws of import ascent sound`(arguments: [String]) throws {
    let path =
      arguments[0].hasPrefix("ENVS/")
      ? TestPython.projectFolder + "/envs/" + arguments[0].dropFirst(5) : fixtures + arguments[0]
    let check = try Command.run(["check", path, "--json", "--steps", "300"] + arguments.dropFirst())
    #expect(check.code == 0 && names(check, "fail").isEmpty, "\(check.out)\(check.error)")
  }

  @Test(arguments: [
    ("seeded.py:FromOS", "the operating system (seeded.py:"), ("seeded.py:Keeps", "self.generator"),
  ])
  func `tries a seed at each reset where that helps`(name: String, found: String) throws {
    let check = try Command.run(["check", fixtures + name, "--json", "--steps", "300"])
    #expect(check.code == 5, "\(check.error)")
    let tried = check.lines.filter { $0["name"] as? String == "seeds" }
    #expect(tried.compactMap { $0["advice"] as? String } == ["--environment-rng episodes"], "\(check.out)")
    #expect(check.out.contains(found), "\(check.out)")
    let sound = try Command.run(["check", fixtures + "unsound.py:SharesState", "--steps", "300"])
    #expect(!sound.out.contains("note  seeds"), "\(sound.out)")
  }

  @Test func `finds a draw in a constructor alone`() throws {
    let check = try Command.run(["check", fixtures + "hidden.py:ConstructedByPython", "--steps", "300"])
    #expect(check.code == 5 && check.out.contains("random (in its constructor)"), "\(check.out)")
    #expect(check.out.contains("--capture-rng"), "\(check.out)")
  }

  @Test func `fails what ascent train refuses`() throws {
    let check = try Command.run([
      "check", "CartPole-v1", "--set", "policy.convolutions=8x3/1", "--json", "--steps", "50",
    ])
    #expect(check.code == 5 && names(check, "fail") == ["policy"], "\(check.out)\(check.error)")
  }

  @Test func `says where a shared generator is drawn from`() throws {
    let check = try Command.run(["check", fixtures + "misbehaving.py:OwnSeed"])
    let pattern = /it draws from random \(misbehaving.py:\d+\), numpy.random \(misbehaving.py:\d+\)/
    #expect(check.out.contains(pattern), "\(check.out)")
  }

  @Test(arguments: ["misbehaving.py:OwnSeed", "unsound.py:SharedGenerators", "unsound.py:DrawsAtOpening"])
  func `finds captured generators sound`(name: String) throws {
    let check = try Command.run(["check", fixtures + name, "--json", "--capture-rng"])
    #expect(check.code == 0, "\(check.out)\(check.error)")
  }

  @Test(arguments: [
    (["native:tiger", "--discount", "2"], "from 0 to 1"), (["native:tigre"], "native:tiger"),
    (["native:linear-gaussian", "--discount", "0.9"], "--discount 1"),
    (["CartPole-v1", "--steps", "0"], "--steps"), (["CartPole-v7"], "CartPole-v1"),
    (["native:tiger", "--capture-rng"], "--capture-rng"),
    (["CartPole-v1", "--capture-rng", "--environment-rng", "native"], "--capture-rng"),
    (["Taxi-v4", "--vector"], "vector entry point"),
  ])
  func `refuses what it cannot do`(_ arguments: [String], _ words: String) throws {
    let check = try Command.run(["check"] + arguments)
    #expect(check.code == 2)
    #expect(check.error.contains(words), "\(check.error)")
  }
}
