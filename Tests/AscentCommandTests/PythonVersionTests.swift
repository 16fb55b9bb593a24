import AscentPythonEnvironments
import AscentTestSupport
import Foundation
import Testing

private let minor = PythonInstallation.linkedVersion.split(separator: ".").prefix(2).joined(separator: ".")
private let projectPackages = TestPython.projectFolder + "/.venv/lib/python\(minor)/site-packages"

extension Scratch {
  /// Makes a folder that looks like a virtual environment; its interpreter is a shell.
  fileprivate func environment(_ name: String, version: String) throws -> String {
    let files = FileManager.default
    let packages = self("\(name)/lib/python\(minor)/site-packages")
    try files.createDirectory(atPath: packages, withIntermediateDirectories: true)
    try files.createDirectory(atPath: self("\(name)/bin"), withIntermediateDirectories: true)
    try files.createSymbolicLink(atPath: self("\(name)/bin/python"), withDestinationPath: "/bin/sh")
    try write("home = /opt/else/bin\nversion = \(version)\n", to: "\(name)/pyvenv.cfg")
    return self(name)
  }

  /// Makes an environment of another build, which sees the project's packages, and runs a module at its start.
  fileprivate func environmentOfAnotherBuild(running program: String) throws -> String {
    let folder = try environment("environment", version: minor + ".99")
    let packages = "environment/lib/python\(minor)/site-packages/"
    try write(program, to: packages + "at_start.py")
    try write("\(projectPackages)\nimport at_start\n", to: packages + "at_start.pth")
    return folder
  }

  fileprivate func write(_ text: String, to name: String) throws {
    try text.write(toFile: self(name), atomically: true, encoding: .utf8)
  }

  /// Copies the executable, and puts a script beside it in the place of one for Python 3.99; returns the copy.
  fileprivate func executable(sibling script: String?) throws -> String {
    let copy = self("ascent")
    do {
      try FileManager.default.linkItem(atPath: Command.executable, toPath: copy)
    } catch {
      try FileManager.default.copyItem(atPath: Command.executable, toPath: copy)
    }
    guard let script else { return copy }
    try write("#!/bin/sh\n" + script + "\n", to: "ascent-python3.99")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: self("ascent-python3.99"))
    return copy
  }
}

@Suite struct `An environment of another Python` {
  @Test(arguments: [["train", "CartPole-v1", "--steps", "100"], ["doctor"], ["check", "CartPole-v1"]])
  func `is given to the executable that is linked with it`(arguments: [String]) throws {
    let scratch = try Scratch()
    let ascent = try scratch.executable(sibling: "echo \"given $0 $*\"; exit 41")
    let other = try scratch.environment("other", version: "3.99.1")
    let named = try Command.run(arguments + ["--python", other], executable: ascent)
    #expect(named.code == 41, "\(named.error)")
    let line = "given \(scratch("ascent-python3.99")) \(arguments.joined(separator: " "))"
    #expect(named.out == "\(line) --python \(other)\n")
    let active = try Command.run(arguments, executable: ascent, environment: ["VIRTUAL_ENV": other])
    #expect(active.code == 41 && active.out == line + "\n", "\(active.error)")
    let found = try Command.run(
      arguments + ["--python", TestPython.projectFolder + "/.venv"]
        + (arguments[0] == "doctor" ? [] : ["--help"]),
      executable: ascent)
    #expect(found.code == 0, "\(found.error)")
  }

  /// An environment of conda, or an installation of pyenv, has no pyvenv.cfg.
  @Test func `is recognized by the name of its interpreter`() throws {
    let scratch = try Scratch()
    let ascent = try scratch.executable(sibling: "echo given; exit 41")
    try FileManager.default.createDirectory(atPath: scratch("conda/bin"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: scratch("ascent-python3.99"), toPath: scratch("conda/bin/python3.99"))
    try FileManager.default.createSymbolicLink(
      atPath: scratch("conda/bin/python"), withDestinationPath: "python3.99")
    let active = try Command.run(
      ["environments"], executable: ascent, environment: ["CONDA_PREFIX": scratch("conda")])
    #expect(active.code == 41 && active.out == "given\n", "\(active.error)")
    for python in ["conda", "conda/bin/python", "conda/bin/python3.99"] {
      let named = try Command.run(["environments", "--python", scratch(python)], executable: ascent)
      #expect(named.code == 41 && named.out == "given\n", "\(python): \(named.error)")
    }
    // What is active is not asked where an environment is named.
    let venv = TestPython.projectFolder + "/.venv"
    let other = try Command.run(
      ["doctor", "--python", venv], executable: ascent, environment: ["CONDA_PREFIX": scratch("conda")])
    #expect(other.code == 0, "\(other.error)")
  }

  @Test func `is not given to and fro`() throws {
    let scratch = try Scratch()
    let ascent = try scratch.executable(sibling: "exec \"${0%-python*}\" \"$@\"")
    let other = try scratch.environment("other", version: "3.99.1")
    let command = try Command.run(
      ["train", "CartPole-v1", "--python", other, "--out", scratch("run")], executable: ascent)
    #expect(command.code == 2, "\(command.error)")
    #expect(
      command.error.contains("is Python 3.99.1") && command.error.contains("make build PYTHON=\(other)"))
  }

