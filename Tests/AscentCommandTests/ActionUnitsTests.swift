import AscentTestSupport
import Foundation
import Testing

/// `policy.action_units`: what a Gaussian's numbers are in a box that is far from 0.
@Suite struct `Units of actions` {
  /// Pays for a temperature near 160 of 100 to 200 degrees, ten times.
  private static let valve =
    """
    import gymnasium, numpy
    class Valve(gymnasium.Env):
        observation_space = gymnasium.spaces.Box(-1, 1, (1,), numpy.float32)
        action_space = gymnasium.spaces.Box(100, 200, (1,), numpy.float32)
        def reset(self, *, seed=None, options=None):
            super().reset(seed=seed)
            self.time = 0
            return numpy.ones(1, numpy.float32), {}
        def step(self, action):
            self.time += 1
            return numpy.ones(1, numpy.float32), -abs(float(action[0]) - 160) / 50, self.time >= 10, False, {}
    """

  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try Self.valve.write(toFile: scratch("valve.py"), atomically: true, encoding: .utf8)
    return scratch
  }

  private func train(_ scratch: Scratch, _ run: String, _ more: [String]) throws -> Command {
    try Command.run(
      ["train", scratch("valve.py") + ":Valve", "--seed", "1", "--out", scratch(run), "--json"] + more)
  }

  /// A policy that always acts at a bound has −12 an episode, a uniform one −5.2, the best one 0.
  @Test(arguments: ["gaussian", "network-gaussian", "gsde"])
  func `let a policy learn in a box far from 0, where the environment's do not`(_ family: String) throws {
    let scratch = try scratch()
    // The noise of gsde is Σ φ² σ², of 64 features φ that are not small here.
    let noise = family == "gsde" ? ["policy.exploration_steps=1", "policy.log_deviation=-2"] : []
    let settings = ["policy.distribution=\(family)"] + noise
    let more = ["--steps", "12000"] + settings.flatMap { ["--set", $0] }
    let box = try train(scratch, "box", more)
    #expect(box.code == 0, "\(box.error)")
    #expect(try #require(box.lines.last?["mean_return"] as? Double) > -5.6, "\(box.out)")
    let evaluated = try Command.run(["evaluate", scratch("box"), "--json"])
    #expect(try #require(evaluated.lines.last?["mean_return"] as? Double) > -2)
    let environment = try train(scratch, "own", more + ["--set", "policy.action_units=environment"])
    #expect(try #require(environment.lines.last?["mean_return"] as? Double) < -11.9)
  }

  @Test func `of runs that were made before are the environment's`() throws {
    let scratch = try scratch()
    let formerly = [
      "policy.action_units=environment", "algorithm.advantage_floor=0", "normalize.observations=none",
      "normalize.returns=false",
    ].flatMap { ["--set", $0] }
    #expect(try train(scratch, "whole", ["--steps", "8192"] + formerly).code == 0)
    #expect(try train(scratch, "part", ["--steps", "4096"] + formerly).code == 0)
    let text = try scratch.text("part/run.toml")
    let words = [
      ("action_units = \"environment\"\n", ""), ("advantage_floor = 0.0\n", ""),
      ("observations = \"none\"\n", "observations = false\n"),
    ]
    var old = text
    let checkpoint = try #require(scratch.names("part/checkpoints").last)
    for (now, then) in words {
      #expect(old.contains(now))
      old = old.replacing(now, with: then)
      try DamagedCheckpoint.replace(now, with: then, in: scratch("part/checkpoints/\(checkpoint)"))
    }
    try old.write(toFile: scratch("part/run.toml"), atomically: true, encoding: .utf8)
    let evaluated = try Command.run(["evaluate", scratch("part"), "--json"])
    #expect(try #require(evaluated.lines.last?["mean_return"] as? Double, "\(evaluated.error)") < -11.9)
    let resumed = try Command.run([
      "train", "--out", scratch("part"), "--resume", "--steps", "8192", "--json",
    ])
    #expect(resumed.code == 0, "\(resumed.error)")
    let bits = { (name: String) in
      try scratch.text("\(name)/run.toml").split(separator: "\n").first { $0.hasPrefix("bits") }
    }
    #expect(try bits("part") == bits("whole") && bits("part") != nil)
  }

  @Test func `are those of the numbers that other policies evaluate`() throws {
    let scratch = try scratch()
    let more = ["--steps", "4096", "--set", "policy.log_deviation=-1"]
    #expect(try train(scratch, "box", more).code == 0)
    let sampled = try Command.run([
      "sample", scratch("box"), "--episodes", "20", "--out", scratch("box.jsonl"),
    ])
    #expect(sampled.code == 0)
    #expect(
      try scratch.text("box.jsonl").contains(
        "\"drawn_as\":[{\"map\":\"scaled\",\"low\":100.0,\"high\":200.0}]"))
    let same = try Command.run(["estimate", scratch("box"), "--from", scratch("box.jsonl"), "--json"])
    #expect(same.lines.last?["effective_sample_size"] as? Double == 20, "\(same.error)")
    for family in ["gaussian", "squashed", "beta"] {
      let clone = try Command.run([
        "clone", scratch("box.jsonl"), "--set", "policy.distribution=\(family)", "--set",
        "policy.log_deviation=0", "--out", scratch(family), "--trust", "--json",
      ])
      #expect(clone.code == 0, "no draw of these seeds is beyond a bound: \(clone.error)")
      let likelihood = try #require(clone.lines.last?["held_out_log_likelihood"] as? Double)
      #expect(likelihood > -6 && likelihood < -3, "log density of a deviation of 20 degrees: −4.4")
    }
  }
}
