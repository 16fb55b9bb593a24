import AscentPythonEnvironments
import AscentTestSupport
import Foundation
import Testing

@Suite struct `ascent sample` {
  @Test func `writes what a plain Python loop would see`() throws {
    let scratch = try Scratch()
    let command = try Command.run([
      "sample", "Pendulum-v1", "--episodes", "4", "--lanes", "2", "--seed", "30", "--environment-rng",
      "native",
      "--out", scratch("x.jsonl"), "--json",
    ])
    #expect(command.code == 0, "\(command.error)")
    let answer = try TestPython.interpreter().run(
      """
      import gymnasium, json, numpy
      envs, count = {}, 0
      for line in open("\(scratch("x.jsonl"))"):
          e = json.loads(line)
          count += 1
          assert e["seed"] == 30 + e["lane"], e["seed"]
          env = envs.get(e["lane"])
          if env is None:
              env = envs[e["lane"]] = gymnasium.make("Pendulum-v1")
              o, _ = env.reset(seed=e["seed"])
          else:
              o, _ = env.reset()
          assert len(e["observations"]) == len(e["actions"]) + 1 == len(e["rewards"]) + 1 == 201
          assert len(e["log_probabilities"]) == 200 and e["truncated"] and not e["terminated"]
          assert numpy.array_equal(numpy.float32(e["observations"][0]), o)
          for t, a in enumerate(e["actions"]):
              o, r, _, truncated, _ = env.step(numpy.array(a, numpy.float32))
              assert numpy.array_equal(numpy.float32(e["observations"][t + 1]), o), t
              assert r == e["rewards"][t]
      result = count
      """)
    #expect(answer == "4")
  }

  @Test func `writes a learned policy's actions with their log-probabilities`() throws {
    let scratch = try Scratch()
    #expect(
      try Command.run([
        "train", "native:cartpole", "--steps", "500", "--set", "algorithm.rate=1e-5", "--out", scratch("run"),
      ]).code == 0)
    let line = ["sample", scratch("run"), "--episodes", "3", "--out"]
    #expect(try Command.run(line + [scratch("a.jsonl")]).code == 0)
    #expect(try Command.run(line + [scratch("b.jsonl")]).code == 0)
    #expect(try scratch.text("a.jsonl") == scratch.text("b.jsonl"))
    let first = try #require(
      try JSONSerialization.jsonObject(with: Data(scratch.text("a.jsonl").split(separator: "\n")[0].utf8))
        as? [String: Any])
    #expect(first["seed"] is NSNull)
    let logs = try #require(first["log_probabilities"] as? [Double])
    // A new policy is nearly uniform over two actions: log ½.
    #expect(logs.allSatisfy { abs($0 + 0.693) < 0.2 } && !logs.isEmpty)
    #expect((first["actions"] as? [Int])?.allSatisfy { $0 == 0 || $0 == 1 } ?? false)
  }

  /// Descriptors that the process has are written, whatever stands behind them: a rename would replace the file.
  @Test func `writes into a file that standard output is, behind what is there`() throws {
    let scratch = try Scratch()
    #expect(
      try Command.run(["train", "native:two-state", "--steps", "100", "--out", scratch("run")]).code == 0)
    let sample = "'\(Command.executable)' sample '\(scratch("run"))' --episodes 1 --out"
    let line = "(echo first; \(sample) /dev/stdout; echo last) > '\(scratch("log"))'"
    #expect(try Command.run(["-c", line], executable: "/bin/sh").code == 0)
    let lines = try scratch.text("log").split(separator: "\n")
    #expect(lines.count == 4 && lines[0] == "first" && lines[1].hasPrefix("{") && lines[3] == "last")
    // A pipe that nobody reads is refused instead of waited for.
    let pipe = "mkfifo '\(scratch("pipe"))' && \(sample) '\(scratch("pipe"))'"
    #expect(try Command.run(["-c", pipe], executable: "/bin/sh").code == 2)
  }

  @Test func `leaves no file when the environment fails`() throws {
    let scratch = try Scratch()
    let path = TestPython.projectFolder + "/Tests/Fixtures/misbehaving.py:Raises"
    let command = try Command.run(["sample", path, "--out", scratch("x.jsonl")])
    #expect(command.code == 3)
    #expect(try scratch.names().isEmpty)
  }
}

@Suite struct `The lists` {
  @Test func `of environments have the native and the hosted ones`() throws {
    let command = try Command.run(["environments", "--json"])
    let names = Set(command.lines.compactMap { $0["env"] as? String })
    #expect(command.code == 0)
    #expect(names.isSuperset(of: ["native:cartpole", "native:two-state", "CartPole-v1", "HalfCheetah-v5"]))
  }

  @Test func `of algorithms have their settings`() throws {
    let command = try Command.run(["algorithms", "--json"])
    #expect(
      command.lines.map { $0["name"] as? String }
        == [
          "maximum-likelihood", "likelihood-ratio", "reinforce", "off-policy-reinforce", "vpg", "a2c", "ppo",
          "npg", "trpo", "v-trace",
        ])
    #expect(
      command.lines.allSatisfy { line in
        let settings = line["settings"] as? [String: Any]
        return settings?["algorithm.estimator"] is String && settings?["algorithm.rate"] is Double
      })
    let one = try Command.run(["algorithms", "trpo"])
    #expect(one.code == 0 && one.out.contains("algorithm.trust_region = 0.01\n"))
  }

  @Test func `of the doctor say what runs`() throws {
    let command = try Command.run(["doctor", "--json"])
    #expect(command.code == 0, "\(command.out)")
    let names = Set(command.lines.compactMap { $0["name"] as? String })
    #expect(names.isSuperset(of: ["GSL", "libpython", "linked", "gymnasium", "kernels"]))
    let without = try Command.run(["doctor", "--python", "/nosuch"])
    #expect(without.code == 5 && without.out.contains("/nosuch"))
  }

  @Test(arguments: [
    [], ["train"], ["evaluate"], ["sample"], ["gradient"], ["estimate"], ["clone"], ["environments"],
    ["algorithms"], ["doctor"],
  ])
  func `of options are help, and help is no error`(command: [String]) throws {
    let help = try Command.run(command + ["--help"])
    #expect(help.code == 0 && help.out.contains("USAGE: ascent") && help.error.isEmpty)
    #expect(!help.out.contains("Error:"))
  }
}
