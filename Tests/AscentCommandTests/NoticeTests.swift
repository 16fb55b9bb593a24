import AscentTestSupport
import Foundation
import Testing

private let exact = TestPython.projectFolder + "/Tests/Fixtures/exact.py"

@Suite struct `A notice about converted values` {
  private func count(_ text: String, in output: String) -> Int {
    output.components(separatedBy: text).count - 1
  }

  @Test(arguments: [
    ("Float64", ["1"], "the observation is float64 where float32 is declared; it is converted"),
    (
      "ArrayReward", ["1"],
      "the reward is an array of shape (1,) where one number is expected; it is converted"
    ),
    ("Float64", ["2"], "the observation is float64 where float32 is declared; it is converted"),
    // Only worker 1 finds it.
    ("Elsewhere", ["2"], "the observation is float64 where float32 is declared; it is converted"),
  ])
  func `is printed once in a run`(name: String, workers: [String], text: String) throws {
    let scratch = try Scratch()
    let arguments = ["\(exact):\(name)", "--steps", "640", "--lanes", "4", "--set", "rollout.steps=40"]
    let command = try Command.run(
      ["train"] + arguments + ["--out", scratch("run"), "--workers"] + workers)
    #expect(command.code == 0, "\(command.error)")
    #expect(count(text, in: command.error) == 1, "\(command.error)")
  }

  @Test func `is a failure of a check`() throws {
    let check = try Command.run(["check", "\(exact):Float64", "--steps", "100", "--json"])
    #expect(check.code == 5, "\(check.error)")
    let types = try #require(check.lines.first { $0["name"] as? String == "types" })
    #expect(types["verdict"] as? String == "fail")
    #expect(
      types["text"] as? String == "the observation is float64 where float32 is declared; it is converted")
  }
}
