import AscentTestSupport
import Foundation
import Testing

private let folder = TestPython.projectFolder + "/Tests/"
private let zoo = folder + "Faults/zoo.py:"

/// One misbehaving environment of the laboratory's zoo, whose fault happens so often.
private func train(
  _ name: String, _ more: [String], faults: Int = 1, in scratch: Scratch, out: String = "run",
  step: Int = 900,
  whileRunning: (Process) throws -> Void = { _ in }
) throws -> Command {
  try Command.run(
    [
      "train", zoo + name, "--steps", "3000", "--seed", "3", "--set", "rollout.steps=64", "--set",
      "checkpoint.every_steps=512", "--json", "--out", scratch(out),
    ] + more,
    environment: [
      "ASCENT_FAULT_LOG": scratch("log-\(out)"), "ASCENT_FAULTS": String(faults),
      "ASCENT_FAULT_STEP": String(step),
    ], whileRunning: whileRunning)
}

private func fingerprint(_ command: Command) -> String? { command.lines.last?["fingerprint"] as? String }

@Suite struct `ascent train --on-fault` {
  @Test(arguments: [
    "Raises", "NotANumber", "CallsSysExit", "Exits", "ExitsInC", "Segfaults", "IsKilled", "Hangs",
    "EatsMemory",
  ])
  func `restart goes on to the undisturbed bits`(name: String) throws {
    let scratch = try Scratch()
    let whole = try train("Steady", ["--quiet"], in: scratch, out: "whole")
    let broken = try train(
      name, ["--on-fault", "restart", "--patience", "2", "--memory-limit", "400"], in: scratch)
    #expect(broken.code == 0, "\(broken.error)")
    #expect(broken.error.contains("ascent: fault 1: the run's process "), "\(broken.error)")
    #expect(fingerprint(whole) != nil && fingerprint(broken) == fingerprint(whole))
  }

  @Test func `restart takes a fault that comes again for no accident`() throws {
    let scratch = try Scratch()
    let broken = try train(
      "Raises", ["--on-fault", "restart", "--quiet"], faults: 100, in: scratch, step: 100)
    #expect(broken.code == 3)
    #expect(broken.error.contains("fault 3: ") && broken.error.contains("given up"), "\(broken.error)")
    #expect(try scratch.names("run/checkpoints").count == 1)
  }

  @Test func `restart takes a refusal for no fault`() throws {
    let scratch = try Scratch()
    try """
    import os, gymnasium, numpy

    class Changes(gymnasium.Env):
        observation_space = gymnasium.spaces.Box(-1, 1, (1,), numpy.float32)
        action_space = gymnasium.spaces.Discrete(2)
        count = 0

        def reset(self, *, seed=None, options=None):
            return numpy.zeros(1, numpy.float32), {}

        def step(self, action):
            self.count += 1
            if self.count == 100:
                open(__file__, "a").write("# changed\\n")
                os._exit(9)
            return numpy.zeros(1, numpy.float32), 0.0, self.count % 10 == 0, False, {}
    """.write(toFile: scratch("changes.py"), atomically: true, encoding: .utf8)
    let run = try Command.run([
      "train", scratch("changes.py:Changes"), "--steps", "1000", "--lanes", "1", "--preset", "none", "--set",
      "rollout.steps=16", "--set", "checkpoint.every_steps=32", "--on-fault", "restart", "--out",
      scratch("run"),
    ])
    #expect(run.code == 2 && run.error.contains("made_with.environment_file was"), "\(run.error)")
    #expect(run.error.contains("fault 1: ") && !run.error.contains("fault 2: "), "\(run.error)")
  }

  @Test func `restart passes Ctrl-C on, and leaves no process behind`() throws {
    let scratch = try Scratch()
    let slow = [
      "train", folder + "Fixtures/misbehaving.py:Slow", "--steps", "100000", "--lanes", "4", "--set",
      "rollout.steps=40",
      "--on-fault", "restart", "--json", "--quiet", "--out",
    ]
    let cut = try Command.run(slow + [scratch("cut")]) { process in
      scratch.await(rows: 2, of: "cut", madeBy: process)
      kill(process.processIdentifier, SIGTERM)
    }
    #expect(cut.code == 130, "\(cut.error)")
    #expect(cut.lines.last?["event"] as? String == "interrupted")
    #expect(try scratch.names("cut/checkpoints").count == 1)
    _ = try Command.run(slow + [scratch("killed")]) { process in
      scratch.await(rows: 2, of: "killed", madeBy: process)
      let killed = try Command.kill(process)
      #expect(killed.children == 1 && killed.areGone)
    }
  }