  @Test func `has the line that builds an executable for it`() throws {
    let scratch = try Scratch()
    let other = try scratch.environment("other", version: "3.99.1")
    let command = try Command.run(["train", "CartPole-v1", "--python", other, "--out", scratch("run")])
    #expect(command.code == 2 && command.error.contains("make build PYTHON=\(other)"), "\(command.error)")
    // What no executable can be built for is not advised.
    let old = try scratch.environment("old", version: "3.8.18")
    let refused = try Command.run(["train", "CartPole-v1", "--python", old, "--out", scratch("run")])
    #expect(refused.code == 2 && refused.error.contains("needs 3.10 or newer"), "\(refused.error)")
    #expect(!refused.error.contains("make build"))
  }

  @Test func `is in the doctor's list of executables`() throws {
    let scratch = try Scratch()
    let ascent = try scratch.executable(sibling: "exit 1")
    let python = ["doctor", "--python", TestPython.projectFolder + "/.venv"]
    let one = try Command.run(python, executable: ascent)
    #expect(
      one.code == 0 && one.out.contains("also for    Python 3.99: executables beside this one"), "\(one.out)")
    try FileManager.default.removeItem(atPath: scratch("ascent-python3.99"))
    let none = try Command.run(python, executable: ascent)
    #expect(
      none.code == 0 && none.out.contains("also for    no other Python: make build PYTHON="), "\(none.out)")
  }
}

@Suite struct `Packages of another build` {
  /// Writes what Python says of itself when an environment's file is loaded.
  private let probe = """
    import sys
    import gymnasium
    print("executable", sys.executable, "prefix", sys.prefix, "path", sys.path)
    class Probe(gymnasium.Env):
        observation_space = action_space = gymnasium.spaces.Discrete(2)
        def reset(self, *, seed=None, options=None):
            return 0, {}
        def step(self, action):
            return 0, 0.0, True, False, {}
    """

  @Test func `are alone, and their interpreter is named`() throws {
    let scratch = try Scratch()
    let folder = try scratch.environmentOfAnotherBuild(running: "")
    try scratch.write(probe, to: "probe.py")
    let command = try Command.run([
      "train", scratch("probe.py:Probe"), "--steps", "2", "--lanes", "1", "--set", "rollout.steps=2",
      "--python", folder,
      "--out", scratch("run"), "--quiet", "--preset", "none", "--algorithm", "reinforce",
    ])
    #expect(command.code == 0, "\(command.error)")
    #expect(
      command.error.contains("executable \(folder)/bin/python prefix \(folder) path"), "\(command.error)")
    #expect(!command.error.contains("dist-packages"), "the linked build's own packages are in the path")
  }

  @Test func `are where the doctor says`() throws {
    let scratch = try Scratch()
    let folder = try scratch.environmentOfAnotherBuild(running: "")
    let command = try Command.run(["doctor", "--python", folder])
    #expect(command.code == 0, "\(command.out)")
    #expect(
      command.out.contains("python      \(folder)/bin/python, packages in \(projectPackages)\n"),
      "\(command.out)")
    // Without Gymnasium: the folder in which it is looked for, and the line that installs it there.
    try scratch.write("", to: "environment/lib/python\(minor)/site-packages/at_start.pth")
    let without = try Command.run(["doctor", "--python", folder])
    #expect(without.code == 5)
    #expect(
      without.out.contains("packages in \(folder)/lib/python\(minor)/site-packages\n"), "\(without.out)")
    #expect(without.out.contains("\(folder)/bin/python -m pip install gymnasium"), "\(without.out)")
  }
}

