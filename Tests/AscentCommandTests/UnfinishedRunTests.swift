import AscentTestSupport
import Foundation
import Glibc
import Testing

private let slow = TestPython.projectFolder + "/Tests/Fixtures/misbehaving.py:Slow"

/// Runs that are made, or that were killed: their policy is that of the newest checkpoint.
@Suite struct `A run that is not finished` {
  private let scratch: Scratch
  private static let small = [
    "--preset", "none", "--lanes", "2", "--quiet", "--set", "rollout.steps=16", "--set",
    "algorithm.minibatch=16", "--set", "checkpoint.every_steps=96",
  ]

  init() throws { scratch = try Scratch() }

  private func evaluate(_ run: String) throws -> (steps: Int?, fingerprint: String?, error: String) {
    let command = try Command.run([
      "evaluate", scratch(run), "--episodes", "2", "--max-steps", "20", "--json",
    ])
    #expect(command.code == 0, "\(command.error)")
    let line = try #require(command.lines.last)
    return (line["policy_steps"] as? Int, line["fingerprint"] as? String, command.error)
  }

  /// Waits until the run has a policy, and as many rows of metrics.csv.
  private func waitForPolicy(_ run: String, rows: Int, madeBy process: Process) {
    scratch.await(rows: rows, of: run, madeBy: process)
    for _ in 0..<1000 where !FileManager.default.fileExists(atPath: scratch("\(run)/policy.safetensors")) {
      usleep(10_000)
    }
  }