  /// This environment raises in the fourth step of every episode.
  @Test func `reset-lane ends episodes there, and says so, with the same bits for any workers`() throws {
    let scratch = try Scratch()
    let runs = try ["1", "2", "2"].enumerated().map { k, workers in
      try Command.run([
        "train", folder + "Fixtures/misbehaving.py:Raises", "--steps", "1200", "--lanes", "4", "--on-fault",
        "reset-lane",
        "--workers", workers, "--json", "--out", scratch("\(k)"),
      ])
    }
    for run in runs {
      #expect(run.code == 0, "\(run.error)")
      #expect(fingerprint(run) != nil && fingerprint(run) == fingerprint(runs[0]))
      #expect(run.lines.last?["faults"] as? Int == 400)
      #expect(run.error.contains("400 episodes were ended by faults of the environment"), "\(run.error)")
      #expect(run.error.contains("ValueError: the pole is gone (lane "))
    }
    #expect(try scratch.text("0/run.toml").contains("on_fault = \"reset-lane\""))
  }

  /// What fault.json says is enough to make the fault again without Ascent.
  @Test(arguments: ["1", "64"])
  func `stop leaves the actions that led to a fault`(rolloutSteps: String) throws {
    let scratch = try Scratch()
    let broken = try train("Raises", ["--set", "rollout.steps=\(rolloutSteps)"], in: scratch)
    #expect(broken.code == 3)
    let text = try #require(
      try JSONSerialization.jsonObject(with: Data(scratch.text("run/fault.json").utf8)) as? [String: Any])
    let actions = try #require(text["actions"] as? [[Double]])
    #expect(actions.count == text["step"] as? Int && actions.count > 1)
    #expect((text["fault"] as? String)?.contains("the pole is gone") == true)
    let (lane, episode) = (try #require(text["lane"] as? Int), try #require(text["episode"] as? Int))
    // The undisturbed run did the same there.
    _ = try train("Steady", ["--set", "rollout.steps=\(rolloutSteps)"], in: scratch, out: "whole")
    let replay = try Command.run([
      "replay", scratch("whole"), "--lane", "\(lane)", "--episode", "\(episode)", "--out", scratch("e.jsonl"),
    ])
    #expect(replay.code == 0, "\(replay.error)")
    let line = try #require(
      try JSONSerialization.jsonObject(with: Data(scratch.text("e.jsonl").utf8)) as? [String: Any])
    let whole = try #require(line["actions"] as? [Double])
    #expect(actions.map { $0[0] } == Array(whole.prefix(actions.count)))
  }

  @Test func `stop names the location of a hang, with Python's stack`() throws {
    let scratch = try Scratch()
    let hung = try train("Hangs", ["--patience", "1"], in: scratch)
    #expect(hung.code == 3)
    let location = /has not returned for 1 seconds \(lane \d+, episode \d+, step \d+\): it hangs/
    #expect(hung.error.contains(location) && hung.error.contains("in misbehave"), "\(hung.error)")
  }

  @Test func `stop shows Python's stack of a crash`() throws {
    let scratch = try Scratch()
    let crashed = try train("Segfaults", [], in: scratch)
    #expect(crashed.code == SIGSEGV, "the signal's number")
    #expect(
      crashed.error.contains("Segmentation fault") && crashed.error.contains("in misbehave"),
      "\(crashed.error)")
  }

  @Test(arguments: [
    (["--on-fault", "panic"], "panic"), (["--memory-limit", "0"], "--memory-limit"),
    (["--on-fault", "reset-lane", "--vector"], "vector"),
  ])
  func `refuses what makes no sense`(more: [String], words: String) throws {
    let scratch = try Scratch()
    let command = try Command.run(["train", "CartPole-v1", "--out", scratch("run")] + more)
    #expect(command.code == 2 && command.error.contains(words), "\(command.error)")
  }

  @Test func `checkpoints come by the clock, too`() throws {
    let scratch = try Scratch()
    let command = try Command.run([
      "train", folder + "Fixtures/misbehaving.py:Slow", "--steps", "1000", "--lanes", "4", "--set",
      "rollout.steps=40",
      "--set", "checkpoint.every_seconds=0.001", "--set", "checkpoint.every_steps=0", "--quiet", "--out",
      scratch("run"),
    ])
    #expect(command.code == 0, "\(command.error)")
    #expect(try scratch.names("run/checkpoints").count == 3)
  }
}
