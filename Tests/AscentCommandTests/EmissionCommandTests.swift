import AscentTestSupport
import Foundation
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures/emissions.py"
private let glimpses = TestPython.projectFolder + "/envs/glimpses.py"

private func train(_ environment: String, to folder: String, _ emissions: [String]) throws -> Command {
  try Command.run(
    ["train", environment, "--steps", "400", "--lanes", "4", "--set", "rollout.steps=50", "--out", folder]
      + ["--json", "--quiet"] + emissions.flatMap { ["--emission", $0] })
}

private func fingerprint(_ command: Command) throws -> String {
  #expect(command.code == 0, "\(command.error)")
  return try #require(command.lines.last?["fingerprint"] as? String)
}

@Suite struct `A memory that is a window` {
  @Test func `is the stack of what is shown, and is kept with the run`() throws {
    let scratch = try Scratch()
    func run(_ name: String, _ setting: String) throws -> String {
      let run = try Command.run([
        "train", "native:tiger", "--steps", "400", "--lanes", "4", "--set", "rollout.steps=50", "--json",
        "--quiet",
        "--set", "environment.also_observe=action", "--set", setting, "--out", scratch(name),
      ])
      return try fingerprint(run)
    }
    #expect(try run("a", "policy.memory=window=3") == run("b", "environment.frame_stack=3"))
    #expect(try scratch.text("a/run.toml").contains("memory = \"window=3\""))
    let evaluation = try Command.run(["evaluate", scratch("a"), "--episodes", "2", "--json"])
    #expect(evaluation.code == 0, "\(evaluation.error)")
  }

  @Test(arguments: ["gru=4", "window", "window=1", "window=x"])
  func `is refused where it is none`(memory: String) throws {
    let scratch = try Scratch()
    let refused = try Command.run([
      "train", "native:tiger", "--set", "policy.memory=\(memory)", "--out", scratch("run"),
    ])
    #expect(refused.code == 2)
    #expect(refused.error.contains("none, gru, lstm, or window=k"), "\(refused.error)")
  }
}

@Suite struct `A true state` {
  /// A tiger behind door 0 or 1, and whether it is over; where nothing is hidden there is nothing to write.
  @Test func `stands beside the observation where the environment gives it`() throws {
    let scratch = try Scratch()
    let file = scratch("tiger.jsonl")
    #expect(try Command.run(["sample", "native:tiger", "--episodes", "1", "--out", file]).code == 0)
    let json = try JSONSerialization.jsonObject(with: Data(try scratch.text("tiger.jsonl").utf8))
    let states = try #require((json as? [String: Any])?["states"] as? [[Double]])
    #expect(states.count == 21 && states.allSatisfy { $0.count == 1 && (0...2).contains($0[0]) })
    let plain = scratch("plain.jsonl")
    #expect(try Command.run(["sample", "native:cartpole", "--episodes", "1", "--out", plain]).code == 0)
    #expect(try !scratch.text("plain.jsonl").contains("states"))
  }
}

@Suite struct `A recurrent memory` {
  private static let small = [
    "--lanes", "4", "--set", "rollout.steps=40", "--set", "policy.memory_size=8", "--set", "policy.hidden=8",
    "--json", "--quiet",
  ]

  @Test(arguments: ["gru", "lstm"])
  func `is kept with the run, carried in evaluation, and shown by sample`(cell: String) throws {
    let scratch = try Scratch()
    let line =
      ["train", "CartPole-v1", "--algorithm", "ppo", "--preset", "none", "--emission", "hide=1,3"]
      + Self.small + ["--set", "policy.memory=\(cell)"]
    let whole = try fingerprint(try Command.run(line + ["--steps", "800", "--out", scratch("run")]))
    #expect(try scratch.text("run/run.toml").contains("memory = \"\(cell)\""))
    #expect(try scratch.text("run/policy.json").contains("\"cell\":\"\(cell)\",\"units\":8"))
    let again = try Command.run(line + ["--steps", "800", "--out", scratch("again")])
    #expect(try fingerprint(again) == whole)
    #expect(try Command.run(["evaluate", scratch("run"), "--episodes", "2", "--json"]).code == 0)
    let file = scratch("episodes.jsonl")
    let sample = ["sample", scratch("run"), "--episodes", "1", "--out", file]
    #expect(try Command.run(sample).code == 0)
    #expect(try !scratch.text("episodes.jsonl").contains("hidden"))
    #expect(try Command.run(sample + ["--hidden"]).code == 0)
    let json = try JSONSerialization.jsonObject(with: Data(try scratch.text("episodes.jsonl").utf8))
    let episode = try #require(json as? [String: Any])
    let (states, rewards) = (episode["hidden"] as? [[Double]], episode["rewards"] as? [Double])
    #expect(states?.count == rewards?.count)
    #expect(states?.allSatisfy { $0.count == (cell == "gru" ? 8 : 16) && $0.contains { $0 != 0 } } == true)
    let estimate = try Command.run(["estimate", scratch("run"), "--from", file, "--json"])
    #expect(estimate.code == 0, "\(estimate.error)")
  }

