import AscentTestSupport
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures/pace.py"

@Suite struct `progress of slow and endless environments` {
  @Test func `a line within an iteration says how far it is`() throws {
    let scratch = try Scratch()
    let slow = try Command.run([
      "train", fixtures + ":Slow", "--steps", "50", "--lanes", "2", "--preset", "none", "--out",
      scratch("run"),
    ])
    #expect(slow.code == 0)
    #expect(slow.error.contains("iteration 1: "))
    #expect(slow.error.contains(" steps in each of 2 lanes\n"))
    let quiet = try Command.run([
      "train", fixtures + ":Slow", "--steps", "30", "--lanes", "1", "--preset", "none", "--out",
      scratch("quiet"),
      "--quiet",
    ])
    #expect(quiet.code == 0 && quiet.error.isEmpty)
  }

  @Test func `evaluate cuts episodes that do not end, and says so`() throws {
    let scratch = try Scratch()
    let trained = try Command.run([
      "train", fixtures + ":Endless", "--steps", "64", "--preset", "none", "--out", scratch("run"), "--quiet",
    ])
    #expect(trained.code == 0, "\(trained.error)")
    let cut = try Command.run([
      "evaluate", scratch("run"), "--episodes", "3", "--max-steps", "40", "--json",
    ])
    #expect(cut.code == 0)
    #expect(cut.lines.last?["cut"] as? Int == 3 && cut.lines.last?["mean_return"] as? Double == 40)
    #expect(cut.error.contains("3 of 3 episodes did not end and were cut after 40 steps"))
    let ending = try Command.run([
      "evaluate", scratch("run"), "--episodes", "3", "--max-steps", "40", "--json", "--set",
      "environment.time_limit=7",
    ])
    #expect(ending.lines.last?["cut"] as? Int == 0 && ending.lines.last?["mean_return"] as? Double == 7)
    let none = try Command.run(["evaluate", scratch("run"), "--max-steps", "0"])
    #expect(none.code == 2 && none.error.contains("--max-steps takes a whole number"))
  }
}

@Suite struct `ascent environments` {
  @Test func `lists what the packages of the built-in table register`() throws {
    let listed = try Command.run(["environments"])
    for id in ["native:cartpole", "CartPole-v1", "MinAtar/Breakout-v1", "MiniGrid-Empty-5x5-v0"] {
      #expect(listed.out.contains(id))
    }
  }

  @Test func `lists what a module registers, or says that it registers nothing`() throws {
    let minigrid = try Command.run(["environments", "minigrid", "--json"])
    let ids = minigrid.lines.compactMap { $0["env"] as? String }
    #expect(ids.contains("minigrid:MiniGrid-Empty-5x5-v0"))
    #expect(ids.allSatisfy { $0.hasPrefix("minigrid:") })
    let nothing = try Command.run(["environments", "json"])
    #expect(nothing.code == 2 && nothing.error.contains("the module json registers no environment"))
  }

  @Test func `an unknown id is looked for in packages that are installed`() throws {
    let near = try Command.run(["train", "LavaGapS5-v0", "--steps", "10"])
    #expect(near.error.contains("the nearest are MiniGrid-LavaGapS5-v0"))
  }
}

@Suite struct `the Python of a run` {
  @Test func `is remembered by the commands that name the run`() throws {
    let scratch = try Scratch()
    let trained = try Command.run([
      "train", "CartPole-v1", "--steps", "64", "--preset", "none", "--out", scratch("run"), "--quiet",
      "--python",
      TestPython.projectFolder + "/.venv",
    ])
    #expect(trained.code == 0, "\(trained.error)")
    // The variable names no Python: an error, unless the run's own comes first.
    let other = ["VIRTUAL_ENV": scratch("none")]
    for command in [["evaluate", scratch("run"), "--episodes", "1"], ["reproduce", scratch("run")]] {
      let repeated = try Command.run(command, environment: other)
      #expect(repeated.code == 0, "\(repeated.error)")
    }
    let unnamed = try Command.run(["check", "CartPole-v1"], environment: other)
    #expect(unnamed.code == 2 && unnamed.error.contains("$VIRTUAL_ENV"))
  }
}
