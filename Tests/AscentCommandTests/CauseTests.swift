import AscentTestSupport
import Foundation
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures/"

/// A run of a hosted environment, and copies of it in which something is planted.
@Suite struct `The cause of a difference` {
  private static func train(
    _ out: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> [String: Any] {
    let command = try Command.run(
      ["train"] + arguments + [
        "--preset", "none", "--lanes", "2", "--steps", "256", "--seed", "4", "--set", "rollout.steps=32",
        "--json",
        "--quiet", "--out", out,
      ], environment: environment)
    #expect(command.code == 0, "\(command.error)")
    return try #require(command.lines.last)
  }

  /// What `ascent diff --files` says of a run and of its copy with other metrics and another text in run.toml.
  private func cause(
    planting text: String, for old: String, in scratch: Scratch
  ) throws -> (cause: String, details: [String]) {
    try? FileManager.default.removeItem(atPath: scratch("b"))
    try FileManager.default.copyItem(atPath: scratch("a"), toPath: scratch("b"))
    let toml = try scratch.text("b/run.toml")
    try #require(toml.contains(old), "\(toml)")
    try toml.replacing(old, with: text).write(
      toFile: scratch("b/run.toml"), atomically: true, encoding: .utf8)
    let rows = try scratch.text("b/metrics.csv").replacing(",0.", with: ",1.")
    try rows.write(toFile: scratch("b/metrics.csv"), atomically: true, encoding: .utf8)
    let diff = try Command.run(["diff", scratch("a"), scratch("b"), "--files", "--json"])
    #expect(diff.code == 5, "\(diff.error)")
    let found = try #require(diff.lines.last)
    return (found["cause"] as? String ?? "", found["details"] as? [String] ?? [])
  }

  /// The environment is not to blame: both runs learned the same.
  @Test func `is the folder where only a number of metrics_csv was changed, or rows are gone`() throws {
    let scratch = try Scratch()
    _ = try Self.train(scratch("a"), [fixtures + "names.py:Names"])
    try FileManager.default.copyItem(atPath: scratch("a"), toPath: scratch("b"))
    let text = try scratch.text("b/metrics.csv")
    try text.replacing(",0.", with: ",1.").write(
      toFile: scratch("b/metrics.csv"), atomically: true, encoding: .utf8)
    let diff = try Command.run(["diff", scratch("a"), scratch("b"), "--json"])
    #expect(diff.lines.last?["cause"] as? String == "changed run folder", "\(diff.out)")
    try text.split(separator: "\n").prefix(3).joined(separator: "\n").write(
      toFile: scratch("b/metrics.csv"), atomically: true, encoding: .utf8)
    let again = try Command.run(["reproduce", scratch("b")])
    #expect(again.code == 5 && again.out.contains(/DIFFERS +metrics +metrics.csv has 2 rows/), "\(again.out)")
    for part in ["policy", "bits", "fingerprint"] {
      #expect(again.out.contains("equal  \(part)"), "\(again.out)")
    }
  }

  @Test func `is named for everything that run.toml records`() throws {
    let scratch = try Scratch()
    let variables = ["NPY_DISABLE_CPU_FEATURES": "AVX512F", "PYTHONPATH": "/nowhere"]
    _ = try Self.train(scratch("a"), [fixtures + "names.py:Names"], environment: variables)
    let made = "[made_with]\n"
    for (old, new, cause) in [
      ("seed = \"4\"", "seed = \"5\"", "configuration"),
      ("rng = \"streams\"", "rng = \"episodes\"", "configuration"),
      ("arguments = {}", "arguments = {a = 1}", "configuration"),
      ("wrappers = []", "wrappers = [\"a:b\"]", "configuration"),
      ("numpy = \"", "numpy = \"0", "version"),
      ("environment_file = \"", "environment_file = \"0", "changed file"),
      (made, made + "module_physics = \"0\"\n", "changed file"),
      (made, made + "emission_file_1 = \"0\"\n", "changed file"),
      ("python_path = \"", "python_path = \"/other", "search path"),
      (
        "variable_NPY_DISABLE_CPU_FEATURES = \"", "variable_NPY_DISABLE_CPU_FEATURES = \"AVX2 ",
        "environment variable"
      ),
      ("c_library = \"glibc", "c_library = \"musl", "C library"),
      ("processor = \"", "processor = \"Other", "processor"),
      // Neither of these changes bits, so the cause has to be sought.
      ("kernels = \"", "kernels = \"no ", "not sought"),
      (made, made + "interpreter = \"/no\"\n", "not sought"),
    ] {
      let found = try self.cause(planting: new, for: old, in: scratch)
      #expect(found.cause == cause, "\(old): \(found)")
    }
  }

  @Test func `is the mask of the C library where one was set`() throws {
    let scratch = try Scratch()
    let mask = ["GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-AVX2"]
    _ = try Self.train(scratch("a"), ["CartPole-v1"])
    _ = try Self.train(scratch("b"), ["CartPole-v1"], environment: mask)
    let text = try scratch.text("b/run.toml")
    #expect(text.contains("variable_GLIBC_TUNABLES = \"glibc.cpu.hwcaps=-FMA,-AVX2\""))
    let own = try scratch.text("a/run.toml").contains("FMA")
    #expect(!own || text.contains(/c_library = "glibc .* without .*FMA"/), "\(text)")
    let again = try Command.run(["reproduce", scratch("b"), "--out", scratch("c")])
    #expect(again.error.contains("variable_GLIBC_TUNABLES") && again.error.contains("a possible cause"))
  }

  @Test func `is an environment that its seed does not determine, where nothing else differs`() throws {
    let scratch = try Scratch()
    for run in ["a", "b"] { _ = try Self.train(scratch(run), [fixtures + "unsound.py:Unseeded"]) }
    let diff = try Command.run(["diff", scratch("a"), scratch("b"), "--json"])
    let found = try #require(diff.lines.last)
    #expect(found["cause"] as? String == "environment observation")
    #expect(
      (found["details"] as? [String])?.last?.contains("its seed does not determine") == true, "\(found)")
    #expect((found["recorded_causes"] as? [String])?.isEmpty == true)
    // The file changed since: both runs are what they are, but what they were made with differs from what is here.
    let files = try Command.run(["diff", scratch("a"), scratch("b"), "--files", "--json"])
    #expect(files.lines.last?["cause"] as? String == "not sought")
  }