  /// Masks × memories × algorithms: the environment raises for an action that its mask forbids.
  @Test(
    arguments: ["reinforce", "vpg", "a2c", "ppo", "npg", "trpo"].flatMap { a in
      ["gru", "lstm", "window=2"].map { (a, $0) }
    }, ["Masked", "ByMethod"])
  func `goes with masks and every algorithm`(one: (algorithm: String, memory: String), name: String) throws {
    let scratch = try Scratch()
    let environment = TestPython.projectFolder + "/Tests/Fixtures/masked.py:" + name
    let run = try Command.run(
      ["train", environment, "--algorithm", one.algorithm, "--steps", "600"] + Self.small + [
        "--set", "environment.action_masks=true", "--set", "policy.memory=\(one.memory)", "--out",
        scratch("run"),
      ])
    #expect(run.code == 0, "\(run.error)")
  }

  @Test(arguments: [
    (["--set", "policy.memory=gru", "--set", "policy.memory_size=0"], "from 1 to 8192"),
    (["--set", "algorithm.sequence=8"], "policy.memory = gru or lstm"),
    (["--set", "policy.memory=gru", "--set", "algorithm.burn_in=8"], "algorithm.sequence"),
  ])
  func `is refused where it means nothing`(settings: [String], words: String) throws {
    let scratch = try Scratch()
    let refused = try Command.run(
      ["train", "native:cartpole", "--algorithm", "ppo", "--out", scratch("run")] + settings)
    #expect(refused.code == 2 && refused.error.contains(words), "\(refused.error)")
  }

  @Test func `is refused where nobody remembers, and where steps are fitted one by one`() throws {
    let scratch = try Scratch()
    let file = scratch("random.jsonl")
    let sample = ["sample", "native:cartpole", "--episodes", "4", "--out", file]
    let hidden = try Command.run(sample + ["--hidden"])
    #expect(hidden.code == 2 && hidden.error.contains("--hidden"), "\(hidden.error)")
    #expect(try Command.run(sample).code == 0)
    let clone = try Command.run(["clone", file, "--set", "policy.memory=gru", "--out", scratch("clone")])
    #expect(clone.code == 2 && clone.error.contains("one by one"), "\(clone.error)")
  }
}

@Suite struct `Emissions on the command line` {
  @Test func `are kept with the run, in their order`() throws {
    let scratch = try Scratch()
    let run = scratch("run")
    _ = try fingerprint(try train("CartPole-v1", to: run, ["hide=1,3", "gaussian=0.1,0.2", "delay=1"]))
    let line = "emission = [\"hide=1,3\", \"gaussian=0.1,0.2\", \"delay=1\"]"
    #expect(try scratch.text("run/run.toml").contains(line))
    let evaluation = try Command.run(["evaluate", run, "--episodes", "2", "--json"])
    #expect(evaluation.code == 0, "\(evaluation.error)")
    let out = scratch("episodes.jsonl")
    #expect(try Command.run(["sample", run, "--episodes", "1", "--out", out]).code == 0)
    let episode = try JSONSerialization.jsonObject(with: Data(try scratch.text("episodes.jsonl").utf8))
    let observations = try #require((episode as? [String: Any])?["observations"] as? [[Double]])
    // Beside each observation what CartPole showed before anything was laid over it.
    let states = try #require((episode as? [String: Any])?["states"] as? [[Double]])
    #expect(states.count == observations.count && states.allSatisfy { $0.count == 4 })
    #expect(abs(states[0][0] - observations[0][0]) < 0.5 && states[0][1] != 0)
    #expect(observations.allSatisfy { $0.count == 2 } && observations[0] == observations[1])
  }

  @Test func `can be said with --set, and are equal bits then`() throws {
    let scratch = try Scratch()
    let flags = try fingerprint(
      try train("native:cartpole", to: scratch("a"), ["hide=1,3", "flicker=0.5"]))
    let set = try Command.run([
      "train", "native:cartpole", "--steps", "400", "--lanes", "4", "--out", scratch("b"), "--json",
      "--quiet",
      "--set", "rollout.steps=50", "--set", "environment.emission=hide=1,3,flicker=0.5",
    ])
    #expect(try fingerprint(set) == flags)
    let other = try fingerprint(
      try train("native:cartpole", to: scratch("c"), ["hide=1,3", "flicker=0.6"]))
    #expect(other != flags)
  }

