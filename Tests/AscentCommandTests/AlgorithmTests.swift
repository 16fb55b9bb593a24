import AscentTestSupport
import Foundation
import Testing

private let actions = TestPython.projectFolder + "/Tests/Fixtures/actions.py"
private let masked = TestPython.projectFolder + "/Tests/Fixtures/masked.py"
private let algorithms = [
  "likelihood-ratio", "reinforce", "off-policy-reinforce", "vpg", "a2c", "ppo", "npg", "trpo", "v-trace",
]
/// One environment of the fixtures for each space of actions.
private let spaces = ["Choice", "Numbers", "Choices", "Bits", "Everything"]

private func train(_ environment: String, _ settings: [String], more: [String] = []) throws -> Command {
  let scratch = try Scratch()
  let typed = settings.flatMap { ["--set", $0] }
  return try Command.run(
    ["train", environment, "--steps", "600", "--lanes", "4", "--out", scratch("run"), "--json", "--quiet"]
      + more + typed)
}

/// Whether a run came to its end; the environments of the fixtures raise when an action is not theirs.
private func expectDone(_ command: Command, sourceLocation: SourceLocation = #_sourceLocation) {
  #expect(command.code == 0, "\(command.error)", sourceLocation: sourceLocation)
  #expect(command.lines.last?["event"] as? String == "done", sourceLocation: sourceLocation)
  #expect(command.lines.last?["steps"] as? Int == 600, sourceLocation: sourceLocation)
}

@Suite struct `Every algorithm` {
  @Test(arguments: algorithms, spaces)
  func `acts in every space of actions`(algorithm: String, space: String) throws {
    expectDone(
      try train("\(actions):\(space)", ["rollout.steps=32"], more: ["--algorithm", algorithm]))
  }

  @Test(arguments: ["reinforce", "a2c", "ppo", "trpo"], ["Masked", "ByMethod", "Nested"])
  func `takes only what a mask allows`(algorithm: String, environment: String) throws {
    expectDone(
      try train(
        "\(masked):\(environment)", ["rollout.steps=32", "environment.action_masks=true"],
        more: ["--algorithm", algorithm]))
  }

  @Test(
    arguments: ["reinforce", "ppo", "trpo"],
    ["gaussian", "network-gaussian", "squashed", "beta", "gsde"])
  func `draws numbers from every family`(algorithm: String, family: String) throws {
    expectDone(
      try train(
        "\(actions):Numbers", ["rollout.steps=32", "policy.distribution=\(family)"],
        more: ["--algorithm", algorithm]))
  }

  @Test(arguments: ["ppo", "trpo"], ["separate", "shared"])
  func `looks at images`(algorithm: String, trunk: String) throws {
    guard algorithm == "ppo" || trunk == "separate" else { return }
    expectDone(
      try train(
        "MinAtar/Breakout-v1",
        [
          "rollout.steps=32", "policy.convolutions=8x3/1,8x3/2", "policy.hidden=16", "policy.activation=relu",
          "policy.trunk=\(trunk)", "environment.frame_stack=2",
        ], more: ["--algorithm", algorithm, "--preset", "none"]))
  }
}

@Suite struct `A mask` {
  @Test func `goes with the policy into evaluation and samples`() throws {
    let scratch = try Scratch()
    let run = try Command.run([
      "train", "\(masked):Masked", "--steps", "4000", "--set", "environment.action_masks=true", "--set",
      "rollout.steps=64", "--set", "algorithm.rate=0.003", "--out", scratch("run"), "--json", "--quiet",
    ])
    #expect(run.code == 0, "\(run.error)")
    for more in [[], ["--stochastic"]] {
      let evaluated = try Command.run(["evaluate", scratch("run"), "--json", "--episodes", "20"] + more)
      #expect(evaluated.code == 0, "\(evaluated.error)")
      // The third choice pays, and two of three steps allow it: 5 of the 7.
      #expect((evaluated.lines.last?["mean_return"] as? Double ?? 0) > 4)
    }
    let sampled = try Command.run([
      "sample", "\(masked):ByMethod", "--set", "environment.action_masks=true", "--episodes", "5", "--out",
      scratch("random.jsonl"),
    ])
    #expect(sampled.code == 0, "\(sampled.error)")
  }
}

