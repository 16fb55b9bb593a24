import AscentTestSupport
import Foundation
import Testing

/// A folder `gift` in the working folder, which came with runs and with code that leaves a trace when it runs.
@Suite struct `A gift of runs and code` {
  private let scratch: Scratch
  /// The run, in the gift.
  private let run = "gift/runs/a"

  init() throws {
    scratch = try Scratch()
    let command = try Command.run([
      "train", "native:cartpole", "--preset", "none", "--lanes", "1", "--steps", "64", "--quiet", "--set",
      "rollout.steps=32", "--out", scratch("made"),
    ])
    #expect(command.code == 0, "\(command.error)")
    try give("gift/code/evil.py")
    try copyRun(to: run)
  }

  /// Puts code into the gift.
  private func give(_ file: String) throws {
    let source = """
      import gymnasium
      open("\(scratch("ran"))", "w")
      class Names(gymnasium.wrappers.TimeLimit): pass
      """
    let folder = (scratch(file) as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try source.write(toFile: scratch(file), atomically: true, encoding: .utf8)
  }

  private func copyRun(to run: String) throws {
    let folder = (scratch(run) as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: scratch("made"), toPath: scratch(run))
  }

  /// Changes a setting of the run, or adds a record.
  private func set(_ key: String, _ value: String, of run: String) throws {
    let text = try scratch.text("made/run.toml").replacing("native:cartpole", with: "CartPole-v1")
    let line = "\n\(key) = \(value)"
    let changed =
      ["interpreter", "python_path"].contains(key)
      ? text.replacing("[made_with]", with: "[made_with]" + line)
      : text.replacing(try Regex("\n\(key) = [^\n]*"), with: line)
    #expect(changed != text)
    try changed.write(toFile: scratch(run + "/run.toml"), atomically: true, encoding: .utf8)
  }

  private func evaluate(_ run: String) throws -> Command {
    try Command.run(
      ["evaluate", run, "--episodes", "1"], in: scratch.path,
      environment: ["VIRTUAL_ENV": TestPython.projectFolder + "/.venv"])
  }

  private func isRefused(_ run: String, _ words: String, _ comment: String = "") throws {
    let refused = try evaluate(run)
    #expect(refused.code == 2 && refused.error.contains(words), "\(comment) \(refused.error)")
    #expect(try !scratch.names().contains("ran"), "\(comment)")
  }

  private static let copied = "may have been copied together with"

  @Test func `runs none of its code unless that is trusted, however deep the run is`() throws {
    let deep = "gift/1/2/3/4/5/6/7/8/9/10"
    try copyRun(to: deep)
    for run in [run, deep] {
      try set("id", "\"\(scratch("gift/code/evil.py")):Names\"", of: run)
      try isRefused(run, Self.copied, run)
    }
  }

  @Test(arguments: ["id", "wrappers", "register"])
  func `runs no module of packages of its own`(key: String) throws {
    let name = ["id": "\"gift.code.evil:Names-v0\"", "wrappers": "[\"gift.code.evil:Names\"]"]
    try set(key, name[key] ?? "[\"gift.code.evil\"]", of: run)
    try isRefused(run, Self.copied, key)
    // The run is a part of the module's path.
    try give(run + "/inside/evil.py")
    let inside = name.mapValues { $0.replacing(".code.", with: ".runs.a.inside.") }
    try set(key, inside[key] ?? "[\"gift.runs.a.inside.evil\"]", of: run)
    try isRefused(run, "brings code of its own", key)
  }

  @Test func `brings no search path and no Python`() throws {
    for path in ["gift", "gift/code", "/opt:" + scratch("gift/code")] {
      try set("python_path", "\"\(path)\"", of: run)
      try isRefused(run, Self.copied, path)
    }
    try FileManager.default.createDirectory(
      atPath: scratch("gift/python/bin"), withIntermediateDirectories: true)
    let own = TestPython.projectFolder + "/.venv"
    try FileManager.default.copyItem(
      atPath: own + "/pyvenv.cfg", toPath: scratch("gift/python/pyvenv.cfg"))
    try FileManager.default.createSymbolicLink(
      atPath: scratch("gift/python/bin/python"),
      withDestinationPath: URL(fileURLWithPath: own + "/bin/python").resolvingSymlinksInPath().path)
    try set("interpreter", "\"\(scratch("gift/python"))\"", of: run)
    try isRefused(run, Self.copied)
  }

  @Test func `does not pass for a run that was made here, whatever numbers it guesses`() throws {
    try set("id", "\"\(scratch("gift/code/evil.py")):Names\"", of: run)
    let attributes = try FileManager.default.attributesOfItem(atPath: scratch(run))
    let device = try #require(attributes[.systemNumber] as? Int)
    let number = try #require(attributes[.systemFileNumber] as? Int)
    for birth in ["", ":0.0", ":1764415851.000000001"] {
      try "place = \"\(device):\(number)\(birth)\"\n".write(
        toFile: scratch(run + "/origin.toml"), atomically: true, encoding: .utf8)
      try isRefused(run, Self.copied, birth)
    }
  }

  @Test func `has trajectories whose environment does not run silently`() throws {
    let line =
      #"{"environment":"ENV","lane":0,"episode":0,"seed":null,"observations":[[0],[0]],"actions":[0],"#
    let rest = #""rewards":[1],"terminated":true,"truncated":false}"# + "\n"
    func clone(_ environment: String, _ file: String) throws -> Command {
      try (line + rest).replacing("ENV", with: environment).write(
        toFile: scratch(file), atomically: true, encoding: .utf8)
      return try Command.run(
        ["clone", file, "--quiet", "--out", "cloned"], in: scratch.path,
        environment: ["VIRTUAL_ENV": TestPython.projectFolder + "/.venv"])
    }
    for environment in ["gift/code/evil.py:Names", "gift.code.evil:Names-v0"] {
      let refused = try clone(environment, "gift/demo.jsonl")
      #expect(refused.code == 2 && refused.error.contains(Self.copied), "\(refused.error)")
      #expect(
        refused.error.contains("names code, which runs with your rights: the environment \(environment)"))
    }
    try give(run + "/evil.py")
    let inside = try clone(run + "/evil.py:Names", run + "/demo.jsonl")
    #expect(inside.code == 2 && inside.error.contains("brings code of its own"), "\(inside.error)")
    #expect(try !scratch.names().contains("ran"))
    // A file of the working folder is not one that came with the code of another.
    let told = try clone("gift/code/evil.py:Names", "demo.jsonl")
    #expect(told.error.contains("demo.jsonl names code, which runs with your rights"), "\(told.error)")
    #expect(try scratch.names().contains("ran"))
  }
}
