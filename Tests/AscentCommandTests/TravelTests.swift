import AscentTestSupport
import Foundation
import Testing

/// A project with a file and a run of it, of which relative paths are recorded.
@Suite struct `A run whose environment has a relative path` {
  private let scratch: Scratch
  private static let commands = [
    ["evaluate", "--episodes", "1", "--quiet"], ["reproduce", "--quiet"],
    ["reproduce", "--quiet", "--workers", "2"], ["replay", "--lane", "0", "--episode", "0", "--quiet"],
    ["estimate", "--episodes", "2", "--quiet"],
  ]

  init() throws {
    scratch = try Scratch()
    try FileManager.default.createDirectory(
      atPath: scratch("project/envs"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: TestPython.projectFolder + "/envs/arrivals.py", toPath: scratch("project/envs/arrivals.py"))
    let command = try Command.run(
      [
        "train", "envs/arrivals.py:Queue", "--preset", "none", "--lanes", "2", "--steps", "256", "--quiet",
        "--set",
        "rollout.steps=32", "--out", "runs/a",
      ], in: scratch("project"), environment: Self.python)
    #expect(command.code == 0, "\(command.error)")
  }

  private static let python = ["VIRTUAL_ENV": TestPython.projectFolder + "/.venv"]

  private func run(_ words: [String], in folder: String) throws -> Command {
    try Command.run(words, in: folder, environment: Self.python)
  }

  /// Runs a command of the list with a run.
  private func run(_ command: [String], _ run: String, in folder: String) throws -> Command {
    try self.run([command[0], run] + command.dropFirst(), in: folder)
  }

  @Test(arguments: commands) func `is found from any folder`(command: [String]) throws {
    let here = try run(command, "runs/a", in: scratch("project"))
    #expect(here.code == 0 && here.error.isEmpty, "\(here.error)")
    let elsewhere = try run(command, scratch("project/runs/a"), in: "/")
    #expect(elsewhere.code == 0 && elsewhere.out == here.out && elsewhere.error.isEmpty, "\(elsewhere.error)")
    try FileManager.default.copyItem(atPath: scratch("project/runs/a"), toPath: scratch("copy"))
    let refused = try run(command, scratch("copy"), in: "/")
    #expect(refused.code == 2 && refused.error.contains("may have been copied together with"))
    let copied = try run(command, scratch("copy"), in: scratch(""))
    #expect(copied.code == 0 && copied.out == here.out, "\(copied.error)")
    #expect(copied.error.contains("was not made in this place"), "\(copied.error)")
    // A file of the same name is another one.
    try FileManager.default.createDirectory(atPath: scratch("other/envs"), withIntermediateDirectories: true)
    try "raise SystemExit(9)".write(
      toFile: scratch("other/envs/arrivals.py"), atomically: true, encoding: .utf8)
    let beside = try run(command, scratch("project/runs/a"), in: scratch("other"))
    #expect(beside.code == 0 && beside.out == here.out && beside.error.isEmpty, "\(beside.error)")
  }

  @Test func `is resumed and begun from in any folder`() throws {
    let line = ["train", "--out", scratch("project/runs/a"), "--resume", "--steps", "512", "--quiet"]
    #expect(try run(line, in: "/").code == 0)
    #expect(try scratch.text("project/runs/a/origin.toml").contains("folder = \"\(scratch("project"))\""))
    let given = try run(
      ["train", "arrivals.py:Queue", "--out", "../runs/a", "--resume", "--steps", "768", "--quiet"],
      in: scratch("project/envs"))
    #expect(given.code == 0, "\(given.error)")
    #expect(try scratch.text("project/runs/a/run.toml").contains("id = \"envs/arrivals.py:Queue\""))
    let next = try run(
      [
        "train", scratch("project/envs/arrivals.py:Queue"), "--from", scratch("project/runs/a"), "--steps",
        "64",
        "--quiet", "--out", scratch("next"),
      ], in: "/")
    #expect(next.code == 0, "\(next.error)")
    #expect(try run(["reproduce", scratch("project/runs/a"), "--quiet"], in: "/").code == 0)
  }

  @Test func `is found in a project that was moved, and in a copied one if it is trusted`() throws {
    let here = try run(Self.commands[0], "runs/a", in: scratch("project"))
    try FileManager.default.moveItem(atPath: scratch("project"), toPath: scratch("moved"))
    let moved = try run(Self.commands[0], scratch("moved/runs/a"), in: "/")
    #expect(moved.code == 0 && moved.out == here.out && moved.error.isEmpty, "\(moved.error)")
    // A copy may come from somebody else, with the file.
    try FileManager.default.copyItem(atPath: scratch("moved"), toPath: scratch("gift"))
    try FileManager.default.removeItem(atPath: scratch("moved"))
    let refused = try run(Self.commands[0], scratch("gift/runs/a"), in: "/")
    #expect(
      refused.code == 2 && refused.error.contains("may have been copied together with"),
      "\(refused.error)")
    let trusted = try run(Self.commands[0] + ["--trust"], scratch("gift/runs/a"), in: "/")
    #expect(trusted.code == 0 && trusted.out == here.out, "\(trusted.error)")
    let inside = try run(Self.commands[0], "runs/a", in: scratch("gift"))
    #expect(inside.code == 0 && inside.out == here.out, "\(inside.error)")
  }

  @Test func `says where it was looked for, and whether it has changed`() throws {
    let file = scratch("project/envs/arrivals.py")
    try (try scratch.text("project/envs/arrivals.py") + "# changed\n").write(
      toFile: file, atomically: true, encoding: .utf8)
    let changed = try run(Self.commands[0], scratch("project/runs/a"), in: "/")
    #expect(changed.code == 0 && changed.error.contains("\(file) has changed since"), "\(changed.error)")
    let refused = try run(
      ["train", "--out", scratch("project/runs/a"), "--resume", "--steps", "512"], in: "/")
    #expect(refused.code == 2 && refused.error.contains("made_with.environment_file was"), "\(refused.error)")
    try FileManager.default.removeItem(atPath: file)
    for command in Self.commands.dropLast() {
      let missing = try run(command, scratch("project/runs/a"), in: "/")
      #expect(missing.code == 2, "\(missing.error)")
      #expect(
        missing.error.contains("envs/arrivals.py is neither in this folder nor in \(scratch("project"))"),
        "\(missing.error)")
    }
  }
}
