import AscentExperiments
import Foundation
import Testing

@testable import AscentDesk

/// What the folder of a sweep keeps of a trial.
@Suite struct TrialStoreTests {
  let fixture: RunFixture
  let store: TrialStore
  let trial = Trial(group: "ppo", seed: 1, arguments: ["native:cartpole", "--config", "b.toml"])
  let terms = TrialStore.Terms(episodes: 1, evaluationSeed: 1, files: ["b.toml": "1234"])

  init() throws {
    fixture = try RunFixture()
    store = TrialStore(RunFolder(fixture.path))
    try store.prepare()
  }

  @Test func `a score of one episode, which has no standard error, is read again`() throws {
    let score = TrialEnding.finished(
      TrialScore(meanReturn: 9, standardError: nil, fingerprint: "f", bits: "b"))
    try store.record(score, of: trial, terms, keepsFailure: false)
    #expect(try store.ending(of: trial, terms) == score)
  }

  @Test func `a score is not that of another evaluation, and a changed file of settings is refused`() throws {
    let score = TrialEnding.finished(
      TrialScore(meanReturn: 9, standardError: 1, fingerprint: "f", bits: "b"))
    try store.record(score, of: trial, terms, keepsFailure: false)
    var other = terms
    other.episodes = 2
    #expect(try store.ending(of: trial, other) == nil && store.hasResult(of: trial))
    (other.episodes, other.evaluationSeed) = (1, 7)
    #expect(try store.ending(of: trial, other) == nil)
    other.files["b.toml"] = "5678"
    let error = #expect(throws: ExperimentError.self) { try store.ending(of: trial, other) }
    #expect(error.map { "\($0)".contains("b.toml has changed since ppo/seed-1 was trained") } == true)
  }

  /// A runner whose processes are a shell script.
  func runner(_ script: String) throws -> TrialRunner {
    let path = fixture.path + "/script.sh"
    try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return TrialRunner(store: store, executable: path)
  }

  @Test func `a failure is told with the last line of its own attempt, and tried again`() throws {
    let trial = Trial(group: "ppo", seed: 1, arguments: ["native:cartpole"])
    let first = try runner("echo 'ascent: the first' >&2; exit 4").run([trial])
    #expect(first[0].failure?.lastLine == "ascent: the first" && first[0].failure?.code == 4)
    let second = try runner("echo 'the second' >&2; exit 5").run([trial])
    #expect(second[0].failure?.lastLine == "the second" && second[0].failure?.code == 5)
  }

  /// How long a look takes decides when the next one comes, and never whether the last rows are seen.
  @Test func `a pruner sees the whole run at its end, however slow it is`() throws {
    let trial = Trial(group: "ppo", seed: 1, arguments: ["native:cartpole"])
    let done = fixture.path + "/done"
    var runner = try runner("sleep 0.2; touch \(done)")
    var sawEnd: [Bool] = []
    runner.prune = { _, _ in
      Thread.sleep(forTimeInterval: 0.05)
      sawEnd.append(FileManager.default.fileExists(atPath: done))
      return sawEnd.last == true ? .pruned(steps: 7, value: 1) : nil
    }
    let ending = try runner.run([trial])
    #expect(ending == [.pruned(steps: 7, value: 1)] && sawEnd.count < 5, "\(ending) \(sawEnd)")
  }

  @Test func `a failure that Optuna was told of is final`() throws {
    let trial = Trial(group: "ppo", seed: 1, arguments: ["native:cartpole"])
    var failing = try runner("echo 'ascent: the first' >&2; exit 4")
    failing.keepsFailures = true
    let first = try failing.run([trial])
    var other = try runner("exit 5")
    other.keepsFailures = true
    #expect(try other.run([trial]) == first && first[0].failure?.code == 4)
  }

  @Test(arguments: [("tpe", true), ("cmaes", true), ("random", false)])
  func `failures are final in sweeps that adapt`(_ method: String, _ isFinal: Bool) throws {
    let plan = try SweepPlan(
      reading: """
        environment = "native:cartpole"
        seeds = 1
        method = "\(method)"
        trials = 3
        [space]
        algorithm.rate = { log = [1e-5, 1e-2] }
        """, file: "s.toml")
    let sweep = Sweep(plan, TrialRunner(store: store, executable: "")) { () throws(ExperimentError) in
      throw .machine("no Python")
    }
    #expect(sweep.runner.keepsFailures == isFinal)
  }
}
