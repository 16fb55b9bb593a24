import AscentTestSupport
import Foundation
import Glibc
import Testing

private let folder = TestPython.projectFolder + "/Tests/"
private let hangs = folder + "Fixtures/hangs.py:"
private let slow = folder + "Fixtures/misbehaving.py:Slow"

/// Trains in an environment that hangs at one place.
private func train(
  _ name: String, _ more: [String] = [], in scratch: Scratch, environment: [String: String] = [:],
  whileRunning: (Process) throws -> Void = { _ in }
) throws -> Command {
  try Command.run(
    [
      "train", hangs + name, "--steps", "200", "--lanes", "2", "--preset", "none", "--set",
      "rollout.steps=20", "--json", "--quiet", "--out", scratch("run"),
    ] + more, environment: environment, whileRunning: whileRunning)
}

/// The children of a process.
private func children(of id: Int32) -> [Int32] {
  let list = try? String(contentsOfFile: "/proc/\(id)/task/\(id)/children", encoding: .utf8)
  return (list ?? "").split(separator: " ").compactMap { Int32($0) }
}

@Suite struct `Nothing hangs for ever` {
  @Test(arguments: [
    "InReset", "WithoutLettingGo", "InThreadWithLock", "InGenerator", "InArray", "InFloat", "InFlag",
    "InIndex", "InItem", "InText", "InDel", "InCollection", "InMask", "InMaskItem",
  ])
  func `in a call of an episode`(name: String) throws {
    let scratch = try Scratch()
    let masks = name.hasPrefix("InMask") ? ["--set", "environment.action_masks=true"] : []
    let run = try train(name, ["--patience", "2"] + masks, in: scratch)
    #expect(run.code == 3, "\(run.error)")
    #expect(
      run.error.contains(/has not returned for 2 seconds \(lane \d, episode \d+, step \d+\)/), "\(run.error)")
  }

  @Test(arguments: ["InSpace", "InProperty", "InMethodProperty", "InWrapper", "InImport"])
  func `while an environment is opened`(name: String) throws {
    let scratch = try Scratch()
    let isOfTheClass = name != "InWrapper" && name != "InImport"
    let run = try train(
      isOfTheClass ? name : "Steady",
      ["--patience", "2"] + (name == "InWrapper" ? ["--wrapper", hangs + name] : []), in: scratch,
      environment: name == "InImport" ? ["ASCENT_TEST_HANGS": "import"] : [:])
    #expect(run.code == 3 && run.error.contains("has not been made for 2 seconds"), "\(run.error)")
    #expect(run.error.contains("in hang"), "Python's stack: \(run.error)")
  }

  @Test(arguments: ["InModule", "InExitOfLibrary"])
  func `at the end of the process`(name: String) throws {
    let scratch = try Scratch()
    let run = try train(name, ["--patience", "2"], in: scratch)
    #expect(run.code == 0 && run.error.contains("has not ended for 2 seconds"), "\(run.error)")
  }

  /// A worker cannot end the run; process 0 finds that it is silent.
  @Test(arguments: ["InText", "InDel"], [["--workers", "2"], ["--on-fault", "restart"]])
  func `with workers, or with a supervisor`(name: String, more: [String]) throws {
    let scratch = try Scratch()
    let run = try train(name, ["--patience", "2"] + more, in: scratch)
    #expect(run.code == 3 && run.error.contains("has not returned for 2 seconds"), "\(run.error)")
  }

  @Test func `in other commands`() throws {
    let scratch = try Scratch()
    let run = try train("Steady", in: scratch)
    #expect(run.code == 0, "\(run.error)")
    let hanging = ["ASCENT_TEST_HANGS": "import"]
    for line in [
      ["evaluate", scratch("run")], ["estimate", scratch("run")], ["gradient", scratch("run")],
      ["check", hangs + "Steady"], ["sample", hangs + "Steady", "--out", scratch("episodes.jsonl")],
      ["reproduce", scratch("run")], ["replay", scratch("run"), "--lane", "0", "--episode", "1"],
    ] {
      let command = try Command.run(line + ["--patience", "2"], environment: hanging)
      #expect(command.code == 3 && command.error.contains("for 2 seconds"), "\(line): \(command.error)")
    }
    let refused = try Command.run(["evaluate", scratch("run"), "--patience", "0"])
    #expect(refused.code == 2 && refused.error.contains("--patience must be a positive number"))
  }

  @Test(arguments: [[], ["--workers", "2"], ["--on-fault", "restart"]])
  func `but what was stopped for a while does not count as a hang`(more: [String]) throws {
    let scratch = try Scratch()
    let line = [
      "train", slow, "--steps", "2400", "--lanes", "4", "--set", "rollout.steps=40", "--patience", "1",
      "--json", "--out", scratch("run"),
    ]
    let run = try Command.run(line + more) { process in
      scratch.await(rows: 3, of: "run", madeBy: process)
      let all = [process.processIdentifier] + children(of: process.processIdentifier)
      for id in all { kill(id, SIGSTOP) }
      usleep(2_500_000)
      for id in all { kill(id, SIGCONT) }
    }
    #expect(run.code == 0 && !run.error.contains("--patience"), "\(run.error)")
  }
}