@Suite struct `Bits of other versions` {
  @Test func `are the same bits, and differing ones are not`() throws {
    let scratch = try Scratch()
    let folder = try scratch.environmentOfAnotherBuild(running: "")
    let information = "environment/lib/python\(minor)/site-packages/gymnasium-9.9.9.dist-info"
    try FileManager.default.createDirectory(
      atPath: scratch(information), withIntermediateDirectories: false)
    try scratch.write(
      "Metadata-Version: 2.1\nName: gymnasium\nVersion: 9.9.9\n", to: information + "/METADATA")
    let run = ["train", "CartPole-v1", "--steps", "3000", "--preset", "none", "--json", "--quiet"]
    let one = try Command.run(run + ["--out", scratch("one")])
    let two = try Command.run(run + ["--out", scratch("two"), "--python", folder])
    #expect(one.code == 0 && two.code == 0, "\(one.error)\(two.error)")
    #expect(try scratch.text("two/run.toml").contains("gymnasium = \"9.9.9\""))
    let (done, other) = (try #require(one.lines.last), try #require(two.lines.last))
    #expect(done["bits"] as? String == other["bits"] as? String)
    #expect(done["fingerprint"] as? String != other["fingerprint"] as? String)
    let bits = try #require(done["bits"] as? String)
    #expect(bits.count == 64)
    #expect(try scratch.text("one/run.toml").contains("bits = \"\(bits)\""))

    // Without --python, a run is repeated with its own.
    let own = ["--python", TestPython.projectFolder + "/.venv"]
    let again = try Command.run(["reproduce", scratch("two")] + own)
    #expect(again.code == 0 && !again.out.contains("DIFFERS"), "\(again.out)\(again.error)")
    #expect(again.out.contains("fingerprint  same bits, other versions: "), "\(again.out)")
    #expect(again.out.contains("checkpoints  1 of 1 in every array"), "\(again.out)")
    let diff = try Command.run(["diff", scratch("one"), scratch("two"), "--json"])
    #expect(diff.code == 0 && diff.lines.last?["same_bits"] as? Bool == true, "\(diff.out)")
    #expect(diff.out.contains("same bits, other versions: both runs learned \(bits)"), "\(diff.out)")

    let text = try scratch.text("two/run.toml").replacing(/bits = ".*"/, with: "bits = \"00\"")
    try scratch.write(text, to: "two/run.toml")
    let differing = try Command.run(["reproduce", scratch("two")] + own)
    #expect(differing.code == 5 && differing.out.contains("DIFFERS  bits"), "\(differing.out)")
    #expect(differing.out.contains("DIFFERS  fingerprint") && !differing.out.contains("same bits"))
    let apart = try Command.run(["diff", scratch("one"), scratch("two"), "--json"])
    #expect(apart.lines.last?["same_bits"] as? Bool == false, "\(apart.out)")
  }
}

/// Gymnasium as older versions of it are, where Ascent meets the difference.
@Suite struct `An older Gymnasium` {
  private func olderGymnasium(_ version: String) -> String {
    """
    import gymnasium
    import gymnasium.utils.env_checker as checker
    gymnasium.__version__ = "\(version)"
    check = checker.check_env
    def check_env(env, warn=None, skip_render_check=False):
        return check(env, warn, skip_render_check, True)
    checker.check_env = check_env
    """
  }

  @Test func `below 0_28 is refused with what to do`() throws {
    let scratch = try Scratch()
    let folder = try scratch.environmentOfAnotherBuild(running: olderGymnasium("0.27.1"))
    for arguments in [["train", "CartPole-v1", "--out", scratch("run")], ["check", "CartPole-v1"]] {
      let command = try Command.run(arguments + ["--python", folder])
      #expect(command.code == 2, "\(command.out)")
      #expect(
        command.error.contains("Gymnasium 0.27.1 is too old, Ascent needs 0.28 or newer"), "\(command.error)")
      #expect(command.error.contains("\(folder)/bin/python -m pip install --upgrade gymnasium"))
      #expect(!command.error.contains("Traceback"))
    }
  }

  @Test func `is checked with the options that its checker has`() throws {
    let scratch = try Scratch()
    let folder = try scratch.environmentOfAnotherBuild(running: olderGymnasium("0.29.1"))
    let command = try Command.run(["check", "CartPole-v1", "--python", folder])
    #expect(command.code == 0, "\(command.out)\(command.error)")
  }

  @Test func `has no vectors, and says so`() throws {
    let scratch = try Scratch()
    let folder = try scratch.environmentOfAnotherBuild(running: olderGymnasium("0.29.1"))
    let list = try Command.run(["environments", "--python", folder])
    #expect(list.code == 0 && list.out.contains("CartPole-v1\n"), "\(list.error)")
    #expect(!list.out.contains("also a vector"))
    let vector = try Command.run([
      "train", "CartPole-v1", "--vector", "--python", folder, "--out", scratch("run"),
    ])
    #expect(
      vector.code == 2 && vector.error.contains("needs Gymnasium 1.0 or newer, not 0.29.1"), "\(vector.error)"
    )
    #expect(!vector.error.contains("Traceback"))
  }
}
