import AscentTestSupport
import Foundation
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures/"

@Suite struct `The command line` {
  @Test func `suggests the command and the option that were meant`() throws {
    for (line, words) in [
      (["trian", "native:cartpole"], "there is no command 'trian'; the nearest is 'train'"),
      (["evalute"], "the nearest is 'evaluate'"), (["worke"], "there is no command 'worke'"),
      (["train", "native:cartpole", "--stpes", "10"], "Did you mean '--steps'?"),
    ] {
      let command = try Command.run(line)
      #expect(command.code == 2 && command.error.contains(words), "\(command.error)")
      #expect(!command.error.contains("'worker'"))
    }
  }

  @Test func `takes whole numbers that are written as decimal ones`() throws {
    let scratch = try Scratch()
    let command = try Command.run([
      "train", "native:cartpole", "--steps", "1e2", "--lanes", "2.0", "--seed", "1e1", "--workers", "1e0",
      "--set",
      "rollout.steps=1.6e1", "--set", "policy.hidden=8e0,4", "--quiet", "--out", scratch("run"),
    ])
    #expect(command.code == 0, "\(command.error)")
    let toml = try scratch.text("run/run.toml")
    for line in ["steps = 100\n", "lanes = 2\n", "seed = \"10\"\n", "steps = 16\n", "hidden = [8, 4]\n"] {
      #expect(toml.contains(line), "\(line)")
    }
    try "[run]\nsteps = 2e2\n".write(toFile: scratch("c.toml"), atomically: true, encoding: .utf8)
    let configured = try Command.run([
      "train", "native:cartpole", "--config", scratch("c.toml"), "--quiet", "--out", scratch("other"),
    ])
    #expect(configured.out.hasPrefix("trained 200 steps"), "\(configured.error)")
    for text in ["1.5", "1e-1", "1e30", "0x10", "inf", "nan", "ten"] {
      let refused = try Command.run(["train", "native:cartpole", "--steps", text, "--out", scratch("no")])
      #expect(refused.code == 2 && refused.error.contains("a whole number"), "\(text): \(refused.error)")
    }
  }

  @Test func `names the classes of a file that is given without one`() throws {
    let scratch = try Scratch()
    let two = try Command.run(["train", fixtures + "pace.py", "--out", scratch("run")])
    #expect(two.code == 2 && two.error.contains("pace.py has the classes"), "\(two.error)")
    #expect(two.error.contains("Slow") && two.error.contains("Endless"), "\(two.error)")
    let vector = try Command.run(["train", fixtures + "pace.py", "--vector", "--out", scratch("run")])
    #expect(vector.code == 2 && vector.error.contains("pace.py has the classes"), "\(vector.error)")
    try "x = 1\n".write(toFile: scratch("empty.py"), atomically: true, encoding: .utf8)
    let none = try Command.run(["check", scratch("empty.py")])
    #expect(none.code == 2 && none.error.contains("has no class with reset and step"), "\(none.error)")
    let missing = try Command.run(["check", scratch("nowhere.py")])
    #expect(missing.code == 2 && missing.error.contains("there is no file"), "\(missing.error)")
  }

