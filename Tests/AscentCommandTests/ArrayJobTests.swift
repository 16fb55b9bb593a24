import Foundation
import Testing

/// A sweep whose trials processes make that know nothing of each other, as those of a job array.
@Suite struct `A sweep in pieces` {
  private let scratch: Scratch
  private let sweep = """
    environment = "native:cartpole"
    seeds = 2
    steps = 1500
    [evaluation]
    episodes = 2
    [grid]
    algorithm.rate = [1e-3, 3e-3]
    """

  init() throws {
    scratch = try Scratch()
    try sweep.write(toFile: scratch("s.toml"), atomically: true, encoding: .utf8)
  }

  private func ascent(_ arguments: String...) throws -> Command {
    try Command.run(["sweep"] + arguments, in: scratch.path)
  }

  /// sweep.csv, whose folders are named without that of the sweep.
  private func rows(_ out: String) throws -> String {
    try scratch.text("\(out)/sweep.csv").replacing("\(out)/", with: "")
  }

  /// Makes these trials in processes that all run at once.
  private func atOnce(_ numbers: ArraySlice<Int>) throws -> [Command] {
    guard let number = numbers.first else { return [] }
    var others: [Command] = []
    let own = try Command.run(
      ["sweep", "s.toml", "--out", "array", "--trial", "\(number)", "--json", "--quiet"], in: scratch.path
    ) { _ in others = try atOnce(numbers.dropFirst()) }
    return [own] + others
  }

  @Test func `has the results of the whole, also where all begin at once`() throws {
    #expect(try ascent("s.toml", "--out", "whole", "--quiet").code == 0)
    let trials = try atOnce([0, 1, 2, 3])
    #expect(trials.allSatisfy { $0.code == 0 }, "\(trials.map(\.error))")
    #expect(trials.allSatisfy { $0.lines.last?["ending"] as? String == "finished" })
    let whole = try ascent("s.toml", "--out", "array", "--collect", "--quiet")
    #expect(whole.code == 0 && whole.out.contains("best "), "\(whole.error)")
    #expect(try rows("array") == rows("whole"))
  }

  @Test func `says how much is missing, and goes on`() throws {
    #expect(
      try ascent("s.toml", "--out", "array", "--trial", "2", "--quiet").out.hasPrefix(
        "ppo-1/seed-2 finished "))
    let part = try ascent("s.toml", "--out", "array", "--collect", "--quiet")
    #expect(part.code == 130 && part.error.contains("3 trials have no result yet"), "\(part.error)")
    #expect(try ascent("s.toml", "--out", "array", "--resume", "--quiet").code == 0)
    #expect(try ascent("s.toml", "--out", "array", "--collect", "--quiet").code == 0)
  }

  @Test func `tells a failure to its own process and to the collection, until the trial succeeds`() throws {
    let text = sweep.replacing("algorithm.rate = [1e-3, 3e-3]", with: #"policy.from = ["", "nowhere"]"#)
    try text.write(toFile: scratch("f.toml"), atomically: true, encoding: .utf8)
    let failed = try ascent("f.toml", "--out", "out", "--trial", "1")
    #expect(failed.code == 2 && failed.error.contains("ppo-2/seed-1 ended with exit code 2: ascent: "))
    let collected = try ascent("f.toml", "--out", "out", "--collect", "--json", "--quiet")
    #expect(collected.lines.last?["failed"] as? Int == 1, "\(collected.out)")
    // It is tried again.
    #expect(try ascent("f.toml", "--out", "out", "--trial", "1").code == 2)
  }

  @Test func `refuses what it cannot cut up`() throws {
    let beyond = try ascent("s.toml", "--out", "out", "--trial", "4")
    #expect(beyond.code == 2 && beyond.error.contains("s.toml has the trials 0 to 3, not 4"))
    let both = try ascent("s.toml", "--out", "out", "--trial", "0", "--collect")
    #expect(both.code == 2 && both.error.contains("exclude each other"))
    try (#"method = "tpe""# + "\ntrials = 4\n" + sweep.replacing("[grid]", with: "[space]")).write(
      toFile: scratch("t.toml"), atomically: true, encoding: .utf8)
    let adaptive = try ascent("t.toml", "--out", "out", "--trial", "0")
    #expect(
      adaptive.code == 2 && adaptive.error.contains("choose trials by the results of others"),
      "\(adaptive.error)")
    #expect(try ascent("s.toml", "--out", "array", "--trial", "0", "--quiet").code == 0)
    try sweep.replacing("1500", with: "1600").write(
      toFile: scratch("s.toml"), atomically: true, encoding: .utf8)
    let other = try ascent("s.toml", "--out", "array", "--trial", "1")
    #expect(other.code == 2 && other.error.contains("array has another sweep"), "\(other.error)")
  }
}
