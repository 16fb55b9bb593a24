import AscentTestSupport
import Foundation
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures/"

/// A run that is made once for a test.
private func train(_ run: String, _ arguments: [String]) throws -> Command {
  let command = try Command.run(["train"] + arguments + ["--out", run, "--json", "--quiet"])
  #expect(command.code == 0, "\(command.error)")
  return command
}

@Suite struct `ascent reproduce` {
  @Test(arguments: [
    ["CartPole-v1", "--steps", "5000", "--set", "checkpoint.every_steps=2000"],
    ["native:cartpole", "--algorithm", "reinforce", "--steps", "4000"],
    [
      "Pendulum-v1", "--preset", "none", "--steps", "2000", "--emission", "hide=2", "--emission",
      "gaussian=0.1",
      "--set", "policy.memory=gru", "--set", "rollout.steps=64",
    ],
    [fixtures + "unsound.py:SharedGenerators", "--steps", "1000", "--capture-rng"],
    [fixtures + "unsound.py:DrawsAtOpening", "--steps", "1000", "--capture-rng"],
  ])
  func `finds every byte again, with another number of workers`(arguments: [String]) throws {
    let scratch = try Scratch()
    _ = try train(scratch("run"), arguments + ["--seed", "3"])
    let again = try Command.run([
      "reproduce", scratch("run"), "--json", "--workers", "2", "--out", scratch("again"),
    ])
    #expect(again.code == 0, "\(again.out)\(again.error)")
    #expect(again.lines.last?["equal"] as? Bool == true)
    #expect(again.lines.count == 6)
    #expect(try scratch.names("again").contains("policy.safetensors"))
  }

  @Test func `goes as far as an interrupted run went`() throws {
    let scratch = try Scratch()
    let cut = try Command.run(
      ["train", fixtures + "misbehaving.py:Slow", "--steps", "100000", "--out", scratch("run"), "--quiet"]
    ) { process in
      scratch.await(rows: 3, of: "run", madeBy: process)
      kill(process.processIdentifier, SIGINT)
    }
    #expect(cut.code == 130, "\(cut.error)")
    let again = try Command.run(["reproduce", scratch("run")])
    #expect(again.code == 0, "\(again.out)\(again.error)")
    #expect(again.out.contains("1 of 1 byte for byte") && !again.out.contains("fingerprint"))
  }

  @Test func `says where a run parts from what its settings give`() throws {
    let scratch = try Scratch()
    let run = scratch("run")
    _ = try train(run, [fixtures + "unsound.py:Unseeded", "--steps", "2000"])
    let again = try Command.run(["reproduce", run, "--out", scratch("again")])
    #expect(again.code == 5)
    #expect(
      again.out.contains("DIFFERS  metrics      first difference in iteration 1: entropy"), "\(again.out)")
    #expect(again.out.contains("ascent diff \(run) \(scratch("again"))"))
  }

  @Test func `says first what it is made with`() throws {
    let scratch = try Scratch()
    _ = try train(scratch("run"), ["native:bandit", "--steps", "500", "--preset", "none"])
    let text = try scratch.text("run/run.toml").replacing(/gsl = ".*"/, with: "gsl = \"1.0\"")
    try text.write(toFile: scratch("run/run.toml"), atomically: true, encoding: .utf8)
    let again = try Command.run(["reproduce", scratch("run")])
    #expect(again.code == 0)
    #expect(again.error.contains("the run was made with versions.gsl = 1.0, this is 2."), "\(again.error)")
  }

  @Test func `refuses what is no training run`() throws {
    let scratch = try Scratch()
    #expect(try Command.run(["reproduce", scratch("none")]).code == 2)
    _ = try train(scratch("run"), ["native:bandit", "--steps", "500", "--preset", "none"])
    _ = try Command.run(["sample", scratch("run"), "--episodes", "50", "--out", scratch("a.jsonl")])
    let clone = try Command.run(["clone", scratch("a.jsonl"), "--out", scratch("clone"), "--quiet"])
    #expect(clone.code == 0, "\(clone.error)")
    let again = try Command.run(["reproduce", scratch("clone")])
    #expect(again.code == 2 && again.error.contains("no training run"), "\(again.error)")
  }
}