@Suite struct `A run that goes on from another` {
  @Test func `takes over what the policy's arrays mean`() throws {
    let scratch = try Scratch()
    let first = try Command.run([
      "train", "\(masked):Masked", "--steps", "600", "--lanes", "4", "--set", "environment.action_masks=true",
      "--set", "policy.activation=relu", "--set", "environment.frame_stack=2", "--set", "policy.hidden=8",
      "--out", scratch("first"), "--quiet",
    ])
    #expect(first.code == 0, "\(first.error)")
    let second = try Command.run([
      "train", "\(masked):Masked", "--steps", "600", "--lanes", "4", "--from", scratch("first"), "--out",
      scratch("second"), "--quiet",
    ])
    #expect(second.code == 0, "\(second.error)")
    let toml = try scratch.text("second/run.toml")
    for line in ["activation = \"relu\"", "action_masks = true", "frame_stack = 2", "hidden = [8]"] {
      #expect(toml.contains(line))
    }
  }
}

@Suite struct `What a run says about itself` {
  private func notices(_ settings: [String]) throws -> String {
    let scratch = try Scratch()
    let typed = settings.flatMap { ["--set", $0] }
    return try Command.run(
      ["train", "native:cartpole", "--steps", "200", "--lanes", "4", "--out", scratch("run")] + typed
    ).error
  }

  @Test func `is that a minibatch is larger than the rollout`() throws {
    let text = try notices(["rollout.steps=16", "algorithm.minibatch=256"])
    #expect(
      text.contains("algorithm.minibatch = 256 exceeds the 64 steps of a rollout, which form one minibatch"))
  }

  @Test func `is what becomes of the steps that are left over`() throws {
    let text = try notices(["rollout.steps=25", "algorithm.minibatch=64"])
    #expect(text.contains("the last minibatch of each epoch has 36"))
  }

  @Test func `is that a constant baseline and normalized coefficients undo each other`() throws {
    let reinforce = [
      "algorithm.estimator=reward-to-go", "algorithm.update=gradient", "algorithm.epochs=1",
      "algorithm.surrogate=score",
    ]
    let sentence = "algorithm.normalize_advantages = batch cancels the constant algorithm.baseline = optimal"
    let constant = reinforce + ["algorithm.baseline=optimal"]
    #expect(try notices(constant + ["algorithm.normalize_advantages=batch"]).contains(sentence))
    #expect(try !notices(constant + ["algorithm.normalize_advantages=none"]).contains("cancels"))
    let each =
      reinforce + ["algorithm.baseline=optimal-per-component", "algorithm.normalize_advantages=batch"]
    #expect(try !notices(each).contains("cancels"))
  }

  @Test func `is nothing where sizes divide`() throws {
    let text = try notices(["rollout.steps=16", "algorithm.minibatch=32"])
    #expect(!text.contains("minibatch"))
  }

  @Test func `is which quantity left the finite numbers, and that a good checkpoint is there`() throws {
    let scratch = try Scratch()
    let run = try Command.run([
      "train", "native:cartpole", "--steps", "4000", "--algorithm", "a2c", "--set", "algorithm.rate=1000",
      "--set", "algorithm.optimizer=ascent", "--set", "algorithm.gradient_clip=0", "--set",
      "policy.activation=relu", "--out", scratch("run"), "--quiet",
    ])
    #expect(run.code == 7)
    #expect(run.error.contains("is not finite in iteration"), "\(run.error)")
    #expect(run.error.contains("lower algorithm.rate"))
    #expect(try scratch.names("run/checkpoints").count == 1)
  }
}
