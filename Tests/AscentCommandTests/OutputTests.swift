import AscentTestSupport
import Foundation
import Glibc
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures/outputs.py:"

/// A short run in a fixture, with JSON.
private func training(_ name: String, in scratch: Scratch, _ more: [String] = []) -> [String] {
  [
    "train", name.contains(":") || name.contains("-") ? name : fixtures + name, "--lanes", "2", "--seed", "3",
    "--steps", "512", "--set", "rollout.steps=32", "--json", "--quiet", "--out", scratch("run"),
  ] + more
}

/// Runs ascent by bash with these redirections; returns its error text and its exit code.
private func redirected(
  _ arguments: [String], _ redirections: String, in scratch: Scratch, environment: [String: String] = [:]
) throws -> (code: Int, out: String, error: String) {
  let words = ([Command.executable] + arguments).map { "'\($0)'" }.joined(separator: " ")
  let shell = try Command.run(
    ["-c", "\(words) \(redirections); echo code ${PIPESTATUS[0]}"], executable: "/bin/bash", in: scratch.path,
    environment: environment)
  let parts = shell.out.components(separatedBy: "code ")
  let code = try #require(parts.last.flatMap { Int($0.trimmingCharacters(in: .newlines)) })
  return (code, parts.dropLast().joined(), shell.error)
}

@Suite struct `Results` {
  /// What an environment writes to descriptor 1, however it does that, is not among them.
  @Test(arguments: ["1", "2"])
  func `are apart from what an environment, its libraries and its processes write`(workers: String) throws {
    let scratch = try Scratch()
    let run = try Command.run(training("Writes", in: scratch, ["--workers", workers]), in: scratch.path)
    #expect(run.code == 0, "\(run.error)")
    let lines = run.out.split(separator: "\n")
    #expect(lines.count == run.lines.count && run.lines.last?["event"] as? String == "done")
    for words in [
      "by descriptor", "by C", "by a program", "by its descriptor", "by a fork", "by Python",
    ] {
      #expect(run.error.contains(words), "\(run.error)")
    }
  }

  @Test func `in a file are apart from it, too`() throws {
    let scratch = try Scratch()
    let quiet = try Command.run(training("Walk", in: scratch), in: scratch.path)
    #expect(quiet.code == 0, "\(quiet.error)")
    let sample = try Command.run(
      ["sample", scratch("run"), "--episodes", "2", "--out", "/dev/stdout", "--json"], in: scratch.path)
    #expect(sample.code == 0 && sample.lines.count == 3, "\(sample.out) \(sample.error)")
  }

