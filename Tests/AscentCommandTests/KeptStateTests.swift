import AscentTestSupport
import Foundation
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures/keeping.py:"

@Suite struct `environments with a memory across episodes` {
  private static let short = [
    "--seed", "7", "--preset", "none", "--json", "--quiet", "--set", "rollout.steps=16", "--set",
    "algorithm.minibatch=64", "--set", "checkpoint.every_steps=200",
  ]

  private func train(_ run: String, _ arguments: [String], steps: Int = 3000) throws -> Command {
    try Command.run(["train"] + arguments + Self.short + ["--steps", String(steps), "--out", run])
  }

  private func fingerprint(_ command: Command) -> String? { command.lines.last?["fingerprint"] as? String }

  /// A copy of a run as it was when a checkpoint was its newest one.
  private func cut(_ scratch: Scratch, _ run: String, after newest: String, to name: String) throws {
    try FileManager.default.copyItem(atPath: scratch(run), toPath: scratch(name))
    for file in try scratch.names("\(run)/checkpoints") where file > newest {
      try FileManager.default.removeItem(atPath: scratch("\(name)/checkpoints/\(file)"))
    }
  }

  @Test(arguments: [
    ["Keeping"], ["Counter"], ["Keeping", "--emission", fixtures + "Fading"],
    ["Keeping", "--algorithm", "reinforce"], ["Keeping", "--workers", "2"],
    ["KeepingVector", "--vector", "--set", "environment.vector=3", "--set", "environment.vector_steps=60"],
    ["VectorOfKeeping", "--vector", "--set", "environment.vector=3", "--set", "environment.vector_steps=60"],
    ["KeepingVector", "--set", "environment.vector=1"], ["Loop"],
  ])
  func `go on with the same bits from the checkpoints that are kept`(arguments: [String]) throws {
    let scratch = try Scratch()
    let line = [fixtures + arguments[0], "--lanes", "6"] + arguments.dropFirst()
    let whole = try train(scratch("a"), line)
    #expect(whole.code == 0, "\(whole.error)")
    let checkpoints = try scratch.names("a/checkpoints")
    #expect(checkpoints.count > 2)
    for newest in checkpoints.dropLast() {
      try cut(scratch, "a", after: newest, to: newest)
      let rest = try train(scratch(newest), line + ["--resume"])
      #expect(rest.code == 0, "\(rest.error)")
      #expect(fingerprint(rest) == fingerprint(whole) && fingerprint(whole) != nil)
    }
    let workers = arguments.contains("--workers") ? "1" : "2"
    let other = try train(scratch("b"), line + ["--workers", workers])
    #expect(fingerprint(other) == fingerprint(whole), "\(other.error)")
    let replayed = try Command.run(["replay", scratch("a"), "--lane", "1", "--episode", "20"])
    #expect(replayed.code == 0, "\(replayed.error)")
  }

  /// An early border: the end of a run that is made longer, after ten whole rollouts.
  @Test(arguments: [
    ["Keeping"], ["Counter"],
    ["VectorOfKeeping", "--vector", "--set", "environment.vector=3", "--set", "environment.vector_steps=60"],
  ])
  func `go on with the same bits from an early end`(arguments: [String]) throws {
    let scratch = try Scratch()
    let line = [fixtures + arguments[0], "--lanes", "6"] + arguments.dropFirst()
    let whole = try train(scratch("a"), line)
    let short = try train(scratch("b"), line, steps: 960)
    let longer = try train(scratch("b"), line + ["--resume"])
    #expect(short.code == 0 && fingerprint(longer) == fingerprint(whole), "\(longer.error)")
  }

  /// The last rollout of 2,979 steps has three for six lanes: the others stay in the middle of their episodes.
  @Test func `are where they were when a budget leaves them no step`() throws {
    let scratch = try Scratch()
    let line = [fixtures + "Keeping", "--lanes", "6"]
    let whole = try train(scratch("a"), line, steps: 2979)
    let again = try train(scratch("a"), line + ["--resume"], steps: 2979)
    #expect(again.code == 0 && fingerprint(again) == fingerprint(whole), "\(again.error)")
    #expect(try train(scratch("a"), line + ["--resume"], steps: 4000).code == 0)
  }

  /// What a vector's extra steps leave behind is its own: it makes none for the sake of the vectors beside it.
  @Test(arguments: [["--algorithm", "reinforce"], []])
  func `are the same for any workers where vectors end at different times`(more: [String]) throws {
    let scratch = try Scratch()
    let line =
      [fixtures + "KeepingVector", "--lanes", "6", "--vector", "--set", "environment.vector=3"] + more
    let prints = try ["1", "2"].map { workers in
      _ = try train(scratch(workers), line + ["--workers", workers], steps: 604)
      return fingerprint(try train(scratch(workers), line + ["--resume"], steps: 1504))
    }
    #expect(prints[0] != nil && prints[0] == prints[1])
  }

