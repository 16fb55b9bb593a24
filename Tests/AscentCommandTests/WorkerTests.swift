import AscentTestSupport
import Foundation
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures/misbehaving.py"

private func line(_ run: String, _ arguments: [String], workers: String) -> [String] {
  ["train"] + arguments + ["--workers", workers, "--out", run, "--json", "--quiet"]
}

@Suite struct `ascent train --workers` {
  /// Every algorithm's updates, every way in which lanes leave something for the next iteration, lanes that do and do not
  /// divide.
  @Test(arguments: [
    ["CartPole-v1", "--steps", "6000"],
    ["LunarLander-v3", "--steps", "3000", "--lanes", "5"],
    ["native:cartpole", "--steps", "6000"],
    ["CartPole-v1", "--algorithm", "trpo", "--steps", "4000", "--lanes", "4"],
    ["CartPole-v1", "--algorithm", "a2c", "--steps", "3000", "--lanes", "3"],
    ["native:cartpole", "--algorithm", "reinforce", "--preset", "none", "--steps", "4000", "--lanes", "7"],
    [
      "native:tiger", "--algorithm", "reinforce", "--preset", "none", "--steps", "4000",
      "--set", "algorithm.baseline=value", "--set", "algorithm.critic_epochs=2",
    ],
    [
      "native:cartpole", "--algorithm", "v-trace", "--preset", "none", "--steps", "4000",
      "--set", "rollout.steps=64",
    ],
    [
      "CartPole-v1", "--preset", "none", "--steps", "4000", "--emission", "hide=1,3", "--emission",
      "gaussian=0.1",
      "--set", "policy.memory=gru", "--set", "rollout.steps=64", "--set", "algorithm.minibatch=256",
      "--set", "algorithm.sequence=16", "--set", "algorithm.burn_in=4",
    ],
    [
      "native:cartpole", "--algorithm", "trpo", "--preset", "none", "--steps", "3000", "--set",
      "policy.memory=lstm",
    ],
    // Observations that stay where they were sampled, by vectors of two lanes.
    [
      "CartPole-v1", "--vector", "--set", "environment.vector=2", "--preset", "none", "--steps", "4000",
      "--lanes", "12",
      "--set", "environment.frame_stack=16", "--set", "rollout.steps=64", "--set", "algorithm.minibatch=384",
      "--set", "algorithm.epochs=2",
    ],
    [
      "Pendulum-v1", "--preset", "none", "--steps", "4000", "--lanes", "3", "--set",
      "policy.distribution=gsde",
      "--set", "rollout.steps=256", "--set", "algorithm.minibatch=300",
      "--set", "normalize.observations=true", "--set", "normalize.returns=true",
    ],
  ])
  func `gives the same bits for every number of them`(arguments: [String]) throws {
    let scratch = try Scratch()
    let files = try ["1", "2", "3"].map { workers in
      let command = try Command.run(line(scratch(workers), arguments + ["--seed", "7"], workers: workers))
      #expect(command.code == 0, "\(command.error)")
      let metrics = try scratch.text("\(workers)/metrics.csv").split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).dropLast().joined(separator: ",")
      }
      let newest = try #require(try scratch.names("\(workers)/checkpoints").last)
      let checkpoint = try Data(
        contentsOf: URL(fileURLWithPath: scratch("\(workers)/checkpoints/\(newest)")))
      return (try scratch.text("\(workers)/run.toml"), metrics, checkpoint)
    }
    #expect(files[0].0.contains("fingerprint"))
    for other in files[1...] {
      #expect(other.0 == files[0].0, "run.toml with the fingerprint")
      #expect(other.1 == files[0].1, "every metric but the seconds")
      #expect(other.2 == files[0].2, "the checkpoint, open episodes included")
    }
  }

  @Test(arguments: [[], ["--set", "policy.memory=gru", "--preset", "none", "--emission", "flicker=0.2"]])
  func `can be interrupted, and resumed with another number`(more: [String]) throws {
    let scratch = try Scratch()
    let slow = "\(fixtures):Slow"
    let arguments =
      [slow, "--steps", "2400", "--lanes", "4", "--set", "rollout.steps=40", "--seed", "3"] + more
    let whole = try Command.run(line(scratch("whole"), arguments, workers: "1"))
    let cut = try Command.run(line(scratch("cut"), arguments + ["--resume"], workers: "2")) { process in
      scratch.await(rows: 3, of: "cut", madeBy: process)
      kill(process.processIdentifier, SIGINT)
    }
    #expect(cut.code == 130, "\(cut.error)")
    #expect(cut.lines.last?["event"] as? String == "interrupted")
    let rest = try Command.run(line(scratch("cut"), arguments + ["--resume"], workers: "3"))
    #expect(rest.code == 0, "\(rest.error)")
    let print = whole.lines.last?["fingerprint"] as? String
    #expect(print != nil && rest.lines.last?["fingerprint"] as? String == print)
  }

  /// Worker 1 has lanes 2 and 3 of four; the second of them breaks.
  @Test(arguments: [
    (
      "RaisesElsewhere",
      "the environment raised ValueError: the pole is gone (lane 3, episode 0, step 4, seed 1)"
    ),
    ("ExitsElsewhere", "worker 1 (lanes 2, 3) ended with exit code 7, without an error message"),
    ("AbortsElsewhere", "worker 1 (lanes 2, 3) was ended by signal 6"),
    ("HangsElsewhere", "worker 1 (lanes 2, 3) has not responded for 1 seconds: its environment hangs"),
  ])
  func `reports a worker that breaks, with its lanes, and keeps the run`(
    name: String, message: String
  ) throws {
    let scratch = try Scratch()
    let arguments = ["\(fixtures):\(name)", "--steps", "1000", "--lanes", "4", "--patience", "1"]
    let command = try Command.run(line(scratch("run"), arguments, workers: "2"))
    #expect(command.code == 3)
    #expect(command.error.contains(message), "\(command.error)")
    #expect(try scratch.names("run/checkpoints").count == 1)
    guard name == "RaisesElsewhere" else { return }
    // The worker leaves what led there, as process 0 does for its own lanes.
    let record = try #require(
      try JSONSerialization.jsonObject(with: Data(scratch.text("run/fault.json").utf8)) as? [String: Any])
    #expect(record["lane"] as? Int == 3 && record["step"] as? Int == 4)
    #expect((record["actions"] as? [[Double]])?.count == 4)
  }

  @Test func `reports what a worker cannot open`() throws {
    let scratch = try Scratch()
    let arguments = ["\(fixtures):RaisesAtOpeningElsewhere", "--steps", "1000", "--lanes", "4"]
    let command = try Command.run(line(scratch("run"), arguments, workers: "2"))
    #expect(command.code == 2 && command.error.contains("no second license"), "\(command.error)")
  }

  @Test func `lets an environment end what it starts`() throws {
    let scratch = try Scratch()
    let arguments = ["\(fixtures):EndsWhatItStarts", "--steps", "100", "--lanes", "4"]
    let command = try Command.run(line(scratch("run"), arguments, workers: "2"))
    #expect(command.code == 0, "\(command.error)")
  }

  @Test func `ends at once when the first process's environment breaks`() throws {
    let scratch = try Scratch()
    let arguments = ["\(fixtures):Raises", "--steps", "100", "--lanes", "4"]
    let command = try Command.run(line(scratch("run"), arguments, workers: "3"))
    #expect(command.code == 3)
    #expect(command.error.contains("ValueError: the pole is gone (lane "), "\(command.error)")
    #expect(try scratch.names("run/checkpoints").count == 1)
  }

  @Test func `leaves no process behind`() throws {
    let scratch = try Scratch()
    let slow = "\(fixtures):Slow"
    let arguments = [slow, "--steps", "100000", "--lanes", "4", "--set", "rollout.steps=40"]
    _ = try Command.run(line(scratch("run"), arguments, workers: "3")) { process in
      scratch.await(rows: 2, of: "run", madeBy: process)
      let killed = try Command.kill(process)
      #expect(killed.children == 2 && killed.areGone, "they end with their parent")
    }
  }

  @Test func `makes sense of every number`() throws {
    let scratch = try Scratch()
    let arguments = ["native:cartpole", "--steps", "2000", "--lanes", "2"]
    let many = try Command.run(["train"] + arguments + ["--workers", "5", "--out", scratch("many")])
    #expect(many.code == 0 && many.error.contains("5 workers for 2 lanes: only 2 of them can be used"))
    let automatic = try Command.run(line(scratch("auto"), arguments, workers: "auto"))
    #expect(automatic.code == 0, "\(automatic.error)")
    for (count, sentence) in [
      ("0", "--workers must be from 1 to 256, or auto; it is 0"), ("257", "--workers must be from 1 to 256"),
      ("some", "workers"),
    ] {
      let refused = try Command.run(line(scratch("refused"), arguments, workers: count))
      #expect(refused.code == 2 && refused.error.contains(sentence), "\(refused.error)")
    }
    let impatient = try Command.run(line(scratch("no"), arguments + ["--patience", "0"], workers: "2"))
    #expect(impatient.code == 2 && impatient.error.contains("--patience"))
    let alone = try Command.run(["worker", "1", "0"])
    #expect(alone.code == 2 && alone.error.contains("no run to join"))
  }
}
