import AscentTestSupport
import Foundation
import Testing

/// An environment may change its thread's floating-point mode; the learner computes in the usual one.
@Suite struct `The floating-point mode` {
  private func train(_ name: String, _ scratch: Scratch, workers: Int) throws -> Command {
    try Command.run([
      "train", TestPython.projectFolder + "/Tests/Fixtures/modes.py:" + name, "--preset", "none", "--steps",
      "2000",
      "--lanes", "4", "--seed", "7", "--set", "rollout.steps=50", "--set", "algorithm.minibatch=64", "--json",
      "--workers", String(workers), "--out", scratch("\(name)-\(workers)"),
    ])
  }

  @Test(arguments: [
    ("RoundsInStep", "rounds upward"), ("RoundsInReset", "rounds upward"),
    ("FlushesWhenMade", "flushes denormal numbers to zero"), ("Traps", "traps exceptions"),
    ("ShortensX87", "shortens the results of x87"), ("KeepsItsOwn", "rounds upward"),
  ])
  func `that an environment changes is its own, and told once`(name: String, words: String) throws {
    let scratch = try Scratch()
    let plain = try train("Exact", scratch, workers: 1)
    #expect(plain.code == 0 && !plain.error.contains("floating-point"), "\(plain.error)")
    let bits = try #require(plain.lines.last?["bits"] as? String)
    for workers in [1, 2] {
      let changed = try train(name, scratch, workers: workers)
      #expect(changed.lines.last?["bits"] as? String == bits, "\(changed.error)")
      #expect(
        changed.error.components(separatedBy: "changed the floating-point mode (\(words))").count == 2,
        "\(changed.error)")
    }
  }

  @Test func `that a value changes while it is read is left behind`() throws {
    let scratch = try Scratch()
    let bits = try #require(try train("Exact", scratch, workers: 1).lines.last?["bits"] as? String)
    for workers in [1, 2] {
      let changed = try train("RoundsInReward", scratch, workers: workers)
      #expect(changed.lines.last?["bits"] as? String == bits, "\(changed.error)")
    }
  }

  @Test func `that an environment changes is a note of its check, no failure`() throws {
    let file = TestPython.projectFolder + "/Tests/Fixtures/modes.py"
    let check = try Command.run(["check", file + ":RoundsInReset", "--steps", "200"])
    #expect(
      check.code == 0 && check.out.contains("changed the floating-point mode (rounds upward)"),
      "\(check.out)")
  }
}