  /// The last rollout of 578 steps has two, both for the first vector.
  ///
  /// All are begun anew after it, the second one, too: from what it keeps by then, not from what it kept when it was begun
  /// last, as in the checkpoints before.
  @Test func `are kept as they are where a budget leaves a vector no step`() throws {
    let scratch = try Scratch()
    let line = [fixtures + "VectorOfKeeping", "--lanes", "6", "--vector", "--set", "environment.vector=3"]
    #expect(try train(scratch("a"), line, steps: 578).code == 0)
    let generators = try scratch.names("a/checkpoints").map { name in
      let file = try Data(contentsOf: URL(fileURLWithPath: scratch("a/checkpoints/\(name)")))
      return String(decoding: file, as: UTF8.self).matches(of: /"state": {"state": (\d+)/).map { $0.1 }
    }
    let (early, last) = (try #require(generators.first), try #require(generators.last))
    // Before its first reset an environment has nothing to give.
    #expect(early.isEmpty && last.count == 6, "\(generators)")
  }

  /// Without the two methods the same environment goes elsewhere: what the tests above see is theirs.
  @Test func `are noticed where they give nothing`() throws {
    let scratch = try Scratch()
    let line = [fixtures + "Curriculum", "--lanes", "2"]
    let whole = try train(scratch("a"), line)
    let newest = try #require(try scratch.names("a/checkpoints").dropLast().last)
    try cut(scratch, "a", after: newest, to: "b")
    let rest = try train(scratch("b"), line + ["--resume"])
    #expect(rest.code == 4 && rest.error.contains("cannot be restored"), "\(rest.code) \(rest.error)")
    #expect(whole.code == 0)
  }

  @Test func `survive a kill`() throws {
    let scratch = try Scratch()
    let line = [fixtures + "Keeping", "--lanes", "2"]
    let whole = try train(scratch("a"), line)
    // Killed as soon as there is something to go on from.
    let killed = try Command.run(
      ["train"] + line + Self.short + ["--out", scratch("b")],
      whileRunning: {
        scratch.await(rows: 8, of: "b", madeBy: $0)
        _ = try Command.kill($0)
      })
    #expect(killed.code != 0)
    let rest = try train(scratch("b"), line + ["--resume"])
    #expect(fingerprint(rest) == fingerprint(whole) && fingerprint(whole) != nil, "\(rest.error)")
  }

  @Test func `are sound for those who ask`() throws {
    let keeping = try Command.run(["check", fixtures + "Keeping", "--json"])
    #expect(keeping.out.contains("saves and restores its state across episodes: up to"), "\(keeping.out)")
    let verdicts = keeping.lines.filter { $0["name"] as? String == "replay" }
    #expect(verdicts.first?["verdict"] as? String == "pass", "\(keeping.out)")
    let without = try Command.run(["check", fixtures + "Curriculum"])
    #expect(without.code == 5 && without.out.contains("ascent_get_state(), ascent_set_state(state)"))
  }

  @Test(arguments: [
    ("GivesText", 3, "ascent_get_state() of GivesText gave str; a state is bytes"),
    ("Raises", 3, "the level is too high to be told"),
    ("OnlyGives", 2, "OnlyGives has no method ascent_set_state(state)"),
  ])
  func `that give no bytes are told so`(name: String, code: Int32, words: String) throws {
    let scratch = try Scratch()
    let run = try train(scratch("run"), [fixtures + name, "--lanes", "2"])
    #expect(run.code == code && run.error.contains(words), "\(run.code) \(run.error)")
    guard name == "GivesText" else { return }
    #expect(run.error.contains(/\(lane \d, episode 0, step \d+, seed 7\)/), "\(run.error)")
  }

  /// The actions alone do not make such a fault again.
  @Test func `leave what they kept before a fault`() throws {
    let scratch = try Scratch()
    let run = try train(scratch("run"), [fixtures + "Breaks", "--lanes", "2"])
    #expect(run.code == 3 && run.error.contains("the corridor is closed"), "\(run.error)")
    let record = try #require(
      try JSONSerialization.jsonObject(with: Data(scratch.text("run/fault.json").utf8)) as? [String: Any])
    #expect((record["actions"] as? [[Double]])?.count == 5)
    // Eight bytes of length, lowest first, then the state: JSON that begins with the level.
    let state = try #require(record["state"] as? String)
    let level = Array("[3, {".utf8).map { String($0, radix: 16) }.joined()
    #expect(state.dropFirst(16).hasPrefix(level), "\(state.prefix(40))")
  }

  /// The file was edited between the two runs: a wrapper has a memory of its own now.
  @Test func `do not take the state of another environment`() throws {
    let scratch = try Scratch()
    var source = try String(contentsOfFile: String(fixtures.dropLast()), encoding: .utf8)
    let line = [scratch("env.py") + ":Edited", "--lanes", "2"]
    for (code, base, steps) in [(Int32(0), "Keeping", 960), (4, "Counter", 1920)] {
      source += "\n\nclass Edited(\(base)):\n    pass\n"
      try source.write(toFile: scratch("env.py"), atomically: true, encoding: .utf8)
      let run = try train(scratch("run"), line + ["--resume", "--accept-changes"], steps: steps)
      #expect(run.code == code, "\(run.error)")
      #expect(code == 0 || run.error.contains("of which 2 layers keep something"), "\(run.error)")
    }
  }

  @Test func `are missed in a checkpoint that has them not`() throws {
    let scratch = try Scratch()
    let line = [fixtures + "Keeping", "--lanes", "2"]
    _ = try train(scratch("a"), line)
    let names = try scratch.names("a/checkpoints")
    for file in names { try DamagedCheckpoint.rename("state.1", in: scratch("a/checkpoints/\(file)")) }
    let rest = try train(scratch("a"), line + ["--resume"])
    #expect(rest.code == 4 && rest.error.contains("lane 1"), "\(rest.code) \(rest.error)")
  }
}
