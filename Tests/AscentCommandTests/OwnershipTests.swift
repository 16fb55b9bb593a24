import AscentTestSupport
import Foundation
import Glibc
import Testing

private let slow = TestPython.projectFolder + "/Tests/Fixtures/misbehaving.py:Slow"

@Suite struct `A run folder` {
  /// Steps of 2 ms; a run of 40,000 goes on for longer than a test.
  private func line(_ out: String, _ more: [String] = [], steps: Int = 40_000) -> [String] {
    [
      "train", slow, "--steps", String(steps), "--lanes", "2", "--set", "rollout.steps=40", "--json",
      "--quiet",
      "--out", out,
    ] + more
  }

  @Test(arguments: [[], ["--on-fault", "restart"], ["--workers", "2"]])
  func `has one owner as long as the run goes on`(more: [String]) throws {
    let scratch = try Scratch()
    var refused: [Command] = []
    let run = try Command.run(line(scratch("run"), more + ["--resume"])) { process in
      scratch.await(rows: 2, of: "run", madeBy: process)
      refused = try [["--resume"], ["--resume", "--on-fault", "restart"], ["--resume", "--workers", "2"]].map
      {
        try Command.run(line(scratch("run"), $0))
      }
      kill(process.processIdentifier, SIGINT)
    }
    #expect(refused.count == 3)
    for other in refused {
      #expect(other.code == 2 && other.error.contains(/process \d+ is making the run in/), "\(other.error)")
      #expect(other.out.isEmpty)
    }
    #expect(try run.code == 130 && !scratch.names("run").contains("lock"), "\(run.error)")
    let made = try #require(run.lines.last?["steps"] as? Int)
    let rest = try Command.run(line(scratch("run"), ["--resume"], steps: made + 80))
    #expect(rest.code == 0, "\(rest.error)")
  }

  @Test(arguments: [[], ["--on-fault", "restart"]])
  func `is free as soon as its owner is dead`(more: [String]) throws {
    let scratch = try Scratch()
    let killed = try Command.run(line(scratch("run"), more)) { process in
      scratch.await(rows: 2, of: "run", madeBy: process)
      kill(process.processIdentifier, SIGKILL)
    }
    #expect(killed.code == SIGKILL)
    let rest = try Command.run(line(scratch("run"), ["--resume"], steps: 160))
    #expect(rest.code == 0, "\(rest.error)")
  }

  /// The child sleeps on, with all that it inherited, when its parent is dead.
  @Test func `is not kept by a child that an environment forked`() throws {
    let scratch = try Scratch()
    try """
    import importlib.util, os, pathlib, time
    spec = importlib.util.spec_from_file_location("slow", \"\(slow.dropLast(5))\")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    class Forks(module.Slow):
        def __init__(self):
            super().__init__()
            child = os.fork()
            if child == 0:
                time.sleep(30)
                os._exit(0)
            with open(\"\(scratch("children"))\", "a") as file:
                file.write(f"{child}\\n")
    """.write(toFile: scratch("forks.py"), atomically: true, encoding: .utf8)
    let line = [
      "train", scratch("forks.py:Forks"), "--steps", "2400", "--lanes", "1", "--set", "rollout.steps=40",
      "--quiet", "--out", scratch("run"),
    ]
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Command.executable)
    process.arguments = line
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    try process.run()
    scratch.await(rows: 2, of: "run", madeBy: process)
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let children = try scratch.text("children").split(separator: "\n").compactMap { Int32($0) }
    defer { for child in children { kill(child, SIGKILL) } }
    #expect(!children.isEmpty && children.allSatisfy { kill($0, 0) == 0 })
    let again = Process()
    again.executableURL = URL(fileURLWithPath: Command.executable)
    again.arguments = line + ["--resume", "--steps", "200"]
    (again.standardOutput, again.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    try again.run()
    again.waitUntilExit()
    #expect(again.terminationStatus == 0)
    for child in try scratch.text("children").split(separator: "\n").compactMap({ Int32($0) }) {
      kill(child, SIGKILL)
    }
  }

  @Test func `without a name is never another run's`() throws {
    let scratch = try Scratch()
    let processes = try (0..<6).map { k in
      let process = Process()
      process.executableURL = URL(fileURLWithPath: Command.executable)
      process.arguments =
        ["train", "native:cartpole", "--steps", "500", "--quiet"]
        + (k % 3 == 2 ? ["--on-fault", "restart"] : [])
      process.currentDirectoryURL = URL(fileURLWithPath: scratch.path)
      (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
      try process.run()
      return process
    }
    for process in processes { process.waitUntilExit() }
    #expect(processes.allSatisfy { $0.terminationStatus == 0 })
    let names = try scratch.names("runs")
    #expect(names.count == 6, "\(names)")
    for name in names {
      #expect(
        try scratch.text("runs/\(name)/run.toml").contains("fingerprint")
          && scratch.names("runs/\(name)").count == 8)
    }
  }

