import AscentExperiments
import Foundation
import Testing

@testable import AscentDesk

/// Finding runs, and telling them apart.
@Suite struct GroupTests {
  private let rows = RunFixture.metrics([(100, 1), (200, 2)])

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch { return "\(error)" }
  }

  @Test func `runs are found below a folder, by number, each once`() throws {
    let fixture = try RunFixture()
    for name in ["seed-10", "seed-2", "deeper/x", ".hidden/y"] { try fixture.run(name, metrics: rows) }
    let names = try RunSearch([fixture.path, fixture.path + "/seed-2"], .standard).runs.map {
      String($0.folder.path.dropFirst(fixture.path.count + 1))
    }
    #expect(names == ["deeper/x", "seed-2", "seed-10"])
  }

  @Test func `a path without a run, a missing one and a file are refused in a sentence`() throws {
    let fixture = try RunFixture()
    try fixture.run("runs/one", metrics: rows)
    try FileManager.default.createDirectory(
      atPath: fixture.path + "/empty", withIntermediateDirectories: true)
    #expect(message { _ = try RunSearch([fixture.path + "/empty"], .standard) }.contains("has no run"))
    #expect(
      message { _ = try RunSearch([fixture.path + "/rums"], .standard) }.contains(
        "the nearest is '\(fixture.path)/runs'"))
    #expect(
      message { _ = try RunSearch([fixture.path + "/runs/one/run.toml"], .standard) }.contains("is a file"))
  }

  @Test func `a damaged run is an error where it is named, and left out of a folder`() throws {
    let fixture = try RunFixture()
    try fixture.run("good", metrics: rows)
    let bad = try fixture.run("bad", metrics: rows)
    try "format = \"1\"\n[environment\n".write(toFile: bad + "/run.toml", atomically: true, encoding: .utf8)
    try fixture.run("cloned", metrics: "pass,log_likelihood\n1,2\n")
    let found = try RunSearch([fixture.path], .standard)
    #expect(found.runs.count == 1 && found.notices.count == 2)
    #expect(message { _ = try RunSearch([bad], .standard) }.contains("run.toml is damaged"))
    #expect(found.notices.contains { $0.contains("is no training run") })
    let noise = try fixture.run("noise", metrics: "\u{1}\u{2},x y\n3,4\n")
    #expect(message { _ = try RunSearch([noise], .standard) }.contains("metrics.csv is damaged"))
  }

  @Test func `runs of another environment file are told, those of another machine are not`() throws {
    let fixture = try RunFixture()
    for (seed, file, machine) in [(1, "aa", "AVX2"), (2, "aa", "AVX-512"), (3, "bb", "AVX2")] {
      try fixture.run(
        "seed-\(seed)", seed: UInt64(seed), madeWith: [("kernels", machine), ("environment_file", file)],
        metrics: rows)
    }
    let runs = try fixture.runs()
    #expect(RunAgreement.notice(runs.prefix(2).map(\.folder)) == nil)
    let notices = try RunGroup.groups(of: runs, by: nil).notices
    #expect(
      notices.count == 1
        && notices[0].contains("seed-3 were not made with the same made_with.environment_file"))
  }

  @Test func `groups are made by what differs, not by seeds and checkpoints`() throws {
    let fixture = try RunFixture()
    for seed in 1...2 {
      for rate in ["0.001", "0.01"] {
        try fixture.run(
          "\(rate)-\(seed)", seed: UInt64(seed),
          set: [("algorithm.rate", rate), ("checkpoint.every_steps", "\(seed)")], metrics: rows)
      }
    }
    let grouping = try RunGroup.groups(of: fixture.runs(), by: nil)
    #expect(grouping.keys == ["algorithm.rate"] && grouping.notices.isEmpty)
    #expect(grouping.groups.map(\.label) == ["rate=0.001", "rate=0.01"])
    #expect(grouping.groups.allSatisfy { $0.runs.count == 2 })
    // Those that were not asked for are told.
    let other = try RunGroup.groups(of: fixture.runs(), by: ["gamma"])
    #expect(other.groups.count == 1 && other.groups[0].label == "gamma=0.99")
    #expect(other.notices.contains { $0.contains("also differ in algorithm.rate") })
  }

  @Test func `an algorithm's own settings do not tell its runs apart`() throws {
    let fixture = try RunFixture()
    try fixture.run("p", metrics: rows)
    try fixture.run("q", set: [("algorithm.name", "a2c")], metrics: rows)
    try fixture.run("r", "native:tiger", set: [("algorithm.name", "a2c"), ("run.lanes", "4")], metrics: rows)
    let grouping = try RunGroup.groups(of: fixture.runs(), by: nil)
    #expect(grouping.keys == ["algorithm.name"])
    #expect(grouping.groups.map(\.label) == ["ppo", "a2c", "a2c"])
    #expect(grouping.groups.map(\.environment) == ["native:cartpole", "native:cartpole", "native:tiger"])
  }

  @Test func `an unknown key names the nearest, and equal runs are noticed`() throws {
    let fixture = try RunFixture()
    try fixture.run("a", metrics: rows)
    try fixture.run("b", metrics: rows)
    let runs = try fixture.runs()
    #expect(message { _ = try RunGroup.groups(of: runs, by: ["algorithm.rat"]) }.contains("'algorithm.rate'"))
    #expect(try RunGroup.groups(of: runs, by: nil).notices.contains { $0.contains("the same seed 1") })
    #expect(
      message {
        _ = try LearningCurve.of([RunGroup.groups(of: runs, by: nil).groups[0]], request("mean_retrun"))
      }
      .contains("the nearest is 'mean_return'"))
  }

  private func request(_ column: String) -> LearningCurve.Request {
    var request = LearningCurve.Request()
    request.column = column
    return request
  }

  @Test func `more curves than fit are refused with the keys that make them`() throws {
    let fixture = try RunFixture()
    for k in 1...21 { try fixture.run("\(k)", set: [("algorithm.rate", "0.\(100 + k)")], metrics: rows) }
    let grouping = try RunGroup.groups(of: fixture.runs(), by: nil)
    let curves = try LearningCurve.of(grouping.groups, .init()).curves
    let text = message { _ = try Picture(curves, .init(), by: grouping.keys) }
    #expect(text.contains("21 curves, by algorithm.rate") && text.contains("--group-by"))
  }
}