  @Test func `may be a class in a file, which draws from the lane's stream`() throws {
    let scratch = try Scratch()
    let emissions = ["\(glimpses):Glimpse", "gaussian=0.01"]
    let first = try fingerprint(try train("CartPole-v1", to: scratch("a"), emissions))
    #expect(try fingerprint(try train("CartPole-v1", to: scratch("b"), emissions)) == first)
  }

  @Test func `read a mission's words`() throws {
    let scratch = try Scratch()
    let out = scratch("episodes.jsonl")
    let words = TestPython.projectFolder + "/envs/missions.py:Words"
    let sample = try Command.run([
      "sample", "MiniGrid-GoToDoor-5x5-v0", "--emission", words, "--episodes", "8", "--out", out,
    ])
    #expect(sample.code == 0, "\(sample.error)")
    #expect(!sample.error.contains("left out"))
    var missions: Set<[Double]> = []
    for line in try scratch.text("episodes.jsonl").split(separator: "\n") {
      let episode = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      let first = try #require((episode?["observations"] as? [[Double]])?.first)
      // Four directions, the image, then 27 words, of which "go", "door" and one color are there.
      #expect(first.count == 4 + 147 + 27)
      let mission = Array(first.suffix(27))
      #expect(mission.reduce(0, +) == 3 && mission[8] == 1 && mission[14] == 1)
      missions.insert(mission)
    }
    #expect(missions.count > 1)
  }

  @Test func `show cells as choices, behind a mission's words`() throws {
    let scratch = try Scratch()
    let envs = TestPython.projectFolder + "/envs"
    let sample = try Command.run([
      "sample", "MiniGrid-GoToDoor-5x5-v0", "--emission", "\(envs)/missions.py:Words", "--emission",
      "\(envs)/cells.py:Choices", "--episodes", "1", "--out", scratch("episodes.jsonl"),
    ])
    #expect(sample.code == 0, "\(sample.error)")
    let line = try #require(try scratch.text("episodes.jsonl").split(separator: "\n").first)
    let episode = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    for observation in try #require(episode?["observations"] as? [[Double]]) {
      // Four directions, then 49 cells of 11 objects, 6 colors and 4 states, then 27 words.
      #expect(observation.count == 4 + 49 * 21 + 27)
      for cell in 0..<49 {
        let bits = observation[(4 + cell * 21)...].prefix(21)
        let sums = [bits.prefix(11), bits.dropFirst(11).prefix(6), bits.suffix(4)].map { $0.reduce(0, +) }
        #expect(sums == [1, 1, 1])
      }
    }
  }

  @Test func `of a file begin anew with each episode`() throws {
    let scratch = try Scratch()
    let out = scratch("episodes.jsonl")
    let sample = try Command.run([
      "sample", "CartPole-v1", "--emission", "\(fixtures):Counting", "--episodes", "3", "--out", out,
    ])
    #expect(sample.code == 0, "\(sample.error)")
    for line in try scratch.text("episodes.jsonl").split(separator: "\n") {
      let episode = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      let observations = try #require(episode?["observations"] as? [[Double]])
      for (t, o) in observations.enumerated() { #expect(o == Array(repeating: Double(t + 1), count: 4)) }
    }
  }

  @Test(arguments: [
    (["hide=9"], "needs features from 0 to 3"), (["quantize=0.5", "confuse=0.1"], "needs discrete values"),
    (["flicker=1.5"], "takes a probability from 0 to 1"), (["gaussian=-1"], "none below 0"),
    (["delay=500"], "at most 500 steps"), (["blur"], "takes hide, gaussian, laplace"),
    (["hide=1", "\(glimpses):Glimpse"], "must come before hide=1"),
    (["\(glimpses):Glance"], "has no class or function 'Glance'"),
    (["\(fixtures):NotCallable"], "cannot be called"),
  ])
  func `that do not fit are refused before the first step`(_ emissions: [String], _ words: String) throws {
    let scratch = try Scratch()
    let refused = try train("CartPole-v1", to: scratch("run"), emissions)
    #expect(refused.code == 2)
    #expect(refused.error.contains(words), "\(refused.error)")
    #expect(!FileManager.default.fileExists(atPath: scratch("run")))
  }

  @Test func `that raise are the environment's fault`() throws {
    let scratch = try Scratch()
    let fault = try train("CartPole-v1", to: scratch("run"), ["\(fixtures):Raises"])
    #expect(fault.code == 3)
    #expect(fault.error.contains("the lens is broken"), "\(fault.error)")
  }

  @Test func `in Python are refused for native environments`() throws {
    let scratch = try Scratch()
    let refused = try train("native:tiger", to: scratch("run"), ["\(glimpses):Glimpse"])
    #expect(refused.code == 2)
    #expect(refused.error.contains("native environments have no Python"))
  }
}