  @Test func `leaves nothing when a supervised run cannot begin`() throws {
    let scratch = try Scratch()
    let run = try Command.run(
      ["train", "NoSuch-v0", "--on-fault", "restart", "--python", TestPython.projectFolder + "/.venv"],
      in: scratch.path)
    #expect(try run.code == 2 && scratch.names().isEmpty, "\(run.error)")
  }

  // MARK: Names and kinds of files

  @Test func `writes through no link, and sweeps what dead processes left`() throws {
    let scratch = try Scratch()
    let line = ["train", "native:cartpole", "--steps", "2000", "--json", "--out", scratch("run"), "--resume"]
    #expect(try Command.run(line).code == 0)
    try "precious".write(toFile: scratch("foreign"), atomically: true, encoding: .utf8)
    let files = FileManager.default
    for name in ["run.toml", "metrics.csv", "metrics-saved.csv", "policy.json"] {
      try files.removeItem(atPath: scratch("run/\(name)"))
      try files.createSymbolicLink(atPath: scratch("run/\(name)"), withDestinationPath: scratch("foreign"))
      try files.createSymbolicLink(
        atPath: scratch("run/\(name).tmp-1"), withDestinationPath: scratch("foreign"))
    }
    let stale = "run/checkpoints/step-000000001000.safetensors.tmp-4711-1f"
    for name in [stale, "run/notes.tmp-5", "run/run.toml.tmp-mine"] {
      try "x".write(toFile: scratch(name), atomically: true, encoding: .utf8)
    }
    let longer = try Command.run(line + ["--steps", "4000"])
    #expect(longer.code == 0, "\(longer.error)")
    #expect(try scratch.text("foreign") == "precious")
    #expect(
      try scratch.names("run") == [
        "checkpoints", "events.out.tfevents.000001", "events.out.tfevents.000002", "metrics-saved.csv",
        "metrics.csv", "notes.tmp-5", "origin.toml", "policy.json", "policy.safetensors", "run.toml",
        "run.toml.tmp-mine",
      ])
    #expect(try scratch.names("run/checkpoints").allSatisfy { !$0.contains("tmp") })
    #expect(try scratch.text("run/metrics.csv").hasPrefix("iteration,"))
  }

  @Test func `with a link for its lock is refused`() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(atPath: scratch("run"), withIntermediateDirectories: true)
    try "precious".write(toFile: scratch("foreign"), atomically: true, encoding: .utf8)
    try FileManager.default.createSymbolicLink(
      atPath: scratch("run/lock"), withDestinationPath: scratch("foreign"))
    let run = try Command.run(["train", "native:cartpole", "--steps", "500", "--out", scratch("run")])
    #expect(run.code == 2 && run.error.contains("run/lock"), "\(run.error)")
    #expect(try scratch.text("foreign") == "precious" && scratch.names("run") == ["lock"])
  }

  /// Each of these waits for ever, or ends when all memory is used, if it is opened as a file.
  @Test(arguments: PlantedFile.allCases)
  func `and input files are read only where they are files of a reasonable size`(kind: PlantedFile) throws {
    let scratch = try Scratch()
    let run = ["train", "native:cartpole", "--steps", "500", "--quiet", "--out", scratch("run")]
    #expect(try Command.run(run).code == 0)
    try kind.plant(at: scratch("x"))
    var lines = [
      ["train", "native:cartpole", "--config", scratch("x"), "--out", scratch("new")],
      ["clone", scratch("x"), "--environment", "native:cartpole", "--out", scratch("new")],
      ["estimate", scratch("run"), "--from", scratch("x"), "--estimator", "per-decision"],
    ]
    for name in ["run.toml", "policy.json", "policy.safetensors", "metrics.csv"] {
      try FileManager.default.copyItem(atPath: scratch("run"), toPath: scratch("with-\(name)"))
      try kind.plant(at: scratch("with-\(name)/\(name)"))
      lines.append([name == "metrics.csv" ? "reproduce" : "evaluate", scratch("with-\(name)")])
    }
    for line in lines {
      // The limits of a shell, so that a fault of this kind costs neither the machine's memory nor an hour.
      let command = try Command.run(
        ["-c", "ulimit -v 4000000; exec timeout 60 \"$0\" \"$@\"", Command.executable] + line,
        executable: "/bin/bash")
      #expect([2, 4].contains(command.code), "\(line): \(command.code) \(command.error)")
      let words = kind == .sparse ? "" : "a regular file is needed here"
      #expect(words.isEmpty || command.error.contains(words), "\(line): \(command.error)")
      #expect(!command.error.contains("Fatal error"), "\(line): \(command.error)")
    }
  }
}
