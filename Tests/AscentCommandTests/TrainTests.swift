import AscentTestSupport
import Foundation
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures/misbehaving.py"

private func train(_ scratch: Scratch, _ name: String, _ more: [String]) throws -> Command {
  try Command.run(["train"] + more + ["--out", scratch(name), "--json", "--quiet"])
}

private func fingerprint(_ command: Command) -> String? { command.lines.last?["fingerprint"] as? String }

@Suite struct `ascent train` {
  @Test(arguments: [
    ["CartPole-v1"], ["CartPole-v1", "--environment-rng", "native"], ["native:cartpole"], ["Pendulum-v1"],
    ["CartPole-v1", "--set", "random.generator=mt19937"],
  ])
  func `gives one fingerprint for one seed, and another for another`(environment: [String]) throws {
    let scratch = try Scratch()
    let settings = environment + ["--steps", "6000"]
    let first = try train(scratch, "a", settings + ["--seed", "7"])
    #expect(first.code == 0, "\(first.error)")
    let done = try #require(first.lines.last)
    #expect(done["event"] as? String == "done" && done["steps"] as? Int == 6000)
    #expect(done["run"] as? String == scratch("a"))
    let again = try train(scratch, "b", settings + ["--seed", "7"])
    let other = try train(scratch, "c", settings + ["--seed", "8"])
    #expect(fingerprint(first) != nil)
    #expect(fingerprint(again) == fingerprint(first))
    #expect(fingerprint(other) != fingerprint(first))
    let columns = { (name: String) in
      try scratch.text("\(name)/metrics.csv").split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).dropLast()
      }
    }
    #expect(try columns("a") == columns("b"), "every column but the seconds")
  }

  @Test func `takes seeds of 64 bits`() throws {
    let scratch = try Scratch()
    let settings = ["native:cartpole", "--steps", "2000"]
    let prints = try ["7", "4294967303", "18446744073709551615"].map {
      fingerprint(try train(scratch, $0, settings + ["--seed", $0]))
    }
    #expect(Set(prints).count == 3 && !prints.contains(nil))
    #expect(try scratch.text("18446744073709551615/run.toml").contains("seed = \"18446744073709551615\""))
  }

  @Test func `writes a run folder, and nothing beside it`() throws {
    let scratch = try Scratch()
    let command = try train(
      scratch, "run",
      ["native:cartpole", "--algorithm", "reinforce", "--steps", "3000", "--set", "policy.hidden=8,4"])
    #expect(
      try scratch.names("run") == [
        "checkpoints", "events.out.tfevents.000001", "metrics-saved.csv", "metrics.csv", "origin.toml",
        "policy.json", "policy.safetensors", "run.toml",
      ])
    #expect(try scratch.names("run/checkpoints") == ["step-000000003000.safetensors"])
    let toml = try scratch.text("run/run.toml")
    for line in ["id = \"native:cartpole\"", "hidden = [8, 4]", "steps = 3000", "name = \"reinforce\""] {
      #expect(toml.contains(line))
    }
    #expect(toml.contains("fingerprint = \"\(fingerprint(command) ?? "?")\""))
    let rows = try scratch.text("run/metrics.csv").split(separator: "\n")
    #expect(rows[0].hasPrefix("iteration,steps,episodes,mean_return,standard_error"))
    #expect(rows.last?.split(separator: ",")[1] == "3000")
  }

  @Test(arguments: [1, 7, 4999])
  func `makes exactly the steps that it is told`(steps: Int) throws {
    let scratch = try Scratch()
    let command = try train(scratch, "run", ["native:cartpole", "--steps", String(steps)])
    #expect(command.code == 0 && command.lines.last?["steps"] as? Int == steps)
  }

  @Test func `learns CartPole hosted in Python`() throws {
    let scratch = try Scratch()
    let command = try train(scratch, "run", ["CartPole-v1", "--seed", "1", "--steps", "150000"])
    #expect(command.code == 0, "\(command.error)")
    let evaluation = try Command.run(["evaluate", scratch("run"), "--episodes", "20", "--json"])
    let result = try #require(evaluation.lines.last)
    #expect(result["event"] as? String == "evaluation" && result["episodes"] as? Int == 20)
    #expect(result["mean_return"] as? Double ?? 0 > 300)
    let again = try Command.run(["evaluate", scratch("run"), "--episodes", "20", "--json"])
    #expect(again.out == evaluation.out)
    let other = try Command.run(["evaluate", scratch("run"), "--episodes", "20", "--seed", "2", "--json"])
    #expect(other.lines.last?["fingerprint"] as? String != result["fingerprint"] as? String)
    let drawn = try Command.run(["evaluate", scratch("run"), "--episodes", "20", "--stochastic", "--json"])
    #expect(drawn.lines.last?["fingerprint"] as? String != result["fingerprint"] as? String)
  }

  /// A run is stopped by Ctrl-C as soon as its first line is out; the same line then finishes it.
  @Test(
    arguments: [SIGINT, SIGTERM],
    [["--algorithm", "reinforce"], ["--algorithm", "ppo", "--set", "policy.memory=lstm"]])
  func `saves a checkpoint when it is interrupted, and goes on to the same parameters`(
    signal: Int32, learner: [String]
  ) throws {
    let scratch = try Scratch()
    let line =
      ["train", fixtures + ":Slow", "--steps", "2400", "--lanes", "2", "--set", "rollout.steps=40"] + learner
    let whole = try Command.run(line + ["--out", scratch("whole"), "--json", "--quiet"])
    let same = line + ["--out", scratch("cut"), "--json", "--quiet", "--resume"]
    let cut = try Command.run(same) { process in
      scratch.await(rows: 3, of: "cut", madeBy: process)
      kill(process.processIdentifier, signal)
    }
    #expect(cut.code == 130, "\(cut.error)")
    #expect(cut.lines.last?["event"] as? String == "interrupted")
    #expect(cut.lines.last?["steps"] as? Int ?? 0 < 2400)
    let rest = try Command.run(same)
    #expect(rest.code == 0, "\(rest.error)")
    #expect(fingerprint(rest) == fingerprint(whole) && fingerprint(whole) != nil)
  }

  @Test func `passes a damaged checkpoint over for an older one`() throws {
    let scratch = try Scratch()
    let line = [
      "train", "native:cartpole", "--steps", "9000", "--set", "checkpoint.every_steps=3000", "--json",
    ]
    let whole = try Command.run(line + ["--out", scratch("a")])
    _ = try Command.run(line + ["--out", scratch("b")])
    let newest = try #require(try scratch.names("b/checkpoints").last)
    let path = scratch("b/checkpoints/\(newest)")
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(fileURLWithPath: path))
    let resumed = try Command.run(line + ["--out", scratch("b"), "--resume"])
    #expect(resumed.error.contains("checksum") && resumed.error.contains("resuming from"))
    #expect(fingerprint(resumed) == fingerprint(whole))
  }

  @Test func `keeps standard output for results`() throws {
    let scratch = try Scratch()
    let command = try train(scratch, "run", [fixtures + ":Prints", "--steps", "100"])
    #expect(command.code == 0)
    #expect(command.lines.count == command.out.split(separator: "\n").count, "only JSON")
    #expect(command.error.contains("a line that is no result"))
  }

  @Test(arguments: ["CartPole-v1", "native:pendulum"])
  func `says where the time went, and changes no bit by it`(_ environment: String) throws {
    let scratch = try Scratch()
    let settings = [environment, "--steps", "6000", "--preset", "none"]
    let plain = try train(scratch, "plain", settings)
    let profiled = try train(scratch, "profiled", settings + ["--profile"])
    #expect(fingerprint(profiled) != nil && fingerprint(profiled) == fingerprint(plain))
    let line = try #require(profiled.lines.first { $0["event"] as? String == "profile" })
    let seconds = try #require(line["seconds"] as? [String: Double])
    var names: Set = ["policy", "environment", "rollout", "advantages", "update", "logging"]
    if environment == "CartPole-v1" { names.insert("bridge") }
    #expect(Set(seconds.keys) == names && seconds.values.allSatisfy { $0 > 0 })
    // The phases are the whole: nothing between the loop's beginning and end is in none of them.
    let whole = try #require(profiled.lines.last?["seconds"] as? Double)
    #expect(seconds.values.reduce(0, +) >= whole)
    let table = try Command.run(["train"] + settings + ["--profile", "--quiet", "--out", scratch("table")])
      .out
    #expect(table.contains("µs/step") && table.contains("gradients and the optimizer"))
  }

  @Test func `leaves Python's assertions out when it is told to`() throws {
    let scratch = try Scratch()
    let line = [fixtures + ":Asserts", "--steps", "64", "--lanes", "2", "--set", "rollout.steps=8"]
    let checked = try train(scratch, "checked", line)
    #expect(checked.code == 3 && checked.error.contains("AssertionError"), "\(checked.error)")
    for workers in ["1", "2"] {
      let run = try train(scratch, workers, line + ["--python-optimize", "--workers", workers])
      #expect(run.code == 0, "\(run.error)")
      #expect(try scratch.text("\(workers)/run.toml").contains(" -O\""), "the versions say so")
    }
  }

  @Test func `reads a configuration file, over which options win`() throws {
    let scratch = try Scratch()
    try
      "[run]\nseed = 5\nsteps = 500\n[policy]\nhidden = [3]\n[algorithm]\nname = \"likelihood-ratio\"\nrate = 0.5\n"
      .write(toFile: scratch("c.toml"), atomically: true, encoding: .utf8)
    let command = try train(
      scratch, "run",
      ["native:cartpole", "--config", scratch("c.toml"), "--seed", "6", "--set", "algorithm.gamma=0.5"])
    #expect(command.code == 0, "\(command.error)")
    let toml = try scratch.text("run/run.toml")
    for line in [
      "seed = \"6\"", "steps = 500", "hidden = [3]", "estimator = \"total-return\"", "rate = 0.5",
      "gamma = 0.5",
    ] { #expect(toml.contains(line), "\(line)") }
  }

  /// A memory needs rollouts of more than a2c's 5 steps, wherever the algorithm is named.
  @Test func `makes room for a memory that a configuration file asks for`() throws {
    let scratch = try Scratch()
    for (file, more) in [("name", [String]()), ("", ["--algorithm", "a2c"])] {
      let name = file.isEmpty ? "" : "[algorithm]\nname = \"a2c\"\n"
      try (name + "[policy]\nmemory = \"gru\"\n").write(
        toFile: scratch("c.toml"), atomically: true, encoding: .utf8)
      let words = ["native:cartpole", "--steps", "64", "--config", scratch("c.toml")]
      #expect(try train(scratch, "run\(file)", words + more).code == 0)
      let toml = try scratch.text("run\(file)/run.toml")
      #expect(toml.contains("name = \"a2c\"") && toml.contains("[rollout]\nsteps = 128\n"))
    }
  }
}
