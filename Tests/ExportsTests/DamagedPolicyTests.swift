import AscentEnvironments
import AscentExperiments
import AscentTestSupport
import Foundation
import Testing

@testable import AscentExports

/// policy.json with random damage beside whole arrays: a policy is read, acts and is written in every format, or is refused
/// with an ``ExperimentError``; nothing traps, and no name leaves the folder.
///
/// The mutator's seed is fixed, so a failure comes again.
@Suite struct `A damaged policy` {
  /// Numbers that sizes, indices and ranges must survive.
  private static let numbers = [
    "-1", "0", "1", "2", "3", "7", "64", "65537", "2147483648", "4611686018427387904", "9223372036854775807",
    "1e300",
    "-0.5",
  ]

  /// The text with other numbers, so that it stays JSON; every third text has arbitrary damage instead.
  private static func damaged(_ text: String, _ trial: Int) throws -> String {
    let mutator = try Mutator(trial)
    if trial % 3 == 0 { return String(decoding: mutator.damaged(Array(text.utf8)), as: UTF8.self) }
    var out = text
    for _ in 0...mutator.below(2) {
      let ranges = out.ranges(of: /-?[0-9]+(\.[0-9]+)?/)
      guard !ranges.isEmpty else { break }
      out.replaceSubrange(ranges[mutator.below(ranges.count)], with: numbers[mutator.below(numbers.count)])
    }
    return out
  }

  /// Reads a policy, acts with it, and writes it in all formats.
  private static func use(_ folder: RunFolder, out: String) throws {
    let agent = try Agent(contentsOf: folder, timeLimit: 10)
    let observation = Array(repeating: Float(1), count: agent.observationSpace.flattenedSize + agent.maskSize)
    for _ in 0..<2 { #expect(agent.act(observation).count == agent.actionSpace.valueCount) }
    agent.begin()
    _ = agent.act(observation)
    for (format, file): (ExportFormat, String) in [
      (.onnx, "policy.onnx"), (.c, "policy.c"), (.numpy, "numpy"), (.torch, "torch"),
    ] {
      let request = ExportRequest(folder, EvaluationPlan(host: Host()), out: "\(out)/\(file)")
      for file in try format.write(request) { #expect(file.hasPrefix(out)) }
    }
  }

  @Test(arguments: ExportCase.all.filter { $0.rows == 10_000 })
  func `is refused or used`(one: ExportCase) throws {
    let path = FileManager.default.temporaryDirectory.path + "/ascent-damaged-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let folder = RunFolder(path + "/run")
    try FileManager.default.createDirectory(atPath: path + "/run", withIntermediateDirectories: true)
    try one.save(in: folder)
    try FileManager.default.createDirectory(atPath: "\(path)/out", withIntermediateDirectories: true)
    try Self.use(folder, out: path + "/out")
    let text = try String(contentsOfFile: path + "/run/policy.json", encoding: .utf8)
    var (refused, used) = (0, 0)
    for trial in 0..<90 {
      try Self.damaged(text, trial).write(
        toFile: path + "/run/policy.json", atomically: true, encoding: .utf8)
      do {
        try Self.use(folder, out: path + "/out")
        used += 1
      } catch let error as ExperimentError {
        #expect(!"\(error)".isEmpty)
        refused += 1
      }
    }
    #expect(refused > 30 && used > 0)
  }
}
