import AscentTestSupport
import Foundation
import Glibc
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures/processes.py:"

/// A way in which a run ends.
enum Ending: String, CaseIterable {
  case success, fault, interrupt, workers, restart

  var code: Int32 {
    switch self {
    case .success, .workers, .restart: 0
    case .fault: 3
    case .interrupt: 130
    }
  }
}

/// Trains in a fixture, in the folder of `scratch`, until this ending.
private func train(
  _ name: String, _ ending: Ending = .success, _ more: [String] = [], in scratch: Scratch
) throws -> Command {
  var arguments = [
    "train", fixtures + name, "--lanes", "2", "--patience", "30", "--seed", "3", "--set", "rollout.steps=32",
    "--set", "checkpoint.every_steps=64", "--json", "--quiet", "--out", scratch("run"),
    "--steps", ending == .interrupt ? "100000000" : "512",
  ]
  var variables = ["ASCENT_TEST_FILE_BY_PROCESS": "1"]
  switch ending {
  case .success, .interrupt: break
  case .fault: variables["ASCENT_TEST_FAULT_STEP"] = "333"
  case .workers: arguments += ["--workers", "2"]
  case .restart:
    // The first process fails; the second has fewer steps left.
    arguments += ["--on-fault", "restart"]
    variables["ASCENT_TEST_FAULT_STEP"] = "333"
  }
  return try Command.run(arguments + more, in: scratch.path, environment: variables) { process in
    guard ending == .interrupt else { return }
    scratch.await(rows: 3, of: "run", madeBy: process)
    kill(process.processIdentifier, SIGINT)
  }
}

extension Scratch {
  /// The processes of pids.txt that still run after at most `seconds`; one that waits for its parent has ended.
  fileprivate func processes(after seconds: Int = 10) throws -> [Int32] {
    let started = try text("pids.txt").split(separator: "\n").compactMap { Int32($0) }
    #expect(!started.isEmpty)
    var alive: [Int32] = []
    for _ in 0..<(seconds * 20) {
      alive = started.filter { id in
        let status = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
        return status.map { !$0.contains(") Z ") } ?? false
      }
      if alive.isEmpty { break }
      usleep(50_000)
    }
    return alive
  }

  /// The concatenated texts of the files whose names begin so.
  fileprivate func texts(_ prefix: String) throws -> [String] {
    try names().filter { $0.hasPrefix(prefix) }.map { try text($0) }
  }
}

@Suite struct `The end of a run` {
  @Test(arguments: Ending.allCases)
  func `runs exit handlers and flushes files`(ending: Ending) throws {
    let scratch = try Scratch()
    let run = try train("Logged", ending, in: scratch)
    #expect(run.code == ending.code, "\(run.error)")
    let processes = ending == .workers || ending == .restart ? 2 : 1
    #expect(try scratch.texts("goodbye") == Array(repeating: "goodbye\n", count: processes))
    #expect(run.error.contains("ZeroDivisionError"), "an exit handler that fails is shown")
    let rows = try scratch.texts("rows").joined()
    let count = rows.split(separator: "\n").count
    #expect(rows.hasSuffix("\n"))
    switch ending {
    case .success, .workers: #expect(count == 512)
    case .fault: #expect(count == 332)
    case .interrupt: #expect(count >= 64)
    case .restart: #expect(count >= 512)
    }
  }

  @Test(arguments: Ending.allCases, ["Simulated", "Spawned", "ForkServed"])
  func `leaves no process of multiprocessing behind`(ending: Ending, name: String) throws {
    let scratch = try Scratch()
    let run = try train(name, ending, in: scratch)
    #expect(run.code == ending.code && !run.error.contains("has not ended"), "\(run.error)")
    #expect(try scratch.processes() == [])
  }

  @Test func `that is a hang or a kill leaves no forked process of multiprocessing behind`() throws {
    let scratch = try Scratch()
    let hung = try train("HangsBesideSimulator", .success, ["--patience", "1"], in: scratch)
    #expect(hung.code == 3 && hung.error.contains("has not returned for 1 seconds"), "\(hung.error)")
    #expect(try scratch.processes() == [])

    let killed = try Scratch()
    _ = try Command.run(
      [
        "train", fixtures + "Simulated", "--steps", "100000000", "--workers", "2", "--quiet", "--out",
        killed("run"),
      ],
      in: killed.path
    ) { process in
      killed.await(rows: 2, of: "run", madeBy: process)
      kill(process.processIdentifier, SIGKILL)
    }
    #expect(try killed.processes() == [])
  }