@Suite struct `ascent diff` {
  private let line = [
    "native:cartpole", "--steps", "6000", "--seed", "5", "--set", "checkpoint.every_steps=2000",
  ]

  /// Compares a run with another that differs in what is planted.
  private func differing(
    _ arguments: [String] = [], plant: (Scratch) throws -> Void = { _ in }, more: [String] = []
  ) throws -> [String: Any] {
    let scratch = try Scratch()
    _ = try train(scratch("a"), line)
    _ = try train(scratch("b"), line + arguments)
    try plant(scratch)
    let diff = try Command.run(["diff", scratch("a"), scratch("b"), "--json"] + more)
    let found = try #require(diff.lines.last)
    #expect(diff.code == (found["cause"] as? String == "none" ? 0 : 5), "\(diff.error)")
    return found
  }

  @Test func `finds nothing between a run and itself`() throws {
    #expect(try differing()["cause"] as? String == "none")
  }

  @Test func `names a setting, and what it changed first`() throws {
    let found = try differing(["--set", "algorithm.rate=0.002"])
    #expect(found["cause"] as? String == "configuration" && found["iteration"] as? Int == 1)
    #expect((found["details"] as? [String])?.first?.hasPrefix("setting algorithm.rate: ") == true)
  }

  @Test func `names a version`() throws {
    let found = try differing { scratch in
      let text = try scratch.text("b/run.toml").replacing(/gsl = ".*"/, with: "gsl = \"1.0\"")
      try text.write(toFile: scratch("b/run.toml"), atomically: true, encoding: .utf8)
      try spoilMetrics(scratch)
    }
    #expect(found["cause"] as? String == "version" && found["iteration"] as? Int == 2)
  }

  @Test func `says which run is not what its settings give`() throws {
    let found = try differing(plant: spoilMetrics)
    #expect(found["cause"] as? String == "changed run folder" && found["iteration"] as? Int == 2)
    let details = found["details"] as? [String] ?? []
    #expect(details.contains { $0.contains("/b cannot be reproduced here: iteration 2") })
    #expect(details.last?.contains("both runs learned the same bits") == true, "\(details)")
  }

  @Test func `says that a run of other bits was changed or is of another build`() throws {
    let found = try differing { scratch in
      let text = try scratch.text("b/run.toml").replacing(/bits = ".*"/, with: "bits = \"x\"")
      try text.write(toFile: scratch("b/run.toml"), atomically: true, encoding: .utf8)
      try spoilMetrics(scratch)
    }
    #expect(found["cause"] as? String == "changed run folder", "\(found)")
    let details = found["details"] as? [String] ?? []
    #expect(details.last?.contains("another build of Ascent") == true, "\(details)")
  }

  private func spoilMetrics(_ scratch: Scratch) throws {
    var rows = try scratch.text("b/metrics.csv").split(separator: "\n").map(String.init)
    var columns = rows[2].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    columns[8] = "0.125"
    rows[2] = columns.joined(separator: ",")
    try (rows.joined(separator: "\n") + "\n").write(
      toFile: scratch("b/metrics.csv"), atomically: true, encoding: .utf8)
  }

  @Test func `finds the step at which an environment showed something else`() throws {
    let scratch = try Scratch()
    for run in ["a", "b"] {
      _ = try train(scratch(run), [fixtures + "unsound.py:Unseeded", "--steps", "2000"])
    }
    let diff = try Command.run(["diff", scratch("a"), scratch("b"), "--json"])
    let found = try #require(diff.lines.last)
    #expect(found["cause"] as? String == "environment observation", "\(diff.out)")
    // A byte is the same by chance once in 256 times: then it is a later step.
    #expect(found["lane"] as? Int == 0 && found["iteration"] as? Int == 1 && found["step"] as? Int != nil)
  }