@Suite struct `Signals that end a command` {
  @Test(arguments: [SIGINT, SIGTERM], [[], ["--workers", "2"], ["--on-fault", "restart"]])
  func `at once when a second one comes`(number: Int32, more: [String]) throws {
    let scratch = try Scratch()
    var seconds = Duration.zero
    var left: [Int32] = []
    // It hangs in its second iteration: the first one has a row.
    let run = try train("InStep", more, in: scratch) { process in
      scratch.await(rows: 2, of: "run", madeBy: process)
      usleep(500_000)
      left = children(of: process.processIdentifier)
      kill(process.processIdentifier, number)
      usleep(300_000)
      seconds = ContinuousClock().measure {
        kill(process.processIdentifier, number)
        process.waitUntilExit()
      }
    }
    #expect(run.code == 130 && seconds < .seconds(5), "\(run.code), \(seconds), \(run.error)")
    for _ in 0..<500 where left.contains(where: { kill($0, 0) == 0 }) { usleep(10_000) }
    #expect(left.allSatisfy { kill($0, 0) != 0 }, "no process is left")
  }

  /// A terminal that closes sends SIGHUP to all processes, perhaps twice.
  @Test(arguments: [[], ["--workers", "2"], ["--on-fault", "restart"]])
  func `after a checkpoint when the terminal closes`(more: [String]) throws {
    let scratch = try Scratch()
    let line = [
      "train", slow, "--steps", "100000", "--lanes", "4", "--set", "rollout.steps=40", "--json", "--quiet",
      "--out", scratch("run"),
    ]
    let run = try Command.run(line + more) { process in
      scratch.await(rows: 3, of: "run", madeBy: process)
      let all = [process.processIdentifier] + children(of: process.processIdentifier)
      for _ in 0..<2 { for id in all { kill(id, SIGHUP) } }
    }
    #expect(run.code == 130 && run.lines.last?["event"] as? String == "interrupted", "\(run.error)")
    #expect(try scratch.names("run/checkpoints").count == 1)
  }

  @Test func `but not under nohup`() throws {
    let scratch = try Scratch()
    let run = try Command.run(
      [
        Command.executable, "train", slow, "--steps", "1200", "--lanes", "4", "--set", "rollout.steps=40",
        "--json", "--quiet", "--out", scratch("run"),
      ], executable: "/usr/bin/nohup"
    ) { process in
      scratch.await(rows: 3, of: "run", madeBy: process)
      kill(process.processIdentifier, SIGHUP)
    }
    #expect(run.code == 0 && run.lines.last?["event"] as? String == "done", "\(run.error)")
  }

  @Test func `are no fault of the environment`() throws {
    let scratch = try Scratch()
    let run = try Command.run([
      "train", slow, "--steps", "1200", "--lanes", "4", "--set", "rollout.steps=40", "--quiet", "--out",
      scratch("run"),
    ])
    #expect(run.code == 0, "\(run.error)")
    let many = ["--episodes", "100000"]
    for line in [
      ["evaluate", scratch("run")] + many, ["estimate", scratch("run")] + many,
      ["sample", slow, "--out", scratch("episodes.jsonl")] + many, ["check", slow, "--steps", "3000"],
      ["gradient", scratch("run"), "--batches", "10000"],
    ] {
      let command = try Command.run(line) { process in
        usleep(3_000_000)
        kill(process.processIdentifier, SIGINT)
      }
      #expect(command.code == 130, "\(line): \(command.error)")
      #expect(!(command.error + command.out).contains("KeyboardInterrupt"), "\(line): \(command.error)")
    }
  }

  @Test func `are the run's, whatever handlers an environment installs`() throws {
    let scratch = try Scratch()
    let name = folder + "Fixtures/processes.py:Handles"
    let run = try Command.run(
      ["train", name, "--steps", "100000000", "--json", "--quiet", "--out", scratch("run")],
      in: scratch.path
    ) { process in
      scratch.await(rows: 3, of: "run", madeBy: process)
      kill(process.processIdentifier, SIGINT)
    }
    #expect(run.code == 130 && run.lines.last?["event"] as? String == "interrupted", "\(run.error)")
  }
}