  @Test func `is evaluated while it is made, and after it was killed`() throws {
    var during: (steps: Int?, fingerprint: String?, error: String)?
    let line = ["train", slow, "--steps", "100000", "--out", scratch("run")] + Self.small
    _ = try Command.run(line) { process in
      waitForPolicy("run", rows: 8, madeBy: process)
      let found = try evaluate("run")
      #expect(
        found.error.contains(
          "is still going on in process \(process.processIdentifier): this is its policy after"),
        "\(found.error)")
      during = found
      _ = try Command.kill(process)
    }
    #expect((during?.steps ?? 0) >= 96 && during?.steps.map { $0 % 32 } == 0)
    let after = try evaluate("run")
    let steps = try #require(after.steps)
    #expect(
      after.error.contains("is not finished: this is its policy after \(steps) of 100000 steps"),
      "\(after.error)")
    // A run of as many steps has learned the same.
    let short = try Command.run(
      ["train", slow, "--steps", String(steps), "--out", scratch("short")] + Self.small)
    #expect(short.code == 0, "\(short.error)")
    let finished = try evaluate("short")
    #expect(
      !finished.error.contains("is not finished") && finished.steps == steps
        && finished.fingerprint == after.fingerprint)
  }

  @Test func `has a policy for every command that plays or repeats`() throws {
    let line = ["train", slow, "--steps", "100000", "--out", scratch("run")] + Self.small
    _ = try Command.run(line) { process in
      waitForPolicy("run", rows: 6, madeBy: process)
      _ = try Command.kill(process)
    }
    for line in [
      ["sample", scratch("run"), "--out", scratch("x.jsonl"), "--episodes", "1"],
      ["estimate", scratch("run"), "--episodes", "2"],
      ["gradient", scratch("run"), "--batches", "2", "--episodes", "2"],
      ["train", slow, "--from", scratch("run"), "--steps", "64", "--out", scratch("next")],
    ] {
      let command = try Command.run(line)
      #expect(
        command.code == 0 && command.error.contains("is not finished: this is its policy"), "\(command.error)"
      )
      #expect(try line[0] == "train" || Command.run(line + ["--quiet"]).error.isEmpty)
    }
    #expect(try Command.run(["reproduce", scratch("run"), "--quiet"]).code == 0)
  }

  @Test func `without a checkpoint says that it has no policy yet`() throws {
    let line = ["train", slow, "--steps", "100000", "--out", scratch("run")] + Self.small
    _ = try Command.run(line + ["--set", "checkpoint.every_steps=0"]) { process in
      scratch.await(rows: 3, of: "run", madeBy: process)
      _ = try Command.kill(process)
    }
    let command = try Command.run(["evaluate", scratch("run")])
    #expect(command.code == 2 && command.error.contains("has no policy yet"), "\(command.error)")
  }

  @Test func `has a checkpoint by the clock, every five minutes unless it is told otherwise`() throws {
    let line = ["train", slow, "--steps", "100000", "--out", scratch("run")] + Self.small
    let clock = ["--set", "checkpoint.every_steps=0", "--set", "checkpoint.every_seconds=0.05"]
    _ = try Command.run(line + clock) { process in
      waitForPolicy("run", rows: 4, madeBy: process)
      _ = try Command.kill(process)
    }
    #expect(try !scratch.names("run/checkpoints").isEmpty)
    let settings = try Command.run(["help", "settings", "checkpoint.every_seconds"])
    #expect(settings.out.hasPrefix("checkpoint.every_seconds = 300.0\n"), "\(settings.out)")
  }

  // MARK: Resuming

  @Test func `is resumed with nothing but its folder`() throws {
    let line = ["native:cartpole", "--seed", "3", "--set", "algorithm.gamma=0.9"] + Self.small
    let whole = try Command.run(["train"] + line + ["--steps", "960", "--json", "--out", scratch("whole")])
    #expect(try Command.run(["train"] + line + ["--steps", "480", "--out", scratch("run")]).code == 0)
    let rest = try Command.run(["train", "--out", scratch("run"), "--resume", "--steps", "960", "--json"])
    #expect(rest.code == 0, "\(rest.error)")
    #expect(rest.lines.last?["fingerprint"] as? String == whole.lines.last?["fingerprint"] as? String)
    // A part of the options is enough, also the algorithm's name.
    let again = [
      ["--seed", "3"], ["--algorithm", "ppo"], ["--set", "algorithm.name=ppo"], ["--preset", "none"],
    ]
    for options in again {
      let same = try Command.run(["train", "--out", scratch("run"), "--resume", "--quiet"] + options)
      #expect(same.code == 0, "\(options): \(same.error)")
    }
  }

  @Test func `names the settings that would change`() throws {
    #expect(
      try Command.run(["train", "native:cartpole", "--steps", "96", "--out", scratch("run")] + Self.small)
        .code == 0)
    let before = try scratch.text("run/run.toml")
    for (options, words) in [
      (
        ["--seed", "2", "--set", "algorithm.gamma=0.5"],
        ["run.seed is 1, not 2", "algorithm.gamma is 0.99, not 0.5"]
      ),
      (["native:pendulum"], ["environment.id is native:cartpole, not native:pendulum"]),
      (["--algorithm", "trpo"], ["algorithm.name is ppo, not trpo"]),
      (["--lanes", "3"], ["run.lanes is 2, not 3"]),
    ] {
      let other = try Command.run(["train", "--out", scratch("run"), "--resume"] + options)
      #expect(other.code == 2, "\(other.error)")
      for word in words { #expect(other.error.contains(word), "\(other.error)") }
    }
    #expect(try scratch.text("run/run.toml") == before)
    let missing = try Command.run(["train", "--out", scratch("other"), "--resume"])
    #expect(missing.code == 2 && missing.error.contains("is not a run folder"), "\(missing.error)")
    let none = try Command.run(["train", "--out", scratch("other")])
    #expect(none.code == 2 && none.error.contains("train needs ENV"), "\(none.error)")
  }

  @Test(arguments: ["1", "2"])
  func `does not need the run that it began from`(workers: String) throws {
    let train = ["train", "native:cartpole", "--workers", workers] + Self.small
    #expect(try Command.run(train + ["--steps", "96", "--out", scratch("source")]).code == 0)
    let line = train + ["--from", scratch("source"), "--seed", "2", "--json"]
    let whole = try Command.run(line + ["--steps", "480", "--out", scratch("whole")])
    #expect(try Command.run(line + ["--steps", "192", "--out", scratch("run")]).code == 0)
    try FileManager.default.removeItem(atPath: scratch("source"))
    let rest = try Command.run(["train", "--out", scratch("run"), "--resume", "--steps", "480", "--json"])
    #expect(rest.code == 0, "\(rest.error)")
    #expect(rest.lines.last?["bits"] as? String == whole.lines.last?["bits"] as? String)
    for run in ["whole", "run"] {
      let again = try Command.run(["reproduce", scratch(run), "--workers", workers])
      #expect(again.code == 0 && !again.error.contains("policy_from"), "\(again.out) \(again.error)")
    }
    #expect(try Command.run(["replay", scratch("whole"), "--lane", "0", "--episode", "0"]).code == 0)
  }
}
