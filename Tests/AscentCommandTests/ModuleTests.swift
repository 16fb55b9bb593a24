import AscentTestSupport
import Foundation
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures/"
private let neighbors = fixtures + "neighbors/"

private func train(
  _ arguments: [String], in folder: String? = nil, _ scratch: Scratch, environment: [String: String] = [:]
) throws -> Command {
  try Command.run(
    ["train"] + arguments + ["--steps", "256", "--json", "--quiet", "--out", scratch("run")], in: folder,
    environment: environment)
}

private func fingerprint(_ command: Command) -> String? { command.lines.last?["fingerprint"] as? String }

@Suite struct `A module that a run's environment imported` {
  @Test func `is said to have changed, and is no package to install`() throws {
    let scratch = try Scratch()
    for file in ["pulled.py", "physics.py"] {
      try FileManager.default.copyItem(atPath: neighbors + file, toPath: scratch(file))
    }
    let run = try train([scratch("pulled.py:Pulled")], scratch)
    #expect(run.code == 0, "\(run.error)")
    let line = ["evaluate", scratch("run"), "--episodes", "1", "--quiet"]
    #expect(try Command.run(line).error.isEmpty)
    try (try scratch.text("physics.py") + "\n# changed\n").write(
      toFile: scratch("physics.py"), atomically: true, encoding: .utf8)
    let told = try Command.run(line)
    #expect(told.code == 0 && told.error.contains("the module physics has changed since"), "\(told.error)")
    try FileManager.default.removeItem(atPath: scratch("physics.py"))
    let missing = try Command.run(line)
    #expect(missing.code == 2 && missing.error.contains("a module 'physics' of its own"), "\(missing.error)")
    #expect(!missing.error.contains("pip install"), "\(missing.error)")
  }
}

@Suite struct `The search path of modules` {
  @Test(arguments: [
    ["pulled.py:Pulled"], ["pulled.py:make_pulled"], ["pulled:Pulled-v0"],
    ["Pulled-v0", "--register", "pulled"],
    ["Registered-v0", "--register", "pulled:register"],
    ["Registered-v0", "--register", "pulled.py:register"],
    ["pulled.py:Pulled", "--workers", "2"], ["pulled.py:Pulled", "--emission", "other/plain.py:Plain"],
  ])
  func `is that of python in the folder of the file`(arguments: [String]) throws {
    let scratch = try Scratch()
    let run = try train(arguments, in: neighbors, scratch)
    #expect(run.code == 0, "\(run.error)")
    #expect(try !scratch.text("run/run.toml").contains("python_path"))
  }

  @Test func `has the file's folder first wherever ascent runs`() throws {
    let (here, there) = (try Scratch(), try Scratch())
    let near = try train([neighbors + "pulled.py:Pulled"], in: neighbors, here)
    let far = try train([neighbors + "pulled.py:Pulled"], in: "/", there)
    #expect(far.code == 0, "\(far.error)")
    #expect(fingerprint(near) != nil && fingerprint(near) == fingerprint(far))
  }

  @Test func `has the folders of PYTHONPATH, which run.toml records`() throws {
    let scratch = try Scratch()
    let run = try train(
      ["pulled:Pulled-v0"], in: "/", scratch, environment: ["PYTHONPATH": "/nowhere:\(neighbors)"])
    #expect(run.code == 0, "\(run.error)")
    #expect(try scratch.text("run/run.toml").contains("python_path = \"/nowhere:\(neighbors)\""))
    let without = try Scratch()
    #expect(fingerprint(try train(["pulled:Pulled-v0"], in: neighbors, without)) == fingerprint(run))
  }

  @Test(arguments: ["Blurred", "Plain"])
  func `never gives a file the neighbor of another file`(name: String) throws {
    let scratch = try Scratch()
    let run = try train(
      [neighbors + "pulled.py:Pulled", "--emission", neighbors + "other/blurred.py:\(name)"], scratch)
    #expect(run.code == 2 && run.error.contains("other/blurred.py imports 'physics'"), "\(run.error)")
  }

  @Test func `leaves the standard library its names`() throws {
    let scratch = try Scratch()
    let run = try train([neighbors + "other/queue.py:Queue"], scratch)
    #expect(run.code == 0 && run.error.contains("because another module is named 'queue'"), "\(run.error)")
  }
}

@Suite struct `A module that is not found` {
  @Test(arguments: [
    ("needs.py:Needs", "-m pip install no_such_module"),
    ("needs.py:NeedsOpenCV", "-m pip install opencv-python"),
    ("needs.py:NeedsSetuptools", "-m pip install 'setuptools<81'"),
    ("needs.py:NeedsProtobuf", "-m pip install protobuf"),
    ("needs.py:NeedsSubmodule", "the module 'numpy.no_such_part', which the installed numpy"),
    ("needs.py:NeedsStandardLibrary", "the module '_tkinter' of the standard library"),
    ("neighbors/deep/envs/inner.py:Inner", "PYTHONPATH=\(neighbors)deep ascent"),
  ])
  func `is named in a sentence with what to do`(reference: String, words: String) throws {
    let run = try Command.run(["train", fixtures + reference, "--out", "/nonexistent/run"])
    #expect(run.code == 2 && run.error.contains(words), "\(run.error)")
    #expect(!run.error.contains("Traceback") && run.error.split(separator: "\n").count == 1, "\(run.error)")
    #expect(!words.contains("PYTHONPATH") || !run.error.contains("pip install"))
  }

  @Test(arguments: [
    (["./pulled:Pulled-v0"], "a file is named ./pulled.py:Class"),
    (["Pulled-v0", "--register", "pulled:nothing"], "pulled has no function 'nothing'"),
    (["pulled.py:A_NUMBER"], "is int, not a class or a function"),
    (["pulled.py:Nothing"], "it has Pulled, make_pulled, register"),
  ])
  func `or a name in it is refused`(arguments: [String], words: String) throws {
    let scratch = try Scratch()
    let run = try train(arguments, in: neighbors, scratch)
    #expect(run.code == 2 && run.error.contains(words), "\(run.error)")
  }
}

@Suite struct `An exception without a message` {
  @Test(arguments: [("AssertsBare", "assert self.steps < 3"), ("RaisesBare", "raise NotImplementedError")])
  func `is shown with its line`(name: String, words: String) throws {
    let scratch = try Scratch()
    let run = try train([fixtures + "misbehaving.py:\(name)"], scratch)
    #expect(run.code == 3 && run.error.contains(words), "\(run.error)")
    #expect(run.error.contains(/Error: .* \(\/.*misbehaving\.py:\d+\)/), "\(run.error)")
  }
}
