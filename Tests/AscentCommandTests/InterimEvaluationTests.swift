import AscentTestSupport
import Foundation
import Testing

/// `--evaluate-every`: rows of evaluations.csv and the best policy, which change nothing that is learned.
@Suite struct `Evaluations while a run is made` {
  private let scratch: Scratch
  private static let small = [
    "--preset", "none", "--lanes", "3", "--json", "--set", "rollout.steps=32", "--set",
    "algorithm.minibatch=48",
    "--set", "checkpoint.every_steps=500",
  ]
  private static let evaluating = ["--evaluate-every", "400", "--evaluate-episodes", "3"]
  private static let slow = TestPython.projectFolder + "/Tests/Fixtures/misbehaving.py:Slow"

  init() throws { scratch = try Scratch() }

  @discardableResult
  private func train(_ arguments: [String], _ run: String) throws -> Command {
    let command = try Command.run(["train"] + arguments + Self.small + ["--out", scratch(run)])
    #expect(command.code == 0, "\(command.error)")
    return command
  }

  private func evaluations(_ run: String) throws -> [String] {
    try scratch.text("\(run)/evaluations.csv").split(separator: "\n").map(String.init)
  }

  private func best(_ run: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: scratch("\(run)/best/policy.safetensors")))
  }

  private func bits(_ command: Command) -> String? { command.lines.last?["bits"] as? String }

  @Test(arguments: [
    ["native:cartpole"], ["CartPole-v1", "--emission", "hide=1,3", "--set", "policy.memory=gru"],
    ["CartPole-v1", "--environment-rng", "native"], ["CartPole-v1", "--environment-rng", "episodes"],
    ["Pendulum-v1", "--set", "normalize.observations=all"], ["CartPole-v1", "--vector"],
    ["native:tiger", "--set", "policy.memory=lstm"], ["CartPole-v1", "--capture-rng", "--algorithm", "trpo"],
  ])
  func `change no bit of what is learned`(_ environment: [String]) throws {
    let line = environment + ["--steps", "1600"]
    let without = try train(line, "without")
    let with = try train(line + Self.evaluating, "with")
    #expect(bits(without) != nil && bits(without) == bits(with))
    let rows = try evaluations("with")
    #expect(rows.count == 5, "\(rows)")
    // The first end of an iteration after each 400 steps; lanes of a vector also wait.
    let first = rows[1].split(separator: ",")[1]
    #expect(first == (environment.contains("--vector") ? "464" : "480"), "\(rows)")
    let events = with.lines.filter { $0["event"] as? String == "evaluation" }
    #expect(events.count == 4 && events[0]["eval/mean_reward"] != nil && events[0]["best"] as? Bool == true)
    // The settings differ, and no result does.
    let difference = try Command.run(["diff", scratch("without"), scratch("with"), "--json"])
    #expect(difference.code == 0, "\(difference.out) \(difference.error)")
    #expect(try Command.run(["reproduce", scratch("with"), "--json"]).code == 0)
  }

  @Test func `a run that ends before the first one says so`() throws {
    let command = try train(["native:cartpole", "--steps", "300", "--evaluate-every", "400"], "short")
    #expect(command.error.contains("evaluation.every_steps = 400 means no evaluation"), "\(command.error)")
  }

  /// random and numpy.random are shared by all environments of a process.
  @Test func `leave no trace in generators that environments share`() throws {
    try """
    import random, gymnasium, numpy
    class Shared(gymnasium.Env):
        observation_space = gymnasium.spaces.Box(-9, 9, (1,), numpy.float32)
        action_space = gymnasium.spaces.Discrete(2)
        def __init__(self):
            self.size = random.random() + numpy.random.normal()
        def reset(self, *, seed=None, options=None):
            super().reset(seed=seed)
            self.left = random.randint(3, 9)
            return numpy.zeros(1, numpy.float32), {}
        def step(self, action):
            self.left -= 1
            return numpy.full(1, numpy.random.normal(), numpy.float32).clip(-9, 9), random.random() * action, self.left == 0, False, {}
    """.write(toFile: scratch("shared.py"), atomically: true, encoding: .utf8)
    let line = [scratch("shared.py") + ":Shared", "--steps", "1600"]
    #expect(bits(try train(line, "without")) == bits(try train(line + Self.evaluating, "with")))
    let again = line + ["--capture-rng"]
    #expect(bits(try train(again, "without-2")) == bits(try train(again + Self.evaluating, "with-2")))
  }

  @Test func `are the same by one, two and three workers`() throws {
    let line = ["CartPole-v1", "--steps", "1600"] + Self.evaluating
    for workers in 1...3 { try train(line + ["--workers", "\(workers)"], "by-\(workers)") }
    for workers in 2...3 {
      #expect(try evaluations("by-\(workers)") == evaluations("by-1"))
      #expect(try best("by-\(workers)") == best("by-1"))
    }
  }

  @Test func `are the same after a kill and another budget`() throws {
    let line = [Self.slow, "--steps", "2000"] + Self.evaluating
    try train(line, "whole")
    let full = ["train"] + line + Self.small + ["--out", scratch("killed")]
    _ = try Command.run(full) { process in
      scratch.await(rows: 13, of: "killed", madeBy: process)
      _ = try Command.kill(process)
    }
    try train(line + ["--resume"], "killed")
    #expect(try evaluations("killed") == evaluations("whole"))
    #expect(try best("killed") == best("whole"))
    // What a shorter run does not reach is gone.
    try train([Self.slow, "--steps", "1000"] + Self.evaluating, "extended")
    #expect(try evaluations("extended").count == 3)
    try train([Self.slow, "--steps", "2000", "--resume"], "extended")
    #expect(try evaluations("extended").count == 6)
  }

  @Test func `have a best policy for every command that takes one`() throws {
    try train(["native:cartpole", "--steps", "1600"] + Self.evaluating, "run")
    let row = try #require(try evaluations("run").last { $0.hasSuffix(",1") })
    let steps = Int(row.split(separator: ",")[1])
    let found = try Command.run(["evaluate", scratch("run/best"), "--episodes", "2", "--json"])
    #expect(found.code == 0 && found.lines.last?["policy_steps"] as? Int == steps, "\(found.error)")
    for line in [
      ["export", scratch("run/best"), "--format", "c", "--out", scratch("policy.c")],
      ["sample", scratch("run/best/"), "--episodes", "1", "--out", scratch("x.jsonl")],
      [
        "train", "native:cartpole", "--from", scratch("run/best"), "--steps", "96", "--preset", "none",
        "--out", scratch("next"),
      ],
    ] {
      let command = try Command.run(line)
      #expect(command.code == 0, "\(line) \(command.error)")
    }
    for line in [
      ["reproduce", scratch("run/best")],
      ["train", "native:cartpole", "--out", scratch("run/best")],
      ["train", "--out", scratch("run/best"), "--resume"],
      ["export", scratch("run"), "--format", "c", "--out", scratch("run/evaluations.csv")],
      ["export", scratch("run"), "--format", "c", "--out", scratch("run/events.out.tfevents.000001")],
      ["export", scratch("run"), "--format", "c", "--out", scratch("run/best/policy.json")],
      ["train", "native:cartpole", "--evaluate-episodes", "3", "--out", scratch("x")],
      ["train", "native:cartpole", "--evaluate-every", "-3", "--out", scratch("x")],
    ] {
      let command = try Command.run(line)
      #expect(command.code == 2, "\(line) \(command.error)")
    }
  }
}
