import AscentTestSupport
import Foundation
import Glibc
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures/"

/// A run with the files of a project, as somebody may send one.
@Suite struct `A run from elsewhere` {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    let source = try String(contentsOfFile: fixtures + "names.py", encoding: .utf8)
    try ("open(__file__ + '.ran', 'w')\n" + source).write(
      toFile: scratch("own.py"), atomically: true, encoding: .utf8)
    let command = try Command.run([
      "train", scratch("own.py:Names"), "--preset", "none", "--lanes", "1", "--steps", "64", "--quiet",
      "--set", "rollout.steps=32", "--out", scratch("run"),
    ])
    #expect(command.code == 0, "\(command.error)")
    try FileManager.default.removeItem(atPath: scratch("own.py.ran"))
  }

  private func evaluate(_ run: String, _ more: [String] = [], in folder: String? = nil) throws -> Command {
    try Command.run(["evaluate", run, "--episodes", "1"] + more, in: folder ?? TestPython.projectFolder)
  }

  private func change(_ old: some RegexComponent, to new: String) throws {
    let text = try scratch.text("gift/run.toml")
    let changed = text.replacing(old, with: new)
    #expect(changed != text)
    try changed.write(toFile: scratch("gift/run.toml"), atomically: true, encoding: .utf8)
  }

  @Test func `says what it would run, and one that was made here does not`() throws {
    #expect(try evaluate(scratch("run"), ["--quiet"]).error.isEmpty)
    try FileManager.default.moveItem(atPath: scratch("run"), toPath: scratch("moved"))
    #expect(try evaluate(scratch("moved"), ["--quiet"]).error.isEmpty)
    try FileManager.default.copyItem(atPath: scratch("moved"), toPath: scratch("gift"))
    let told = try evaluate(scratch("gift"), in: scratch(""))
    #expect(told.code == 0 && told.error.contains("was not made in this place"), "\(told.error)")
    #expect(told.error.contains("the environment \(scratch("own.py")):Names"))
  }

  @Test(arguments: ["evaluate", "sample", "estimate"])
  func `says which of its files have changed`(command: String) throws {
    let out = command == "sample" ? ["--out", scratch("x.jsonl")] : []
    let line = [command, scratch("run"), "--episodes", "2"] + out
    #expect(!(try Command.run(line)).error.contains("has changed"))
    let text = try scratch.text("own.py")
    try (text + "\n# changed\n").write(toFile: scratch("own.py"), atomically: true, encoding: .utf8)
    let told = try Command.run(line)
    #expect(told.code == 0 && told.error.contains("own.py has changed since"), "\(told.error)")
  }

  @Test(arguments: ["", ".", "/opt:"])
  func `runs none that PYTHONPATH finds in it`(path: String) throws {
    try FileManager.default.copyItem(atPath: scratch("run"), toPath: scratch("gift"))
    try "open('ran', 'w')".write(toFile: scratch("gift/cProfile.py"), atomically: true, encoding: .utf8)
    let refused = try Command.run(
      ["evaluate", ".", "--episodes", "1", "--python", TestPython.projectFolder + "/.venv"],
      in: scratch("gift"),
      environment: ["PYTHONPATH": path + ":"])
    #expect(refused.code == 2 && refused.error.contains("modules of its own"), "\(refused.error)")
    #expect(try !scratch.names("gift").contains("ran"))
  }

  @Test(arguments: ["evaluate", "sample", "estimate", "gradient", "reproduce", "replay", "diff"])
  func `runs no code of its own unless that is trusted`(command: String) throws {
    try FileManager.default.copyItem(atPath: scratch("run"), toPath: scratch("gift"))
    try FileManager.default.copyItem(atPath: scratch("own.py"), toPath: scratch("gift/own.py"))
    try change(/id = ".*"/, to: "id = \"\(scratch("run/../gift/own.py")):Names\"")
    let rest = [
      "sample": ["--out", scratch("x.jsonl")], "diff": [scratch("gift")],
      "replay": ["--lane", "0", "--episode", "0"],
    ]
    let arguments = [command, scratch("gift")] + (rest[command] ?? [])
    let refused = try Command.run(arguments)
    if command == "diff" {
      // Nothing is repeated of equal runs.
      #expect(refused.code == 0)
    } else {
      #expect(refused.code == 2 && refused.error.contains("brings code of its own"), "\(refused.error)")
      #expect(refused.error.contains("repeat the command with --trust"))
      // The changed id is in the checkpoints' headers, which reproduce compares.
      #expect(try Command.run(arguments + ["--trust"]).code == (command == "reproduce" ? 5 : 0))
      #expect(try scratch.names("gift").contains("own.py.ran"))
      try FileManager.default.removeItem(atPath: scratch("gift/own.py.ran"))
      _ = try Command.run(arguments)
    }
    #expect(try !scratch.names("gift").contains("own.py.ran"))
  }

  @Test func `is not resumed with code of its own unless that is trusted`() throws {
    try FileManager.default.copyItem(atPath: scratch("run"), toPath: scratch("gift"))
    try FileManager.default.copyItem(atPath: scratch("own.py"), toPath: scratch("gift/own.py"))
    try change(/id = ".*"/, to: "id = \"\(scratch("gift/own.py")):Names\"")
    for out in [["--out", scratch("gift")], ["--out=" + scratch("gift")]] {
      let refused = try Command.run(["train", "--resume", "--steps", "128", "--quiet"] + out)
      #expect(refused.code == 2 && refused.error.contains("brings code of its own"), "\(refused.error)")
    }
    #expect(try !scratch.names("gift").contains("own.py.ran"))
  }

  @Test func `is not fooled by links`() throws {
    try FileManager.default.copyItem(atPath: scratch("run"), toPath: scratch("gift"))
    try FileManager.default.createDirectory(atPath: scratch("gift/a/b"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: scratch("own.py"), toPath: scratch("gift/own.py"))
    try FileManager.default.createSymbolicLink(
      atPath: scratch("gift/l"), withDestinationPath: scratch("gift/a/b"))
    // By its letters this is beside the folder; the link leads into it.
    try change(/id = ".*"/, to: "id = \"\(scratch("gift/l/../../own.py")):Names\"")
    let refused = try evaluate(scratch("gift"))
    #expect(refused.code == 2 && refused.error.contains("brings code of its own"), "\(refused.error)")
  }

  @Test func `brings no wrapper, emission, registration, search path or module`() throws {
    try FileManager.default.copyItem(atPath: scratch("run"), toPath: scratch("gift"))
    try FileManager.default.copyItem(atPath: scratch("own.py"), toPath: scratch("gift/evil.py"))
    let original = try scratch.text("gift/run.toml")
    let file = scratch("gift/evil.py")
    for (key, value) in [
      ("wrappers", "[\"\(file):Names\"]"), ("emission", "[\"\(file):Names\"]"), ("register", "[\"\(file)\"]"),
      ("register", "[\"evil:f\"]"), ("id", "\"evil:Names-v0\""),
    ] {
      try original.write(toFile: scratch("gift/run.toml"), atomically: true, encoding: .utf8)
      try change(try Regex("\n\(key) = [^\n]*"), to: "\n\(key) = \(value)")
      let refused = try evaluate(".", in: scratch("gift"))
      #expect(
        refused.code == 2 && refused.error.contains("brings code of its own"), "\(key): \(refused.error)")
    }
    try original.replacing("[made_with]", with: "[made_with]\npython_path = \"\(scratch("gift"))\"").write(
      toFile: scratch("gift/run.toml"), atomically: true, encoding: .utf8)
    let refused = try evaluate(scratch("gift"))
    #expect(refused.code == 2 && refused.error.contains("brings modules of its own"), "\(refused.error)")
    #expect(try !scratch.names("gift").contains("evil.py.ran"))
  }

  @Test func `brings no Python`() throws {
    try FileManager.default.copyItem(atPath: scratch("run"), toPath: scratch("gift"))
    try virtualEnvironment(scratch("gift/.venv"))
    let named = try Command.run(
      ["train", "CartPole-v1", "--steps", "16", "--lanes", "1", "--quiet", "--out", scratch("out")],
      in: scratch("gift"))
    #expect(named.code == 2 && named.error.contains("lies inside of the run"), "\(named.error)")
    try change(/\[made_with\]/, to: "[made_with]\ninterpreter = \"\(scratch("gift/.venv"))\"")
    let recorded = try evaluate(scratch("gift"))
    #expect(recorded.code == 2 && recorded.error.contains("brings a Python of its own"), "\(recorded.error)")
    #expect(try !scratch.names("gift").contains("pth.ran"))
  }

  @Test func `has no .venv beside it that others can change`() throws {
    try virtualEnvironment(scratch(".venv"))
    let line = ["train", "CartPole-v1", "--steps", "16", "--lanes", "1", "--quiet", "--out", scratch("out")]
    let packages = try scratch.names(".venv/lib").map { scratch(".venv/lib/\($0)/site-packages") }
    for path in [scratch(".venv"), scratch(".venv/pyvenv.cfg")] + packages {
      let mode = try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
      try FileManager.default.setAttributes([.posixPermissions: mode | 0o002], ofItemAtPath: path)
      let refused = try Command.run(line, in: scratch.path)
      #expect(refused.code == 2 && refused.error.contains("which every user can change"), "\(refused.error)")
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
    #expect(try !scratch.names().contains("pth.ran"))
    if geteuid() == 0 {
      try FileManager.default.setAttributes([.ownerAccountID: 12345], ofItemAtPath: scratch(".venv"))
      let refused = try Command.run(line, in: scratch.path)
      #expect(
        refused.code == 2 && refused.error.contains("which belongs to another user"), "\(refused.error)")
      try FileManager.default.setAttributes([.ownerAccountID: 0], ofItemAtPath: scratch(".venv"))
    }
    let allowed = try Command.run(line, in: scratch.path)
    #expect(!allowed.error.contains("--trust"), "\(allowed.error)")
    #expect(try scratch.names().contains("pth.ran"))
  }

  /// A virtual environment of the tests' Python whose packages leave a trace when they run.
  private func virtualEnvironment(_ path: String) throws {
    let own = TestPython.projectFolder + "/.venv"
    let lib = try #require(try FileManager.default.contentsOfDirectory(atPath: own + "/lib").first)
    let packages = "\(path)/lib/\(lib)/site-packages"
    try FileManager.default.createDirectory(atPath: packages, withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: path + "/bin", withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: own + "/pyvenv.cfg", toPath: path + "/pyvenv.cfg")
    let python = URL(fileURLWithPath: own + "/bin/python").resolvingSymlinksInPath().path
    try FileManager.default.createSymbolicLink(atPath: path + "/bin/python", withDestinationPath: python)
    let trace = URL(fileURLWithPath: path).deletingLastPathComponent().path + "/pth.ran"
    try "import os; open('\(trace)', 'w')\n\(own)/lib/\(lib)/site-packages\n".write(
      toFile: packages + "/trace.pth", atomically: true, encoding: .utf8)
  }
}
