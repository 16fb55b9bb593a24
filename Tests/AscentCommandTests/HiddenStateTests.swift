import AscentTestSupport
import Foundation
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures/"

@Suite struct `Runs of environments with more than np_random` {
  private func train(_ run: String, _ arguments: [String], steps: Int = 1500) throws -> Command {
    try Command.run(
      ["train"] + arguments
        + [
          "--steps", String(steps), "--lanes", "4", "--preset", "none", "--seed", "7", "--json", "--set",
          "rollout.steps=16", "--set", "algorithm.minibatch=64", "--set", "checkpoint.every_steps=200",
          "--out", run,
        ])
  }

  private func fingerprint(_ command: Command) -> String? { command.lines.last?["fingerprint"] as? String }

  @Test(arguments: [
    ["hidden.py:Starts"], ["hidden.py:Legacy"], ["hidden.py:Planned"], ["hidden.py:FromOS"],
    ["hidden.py:Lazy"], ["hidden.py:Constructed"],
    ["seeded.py:FromOS", "--environment-rng", "episodes"],
    ["seeded.py:Keeps", "--environment-rng", "episodes"],
    ["seeded.py:OfPython", "--environment-rng", "episodes"],
  ])
  func `have the same bits with any workers, when resumed, and in a replay`(arguments: [String]) throws {
    let scratch = try Scratch()
    let line = [fixtures + arguments[0]] + arguments.dropFirst()
    let whole = try train(scratch("a"), line)
    #expect(whole.code == 0 && fingerprint(whole) != nil, "\(whole.error)")
    #expect(fingerprint(try train(scratch("b"), line + ["--workers", "2"])) == fingerprint(whole))
    let newest = try #require(try scratch.names("a/checkpoints").dropLast().last)
    try FileManager.default.copyItem(atPath: scratch("a"), toPath: scratch("c"))
    for file in try scratch.names("c/checkpoints") where file > newest {
      try FileManager.default.removeItem(atPath: scratch("c/checkpoints/\(file)"))
    }
    let rest = try train(scratch("c"), line + ["--resume"])
    #expect(fingerprint(rest) == fingerprint(whole), "\(rest.error)")
    let replayed = try Command.run(["replay", scratch("a"), "--lane", "1", "--episode", "20"])
    #expect(replayed.code == 0, "\(replayed.error)")
  }

  @Test(arguments: [["--lanes", "3"], ["--lanes", "2", "--workers", "2"]])
  func `reset no more often than the user's loop would`(arguments: [String]) throws {
    let scratch = try Scratch()
    let run = try Command.run(
      [
        "train", fixtures + "hidden.py:Strict", "--steps", "600", "--preset", "none", "--quiet", "--out",
        scratch("a"),
      ]
        + arguments)
    #expect(run.code == 0, "\(run.error)")
  }

  @Test func `say where the operating system seeds a generator`() throws {
    let scratch = try Scratch()
    let run = try train(scratch("a"), [fixtures + "seeded.py:FromOS", "--workers", "2"])
    let notice = /ascent: seeded.py:\d+ takes a seed from the operating system .*--environment-rng episodes/
    #expect(run.error.matches(of: notice).count == 1, "\(run.error)")
    for silent in [
      ["hidden.py:FromOS"], ["seeded.py:FromOS", "--environment-rng", "episodes"], ["seeded.py:Keeps"],
    ] {
      let run = try train(scratch(silent[0]), [fixtures + silent[0]] + silent.dropFirst(), steps: 200)
      #expect(run.code == 0 && !run.error.contains("operating system"), "\(run.error)")
    }
  }

  @Test func `write the seed of each episode into a sample`() throws {
    let scratch = try Scratch()
    let run = try Command.run([
      "sample", fixtures + "seeded.py:Told", "--environment-rng", "episodes", "--episodes", "4", "--lanes",
      "2",
      "--out", scratch("a.jsonl"),
    ])
    #expect(run.code == 0, "\(run.error)")
    for line in try scratch.text("a.jsonl").split(separator: "\n") {
      let episode = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let seed = try #require(episode["seed"] as? Int)
      let observations = try #require(episode["observations"] as? [[Double]])
      #expect(observations[0] == [Double(seed % 1_000_003)])
    }
  }

  @Test func `refuse seeds for the episodes of a vector`() throws {
    let run = try Command.run(["train", "CartPole-v1", "--vector", "--environment-rng", "episodes"])
    #expect(run.code == 2 && run.error.contains("without seeds"), "\(run.error)")
  }
}