  @Test(arguments: [">&-", ">&- 2>&-", "<&- >&-", "<&- >&- 2>&-"], ["1", "2"])
  func `that cannot be written because standard output is closed are an error`(
    redirections: String, workers: String
  ) throws {
    let scratch = try Scratch()
    let run = try redirected(
      training("CartPole-v1", in: scratch, ["--workers", workers]), redirections, in: scratch)
    #expect(run.code == 6, "\(run.error)")
    let sentence = "ascent: cannot write to standard output: it is closed, or not open for writing\n"
    #expect(run.error == (redirections.contains("2>&-") ? "" : sentence))
    // No other file got its number.
    #expect(try scratch.names("run/checkpoints").count == 1)
    for name in ["run.toml", "metrics.csv", "policy.json"] {
      #expect(try !scratch.text("run/" + name).contains("\"event\""), "\(name)")
    }
    let evaluation = try Command.run(["evaluate", scratch("run"), "--episodes", "2", "--json"])
    #expect(evaluation.code == 0, "\(evaluation.error)")
    let sample = try redirected(
      ["sample", scratch("run"), "--episodes", "2", "--out", scratch("s.jsonl")], redirections, in: scratch)
    #expect(sample.code == 6)
    #expect(
      try scratch.text("s.jsonl").split(separator: "\n").allSatisfy { $0.hasPrefix("{\"environment\"") })
  }

  @Test(arguments: [
    ["algorithms"], ["doctor"], ["environments"], ["help", "settings"], ["--help"], ["--version"],
    ["check", "native:cartpole", "--steps", "50"],
    ["gradient", "native:two-state", "--batches", "2", "--episodes", "2"],
    ["evaluate", "RUN", "--episodes", "2"], ["estimate", "RUN", "--episodes", "2"], ["diff", "RUN", "RUN"],
    ["reproduce", "RUN"], ["replay", "RUN", "--lane", "0", "--episode", "0"],
    ["sample", "RUN", "--episodes", "2", "--out", "s.jsonl"],
  ])
  func `that a full disk or a closed pipe does not take are an error of every command`(
    arguments: [String]
  ) throws {
    let scratch = try Scratch()
    if arguments.contains("RUN") {
      let run = try Command.run(training("native:cartpole", in: scratch))
      #expect(run.code == 0, "\(run.error)")
    }
    let arguments = arguments.map { $0 == "RUN" ? scratch("run") : $0 }
    let full = try redirected(arguments, "> /dev/full", in: scratch)
    #expect(full.code == 6)
    #expect(
      full.error.hasSuffix("ascent: cannot write to standard output: No space left on device\n"),
      "\(full.error)")
    let closed = try redirected(arguments, "| true", in: scratch)
    #expect(closed.code == 6)
    #expect(
      closed.error.hasSuffix("cannot write to standard output: its reader ended before it had everything\n"),
      "\(closed.error)")
  }

  @Test(arguments: ["> /dev/full", "| true", ">&-"])
  func `that cannot be written are no fault of the run to restart it for`(redirection: String) throws {
    let scratch = try Scratch()
    let arguments = training("CartPole-v1", in: scratch, ["--on-fault", "restart"])
      .filter { $0 != "--json" && $0 != "--quiet" }
    let run = try redirected(arguments, redirection, in: scratch)
    #expect(run.code == 6, "\(run.error)")
    #expect(!run.error.contains("fault"), "\(run.error)")
    let zoo = TestPython.projectFolder + "/Tests/Faults/zoo.py:Raises"
    let twice = try redirected(
      ["train", zoo, "--steps", "3000", "--on-fault", "restart", "--out", scratch("second")],
      redirection, in: scratch, environment: ["ASCENT_FAULT_LOG": scratch("log")])
    #expect(twice.code == 6, "\(twice.error)")
    #expect(twice.error.contains("fault 1") && !twice.error.contains("fault 2"), "\(twice.error)")
  }

  /// An environment that prints gets an exception when its reader is gone; the run is over, not broken.
  @Test(arguments: [[], ["--on-fault", "restart"]])
  func `that head has read end the run with a checkpoint, also if its environment prints`(
    more: [String]
  ) throws {
    let scratch = try Scratch()
    let arguments = training("Prints", in: scratch, ["--steps", "100000000"] + more).filter { $0 != "--json" }
    let run = try redirected(arguments, "2>&1 | head -n 3 > /dev/null", in: scratch)
    #expect(run.code == 130)
    let fault = try Command.run(
      training("Prints", in: scratch, ["--steps", "1024", "--resume"]), in: scratch.path)
    #expect(fault.code == 0, "\(fault.error)")
  }

  @Test func `wait for a reader whose pipe does not block`() throws {
    let scratch = try Scratch()
    let program = """
      import fcntl, os, subprocess, sys, time
      reader, writer = os.pipe()
      fcntl.fcntl(writer, fcntl.F_SETFL, os.O_NONBLOCK)
      fcntl.fcntl(writer, 1031, 4096)  # F_SETPIPE_SZ
      process = subprocess.Popen(sys.argv[1:], stdout=writer, stderr=subprocess.DEVNULL)
      os.close(writer)
      time.sleep(1)
      count = 0
      while block := os.read(reader, 65536):
          count += len(block)
      print(count, process.wait())
      """
    let whole = try Command.run(["help", "settings", "--json"])
    let slow = try Command.run(
      ["-c", program, Command.executable, "help", "settings", "--json"], executable: "/usr/bin/python3",
      in: scratch.path)
    #expect(whole.out.utf8.count > 4096)
    #expect(slow.out == "\(whole.out.utf8.count) 0\n")
  }
}

@Suite struct `A forked process` {
  @Test func `has neither the shared memory nor the results`() throws {
    let scratch = try Scratch()
    let run = try Command.run(training("Holds", in: scratch, ["--workers", "2"]), in: scratch.path)
    #expect(run.code == 0, "\(run.error)")
    let notes = try scratch.names().filter { $0.hasPrefix("held-") }.map { try scratch.text($0) }
    // Process 0 and a worker, which has no descriptor of results until it starts Python.
    #expect(notes.count == 2 && notes.allSatisfy { $0 == "0 0 1\n" }, "\(notes)")
  }

  @Test(arguments: ["Forks", "ForksInReset", "ForksInConstructor"], ["1", "2"])
  func `that returns into the run is ended, and the run goes on`(name: String, workers: String) throws {
    let scratch = try Scratch()
    let run = try Command.run(training(name, in: scratch, ["--workers", workers]), in: scratch.path)
    #expect(run.code == 0, "\(run.error)")
    #expect(run.lines.count { $0["event"] as? String == "done" } == 1)
    #expect(run.error.contains("a process that the environment forked returned from the environment"))
    let strays = try scratch.text("stray.txt").split(separator: "\n").compactMap { Int32($0) }
    #expect(!strays.isEmpty)
    for id in strays { #expect(Glibc.kill(id, 0) != 0 || isZombie(id), "\(id)") }
    let whole = try Scratch()
    let undisturbed = try Command.run(training("Walk", in: whole), in: whole.path)
    #expect(run.lines.last?["bits"] as? String == undisturbed.lines.last?["bits"] as? String)
  }

  private func isZombie(_ id: Int32) -> Bool {
    (try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8).contains(") Z ")) ?? true
  }
}