  /// The arrays of the oldest checkpoint, one bit of one of them flipped.
  @Test(arguments: [
    ("parameters", "arithmetic"), ("open.3.actions", "action draw"),
    ("open.5.observation", "environment observation"), ("optimizer.first", "arithmetic"),
  ])
  func `tells causes by the array`(tensor: String, cause: String) throws {
    let found = try differing { scratch in
      let name = try #require(try scratch.names("b/checkpoints").first)
      try DamagedCheckpoint.flip(tensor, in: scratch("b/checkpoints/" + name))
    }
    #expect(found["cause"] as? String == cause, "\(found)")
    #expect((found["tensor"] as? String)?.hasPrefix(tensor) == true, "\(found)")
  }
}

@Suite struct `ascent replay` {
  @Test func `brings back each episode as metrics.csv has it`() throws {
    let scratch = try Scratch()
    _ = try train(
      scratch("run"),
      [
        "native:cartpole", "--algorithm", "reinforce", "--preset", "none", "--lanes", "1", "--steps", "2000",
        "--set",
        "rollout.steps=1", "--set", "checkpoint.every_steps=500",
      ])
    let rows = try scratch.text("run/metrics.csv").split(separator: "\n").dropFirst().map {
      $0.split(separator: ",")
    }
    for episode in [0, 7, rows.count - 2] {
      let replay = try Command.run([
        "replay", scratch("run"), "--lane", "0", "--episode", "\(episode)", "--json",
      ])
      let found = try #require(replay.lines.last, "\(replay.error)")
      #expect(found["return"] as? Double == Double(rows[episode][3]))
      #expect(
        found["first_iteration"] as? Int == episode + 1 && found["last_iteration"] as? Int == episode + 1)
    }
  }

  @Test func `gives the same with and without checkpoints, over several iterations`() throws {
    let scratch = try Scratch()
    let run = scratch("run")
    _ = try train(
      run, ["CartPole-v1", "--steps", "8000", "--seed", "2", "--set", "checkpoint.every_steps=1000"])
    let arguments = ["replay", run, "--lane", "4", "--episode", "11", "--json", "--out"]
    let first = try Command.run(arguments + [scratch("a.jsonl")])
    #expect(first.code == 0, "\(first.error)")
    let found = try #require(first.lines.last)
    #expect(try #require(found["last_iteration"] as? Int) > (try #require(found["first_iteration"] as? Int)))
    try FileManager.default.removeItem(atPath: scratch("run/checkpoints"))
    #expect(try Command.run(arguments + [scratch("b.jsonl")]).code == 0)
    #expect(try scratch.text("a.jsonl") == scratch.text("b.jsonl"))
    let estimate = try Command.run(["estimate", run, "--from", scratch("a.jsonl"), "--json"])
    let estimated = try #require(estimate.lines.last, "\(estimate.error)")
    #expect(estimated["episodes"] as? Int == 1 && estimated["J"] as? Double != nil)
  }

  @Test(arguments: [
    (["--lane", "9", "--episode", "0"], 2, "lanes 0 to 7"),
    (["--lane", "0", "--episode", "-1"], 2, "episode"),
    (["--lane", "0", "--episode", "5000"], 2, "there is no episode 5000"),
  ])
  func `refuses what the run does not have`(more: [String], code: Int32, words: String) throws {
    let scratch = try Scratch()
    _ = try train(scratch("run"), ["native:cartpole", "--steps", "1000"])
    let replay = try Command.run(["replay", scratch("run")] + more)
    #expect(replay.code == code && replay.error.contains(words), "\(replay.error)")
  }

  @Test func `says so when the run does not go as it went`() throws {
    let scratch = try Scratch()
    _ = try train(scratch("run"), [fixtures + "unsound.py:Unseeded", "--steps", "1000"])
    let replay = try Command.run(["replay", scratch("run"), "--lane", "0", "--episode", "0"])
    #expect(replay.code == 5 && replay.error.contains("differs from the original"), "\(replay.error)")
  }
}
