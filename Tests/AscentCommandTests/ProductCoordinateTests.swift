import AscentTestSupport
import Foundation
import Testing

/// Coordinates where an action is a product of boxes, choices and bits.
@Suite struct `Coordinates of products` {
  private static let environment = TestPython.projectFolder + "/Tests/Fixtures/actions.py:Everything"

  /// On fixed seeds, two differences of two estimates within four standard errors: chance would pass them once in 8,000.
  ///
  /// The weights of nine steps under beta distributions, which are wider, have no useful variance.
  @Test func `are those of each factor`() throws {
    let scratch = try Scratch()
    let families = ["gaussian", "squashed", "beta"]
    for family in families {
      let train = try Command.run([
        "train", Self.environment, "--set", "policy.distribution=\(family)", "--set",
        "policy.log_deviation=-1.5",
        "--steps", "2048", "--quiet", "--out", scratch(family),
      ])
      #expect(train.code == 0, "\(train.error)")
      let sample = try Command.run([
        "sample", scratch(family), "--episodes", "400", "--out", scratch("\(family).jsonl"),
      ])
      #expect(sample.code == 0, "\(sample.error)")
    }
    func estimate(_ arguments: [String]) throws -> (mean: Double, error: Double, size: Double) {
      let command = try Command.run(["estimate"] + arguments + ["--json"])
      let line = try #require(command.lines.last, "\(command.error)")
      let number = { (key: String) in line[key] as? Double ?? .nan }
      return (number("J"), number("standard_error"), number("effective_sample_size"))
    }
    for logged in families {
      for family in families {
        let weighted = try estimate([scratch(family), "--from", scratch("\(logged).jsonl")])
        if logged == family { #expect(weighted.size == 400, "\(family)") }
        guard logged != family, logged != "beta", family != "beta" else { continue }
        let own = try estimate([scratch(family), "--episodes", "400", "--seed", "7"])
        let error = (own.error * own.error + weighted.error * weighted.error).squareRoot()
        #expect(abs(own.mean - weighted.mean) < 4 * error, "\(logged) → \(family): \(weighted), \(own)")
      }
    }
  }
}