  /// On a terminal, Ctrl-C also reaches the simulator, which ends by it.
  @Test func `by Ctrl-C is an interrupt, also when the environment's process ended first`() throws {
    let scratch = try Scratch()
    let run = try Command.run(
      [
        "train", fixtures + "Simulated", "--steps", "100000000", "--json", "--quiet", "--out", scratch("run"),
      ],
      in: scratch.path
    ) { process in
      scratch.await(rows: 2, of: "run", madeBy: process)
      kill(process.processIdentifier, SIGSTOP)
      for id in try scratch.text("pids.txt").split(separator: "\n").compactMap({ Int32($0) }) {
        kill(id, SIGINT)
      }
      kill(process.processIdentifier, SIGINT)
      kill(process.processIdentifier, SIGCONT)
    }
    #expect(run.code == 130, "\(run.error)")
    #expect(try scratch.processes() == [])
  }

  @Test func `joins threads, except daemon threads`() throws {
    let scratch = try Scratch()
    let run = try train("Threaded", in: scratch)
    #expect(run.code == 0, "\(run.error)")
    #expect(try scratch.text("thread.txt") == "joined")
  }

  @Test(arguments: [
    ("HangsAtExit", "Python has not ended for 1 seconds"),
    ("HangsInThread", "Python has not ended for 1 seconds"),
    ("HangsInClose", "the environment has not closed for 1 seconds"),
  ])
  func `that hangs is given up after the results were saved`(name: String, words: String) throws {
    let scratch = try Scratch()
    let run = try train(name, .success, ["--patience", "1"], in: scratch)
    #expect(run.code == 0 && run.error.contains(words), "\(run.error)")
    #expect(run.lines.last?["event"] as? String == "done")
    #expect(try scratch.text("run/run.toml").contains("fingerprint"))
    let faulty = try Scratch()
    let fault = try train(name, .fault, ["--patience", "1"], in: faulty)
    #expect(fault.code == 3 && fault.error.contains("lost its license"), "\(fault.error)")
  }

  @Test func `of a worker that hangs is given up`() throws {
    let scratch = try Scratch()
    let run = try train("HangsAtExit", .workers, ["--patience", "1"], in: scratch)
    #expect(run.code == 0 && run.error.contains("Python has not ended for 1 seconds"), "\(run.error)")
  }

  @Test(arguments: ["native:cartpole", "CartPole-v1"])
  func `by a closed pipe saves a checkpoint`(environment: String) throws {
    let scratch = try Scratch()
    let run = try piped(
      ["train", environment, "--steps", "100000000", "--json", "--quiet", "--out", scratch("run")],
      through: "head -n 2 > /dev/null")
    #expect(run == ["", "130"])
    #expect(try scratch.names("run/checkpoints").count == 1)
  }

  /// Runs ascent with its output in a pipe; returns its errors and its exit code.
  private func piped(_ arguments: [String], through reader: String) throws -> [String] {
    let words = ([Command.executable] + arguments).map { "'\($0)'" }.joined(separator: " ")
    let shell = try Command.run(
      ["-c", "\(words) | \(reader); echo ${PIPESTATUS[0]}"], executable: "/bin/bash")
    return [shell.error, shell.out.trimmingCharacters(in: .whitespacesAndNewlines)]
  }
}

@Suite struct `Processes and signals of an environment` {
  @Test(arguments: [
    "Pooled", "Executed", "StartedInStep", "Forked", "EndedAtOnce", "Interrupted", "Launched", "Watched",
    "Limited",
  ])
  func `are those of python`(name: String) throws {
    let scratch = try Scratch()
    let run = try train(name, in: scratch)
    #expect(run.code == 0, "\(run.error)")
    #expect(run.lines.last?["steps"] as? Int == 512)
    if name == "Launched" { #expect(try scratch.processes() == []) }
  }

  @Test(arguments: [
    ("HangsInConstructor", "the environment has not been made for 1 seconds", "in __init__"),
    ("HangsInMask", "has not returned for 1 seconds", "in action_masks"),
    ("HangsInState", "has not returned for 1 seconds", "in ascent_get_state"),
  ])
  func `that hang are given up after --patience`(name: String, words: String, function: String) throws {
    for workers in ["1", "2"] {
      let scratch = try Scratch()
      let masks = name == "HangsInMask" ? ["--set", "environment.action_masks=true"] : []
      let run = try train(
        name, .success, ["--patience", "1", "--workers", workers] + masks, in: scratch)
      #expect(run.code == 3 && run.error.contains(words), "\(run.error)")
      // Two processes that hang at once write their stacks at once, a piece of each in turn.
      let stacks = run.error.matches(of: /Stack \(most recent call first\)/).count
      #expect(run.error.contains(function) || stacks == 2, "\(run.error)")
    }
  }
}