  /// What was noticed is recorded; it explains what an environment returned where nothing else does.
  @Test func `is the floating-point mode where the run noticed it`() throws {
    let scratch = try Scratch()
    _ = try Self.train(scratch("rounds"), [fixtures + "modes.py:RoundsInStep"])
    let origin = try scratch.text("rounds/origin.toml")
    #expect(origin.contains(/processes = 1\nnoticed = \[".*floating-point mode.*"\]/), "\(origin)")
    for run in ["a", "b"] { _ = try Self.train(scratch(run), [fixtures + "unsound.py:Unseeded"]) }
    try origin.write(toFile: scratch("b/origin.toml"), atomically: true, encoding: .utf8)
    let diff = try Command.run(["diff", scratch("a"), scratch("b"), "--json"])
    let found = try #require(diff.lines.last)
    #expect(found["cause"] as? String == "floating-point mode", "\(found) \(diff.error)")
    #expect((found["details"] as? [String])?.last?.hasPrefix("noticed in \(scratch("b")): ") == true)
  }

  @Test func `may be the number of processes where lanes share a state`() throws {
    let scratch = try Scratch()
    let environment = fixtures + "unsound.py:SharesState"
    _ = try Self.train(scratch("a"), [environment])
    _ = try Self.train(scratch("b"), [environment, "--workers", "2"])
    let diff = try Command.run(["diff", scratch("a"), scratch("b"), "--json"])
    let found = try #require(diff.lines.last)
    // Repeated in one process, both runs may share the state, too.
    let causes = ["environment observation", "number of processes"]
    #expect(causes.contains(found["cause"] as? String ?? ""), "\(found) \(diff.error)")
    #expect((found["details"] as? [String])?.last?.contains("by 1 and by 2 processes") == true, "\(found)")
  }

  @Test func `is the file that changed since both runs were made`() throws {
    let scratch = try Scratch()
    let source = try String(contentsOfFile: fixtures + "names.py", encoding: .utf8)
    try source.write(toFile: scratch("names.py"), atomically: true, encoding: .utf8)
    _ = try Self.train(scratch("a"), [scratch("names.py:Names")])
    try FileManager.default.copyItem(atPath: scratch("a"), toPath: scratch("b"))
    let rows = try scratch.text("b/metrics.csv").replacing(",0.", with: ",1.")
    try rows.write(toFile: scratch("b/metrics.csv"), atomically: true, encoding: .utf8)
    try source.replacing("- 97", with: "- 90").write(
      toFile: scratch("names.py"), atomically: true, encoding: .utf8)
    // Elsewhere, a copied run would ask for the code beside it.
    let diff = try Command.run(["diff", scratch("a"), scratch("b"), "--json"], in: scratch.path)
    let found = try #require(diff.lines.last)
    #expect(found["cause"] as? String == "changed file", "\(found) \(diff.error)")
    #expect((found["details"] as? [String])?.last?.contains("made_with.environment_file") == true)
  }

  @Test func `is a module beside the environment's file`() throws {
    let scratch = try Scratch()
    let source =
      "import reward_of_step\n" + (try String(contentsOfFile: fixtures + "names.py", encoding: .utf8))
    try source.write(toFile: scratch("own.py"), atomically: true, encoding: .utf8)
    for run in ["a", "b"] {
      try "PAY = '\(run)'\n".write(toFile: scratch("reward_of_step.py"), atomically: true, encoding: .utf8)
      _ = try Self.train(scratch(run), [scratch("own.py:Names")])
    }
    let (a, b) = (try scratch.text("a/run.toml"), try scratch.text("b/run.toml"))
    let sum = /module_reward_of_step = "([0-9a-f]{64})"/
    let sums = [a.firstMatch(of: sum)?.1, b.firstMatch(of: sum)?.1]
    #expect(sums[0] != nil && sums[1] != nil && sums[0] != sums[1])
  }

  /// Neither is a cause, since neither can change bits: the seed of hashes is fixed.
  @Test(arguments: [
    ["PYTHONHASHSEED": "1"], ["PYTHONHASHSEED": "random"], ["PYTHONDONTWRITEBYTECODE": "1"],
    ["PYTHONOPTIMIZE": "2"],
  ])
  func `is not the seed of Python's hashes, nor its other variables`(variables: [String: String]) throws {
    let scratch = try Scratch()
    let runs = try [[:], variables].enumerated().map { number, variables in
      try Self.train(scratch("\(number)"), [fixtures + "names.py:Names"], environment: variables)
    }
    #expect(runs[0]["fingerprint"] as? String == runs[1]["fingerprint"] as? String)
  }
}