  @Test func `has an example and its exit codes in the help of every command`() throws {
    for name in [
      "train", "evaluate", "sample", "clone", "estimate", "gradient", "environments", "algorithms", "check",
      "reproduce", "diff", "replay", "doctor", "help",
    ] {
      let help = try Command.run(["help", name]).out
      #expect(help.contains("Examples:\n  ascent \(name)"), "\(help)")
      #expect(help.contains("Exit codes: 0 done, 2 usage"), "\(help)")
      let lines = help.split(separator: "\n").filter { !$0.hasPrefix("USAGE") }
      #expect(lines.allSatisfy { $0.count <= 80 } && !help.contains("\n--"), "\(help)")
    }
    let help = try Command.run(["help", "train"]).out.split(whereSeparator: \.isWhitespace).joined(
      separator: " ")
    #expect(help.contains("(values: likelihood-ratio, reinforce,"), "\(help)")
    for name in ["doctor", "environments"] {
      let help = try Command.run([name, "--help"]).out
      #expect(
        !help.contains("--patience") && !help.contains("--python-optimize") && help.contains("--python"))
    }
  }

  @Test func `names the command that installs into the Python that was chosen`() throws {
    let scratch = try Scratch()
    let system = try Command.run(["doctor", "--python", "/usr/bin/python3"])
    if system.out.contains("chosen by"), FileManager.default.fileExists(atPath: Self.managed) {
      #expect(
        system.out.contains("-m venv .venv && .venv/bin/python -m pip install gymnasium"), "\(system.out)")
    }
    // One of uv, which has no pip.
    let own = TestPython.projectFolder + "/.venv"
    let lib = try #require(try FileManager.default.contentsOfDirectory(atPath: own + "/lib").first)
    for folder in ["bin", "lib/\(lib)/site-packages"] {
      try FileManager.default.createDirectory(
        atPath: scratch("venv/\(folder)"), withIntermediateDirectories: true)
    }
    let settings = try String(contentsOfFile: own + "/pyvenv.cfg", encoding: .utf8) + "uv = 0.9\n"
    try settings.write(toFile: scratch("venv/pyvenv.cfg"), atomically: true, encoding: .utf8)
    try FileManager.default.createSymbolicLink(
      atPath: scratch("venv/bin/python"),
      withDestinationPath: URL(fileURLWithPath: own + "/bin/python").resolvingSymlinksInPath().path)
    let uv = try Command.run(["doctor", "--python", scratch("venv")])
    #expect(uv.code == 5, "\(uv.out)")
    #expect(uv.out.contains("uv pip install --python \(scratch("venv"))/bin/python gymnasium"), "\(uv.out)")
  }

  private static let managed = "/usr/lib/python3.11/EXTERNALLY-MANAGED"

  // MARK: Results and close()

  @Test(arguments: [
    ["evaluate", "--episodes", "1", "--max-steps", "20"], ["estimate", "--episodes", "2"],
    ["gradient", "--batches", "2", "--episodes", "2"], ["sample", "--episodes", "1", "--out", "/dev/null"],
    ["replay", "--lane", "0", "--episode", "0"], ["reproduce"], ["diff", "OTHER"],
  ])
  func `prints its results before it closes an environment that hangs`(command: [String]) throws {
    let scratch = try Scratch()
    let fault = ["ASCENT_FAULT_LOG": scratch("log"), "ASCENT_FAULTS": "0"]
    let line = { (run: String) in
      [
        "train", fixtures + "hangs.py:InClose", "--steps", "64", "--lanes", "1", "--preset", "none", "--set",
        "rollout.steps=32", "--quiet", "--out", run,
      ]
    }
    let trained = try Command.run(line(scratch("run")), environment: fault)
    #expect(trained.code == 0, "\(trained.error)")
    if command[0] == "diff" {
      let other = try Command.run(line(scratch("other")) + ["--seed", "2"], environment: fault)
      #expect(other.code == 0, "\(other.error)")
    }
    let rest = command.dropFirst().map { $0 == "OTHER" ? scratch("other") : $0 }
    let result = try Command.run([command[0], scratch("run")] + rest + ["--json", "--patience", "2"])
    #expect(
      result.code == (command[0] == "diff" ? 5 : 0) && !result.lines.isEmpty,
      "\(result.code) \(result.out) \(result.error)")
    #expect(result.error.contains("has not closed"), "\(result.error)")
  }

  // MARK: Progress

  @Test(arguments: [40, 80, 20])
  func `shows progress in rows that fit into a terminal of any width`(columns: Int) throws {
    let scratch = try Scratch()
    let terminal = try #require(Pseudoterminal(columns: columns))
    let run = try Command.run(
      ["train", "native:cartpole", "--steps", "20000", "--preset", "none", "--out", scratch("run")],
      environment: ["TERM": "xterm"], terminal: terminal)
    #expect(run.code == 0, "\(run.error)")
    let shown = run.error.components(separatedBy: "\r\u{1B}[J").dropFirst().map { part in
      // The terminal adds a carriage return to each line feed.
      String(String.UnicodeScalarView(part.unicodeScalars.filter { $0 != "\r" }))
        .replacing(/\u{1B}\[(36m|0m|2A)/, with: "")
    }
    #expect(shown.count > 2)
    for row in shown.flatMap({ $0.split(separator: "\n") }) {
      #expect(row.count < columns && row.allSatisfy { !$0.isASCII || $0 >= " " }, "\(row)")
    }
    let last = try #require(shown.last)
    #expect(
      last.hasPrefix(
        [80: "20,000/20,000 steps  100 %", 40: "20,000/20,000  ", 20: "20,000 steps"][columns] ?? ""),
      "\(last)")
    let rows = last.split(separator: "\n")
    #expect(rows.count == (columns > 20 ? 2 : 1) && last.hasSuffix("\n"), "\(last)")
    #expect(
      columns == 20 || rows.last?.contains("return") == true && rows.last?.contains("█") == true, "\(last)")
  }
}
