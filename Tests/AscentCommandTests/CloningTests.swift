import AscentTestSupport
import Foundation
import Testing

@Suite struct `Cloning of nothing` {
  /// A step so large that no pass is better than the initial policy.
  @Test func `says so, and has an exit code of its own`() throws {
    let scratch = try Scratch()
    let line = { (action: Int) in
      "{\"environment\": \"native:cartpole\", \"observations\": [[0, 0, 0, 0], [0, 0, 0, 0]], \"actions\": [\(action)], "
        + "\"rewards\": [1], \"terminated\": true, \"truncated\": false}\n"
    }
    try (0..<20).map { line($0 % 2) }.joined().write(
      toFile: scratch("coins.jsonl"), atomically: true, encoding: .utf8)
    let clone = try Command.run([
      "clone", scratch("coins.jsonl"), "--set", "algorithm.rate=1", "--set", "policy.head_gain=1e-6", "--out",
      scratch("run"), "--quiet", "--json",
    ])
    #expect(clone.code == 8 && clone.error.contains("nothing was fitted"), "\(clone.out) \(clone.error)")
    #expect(clone.lines.last?["best_epoch"] as? Int == 0)
    #expect(try Command.run(["evaluate", scratch("run"), "--episodes", "1", "--json"]).code == 0)
  }
}
