import AscentTestSupport
import Foundation
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures/misbehaving.py"
private let masked = TestPython.projectFolder + "/Tests/Fixtures/masked.py"

@Suite struct `Bad input` {
  /// What is typed after `ascent`, the exit code, and a part of the one message.
  static let cases: [([String], Int32, String)] = [
    (["train", "CartPol-v1"], 2, "the nearest are CartPole-v1"),
    (["train", "nosuchpackage:Thing-v0"], 2, "pip install nosuchpackage"),
    (["train", "/nosuch.py:Thing"], 2, "there is no file /nosuch.py"),
    (["train", "FIXTURE:Nothing"], 2, "has no class or function 'Nothing'"),
    (["train", "FIXTURE:NoStep"], 2, "has no method step()"),
    (["train", "FIXTURE:TextSpace"], 2, "Text is not supported"),
    (["train", "FIXTURE:ManyAgents"], 2, "PettingZoo"),
    (["train", "FIXTURE:RaisesAtOpening"], 2, "no license"),
    (["train", "FIXTURE:WrongShapeLater"], 3, "should be an array of shape (2) of float32 but is shape (3)"),
    (["train", "FIXTURE:NaNObservation"], 3, "nan"),
    (["train", "FIXTURE:InfiniteReward"], 3, "inf"),
    (["train", "FIXTURE:Raises"], 3, "the pole is gone"),
    (["train", "FIXTURE:Exits"], 3, "SystemExit"),
    (["train", "native:cartpol"], 2, "native:cartpole"),
    (
      ["train", "native:cartpole", "--algorithm", "reinforce", "--set", "algorithm.epochs=4"], 2,
      "on-policy estimator reward-to-go"
    ),
    (
      ["train", "native:cartpole", "--algorithm", "a2c", "--set", "algorithm.epochs=4"], 2, "ratio, clipped"
    ),
    (
      ["train", "native:cartpole", "--algorithm", "trpo", "--set", "algorithm.epochs=4"], 2,
      "one step for each"
    ),
    (
      ["train", "native:cartpole", "--set", "algorithm.baseline=average"], 2,
      "already uses the critic's value"
    ),
    (["train", "native:cartpole", "--set", "algorithm.update=natural"], 2, "algorithm.critic_epochs"),
    (
      ["train", "native:cartpole", "--set", "algorithm.estimator=reward-to-go"], 2,
      "algorithm.surrogate = score"
    ),
    (
      ["train", "native:cartpole", "--set", "algorithm.gamma=0.9", "--set", "algorithm.name=a2c"], 2,
      "algorithm.name would change algorithm.gamma"
    ),
    (["train", "native:cartpole", "--set", "algorithm.line_search_factor=1"], 2, "above 0 and below 1"),
    (["estimate", "nosuch", "--set", "algorithm.gamma=0.9"], 2, "without a discount"),
    (
      ["train", "native:cartpole", "--algorithm", "reinforce", "--set", "normalize.returns=true"], 2,
      "apply to advantages"
    ),
    (
      ["train", "native:cartpole", "--algorithm", "vpg", "--set", "policy.trunk=shared"], 2,
      "policy.trunk = separate"
    ),
    (["train", "native:cartpole", "--set", "normalize.returns=maybe"], 2, "true or false"),
    (["train", "native:cartpole", "--preset", "CartPole-v2"], 2, "the nearest is 'CartPole-v1'"),
    (["train", "native:cartpole", "--algorithm", "maximum-likelihood"], 2, "ascent clone"),
    (["train", "native:cartpole", "--set", "policy.distribution=beta"], 2, "needs actions that are boxes"),
    (["train", "native:cartpole", "--set", "policy.convolutions=16x3/1"], 2, "rows × columns × channels"),
    (
      [
        "train", "native:cartpole", "--preset", "none", "--lanes", "4096", "--steps", "4096000000", "--set",
        "rollout.steps=1000000", "--set", "environment.frame_stack=64",
      ], 2, " left; rollout.steps="
    ),
    (["train", "native:cartpole", "--set", "policy.convolutions=16x3"], 2, "filters x side / stride"),
    (["train", "native:cartpole", "--set", "environment.action_masks=true"], 2, "allow every action"),
    (["train", "native:cartpole", "--set", "environment.also_observe=weather"], 2, "action, reward, time"),
    (
      ["train", "MASKED:ForbidsAll", "--set", "environment.action_masks=true"], 3,
      "one without an allowed choice"
    ),
    (["gradient", "native:two-state", "--estimators", "reward-to-go+value"], 2, "a critic that is learned"),
    (["algorithms", "pp"], 2, "the nearest is 'ppo'"),
    (["train", "native:cartpole", "--from", "nosuch"], 2, "not a run folder"),
    (
      ["gradient", "native:cartpole", "--estimators", "reward-to-stay"], 2,
      "there is no rule 'reward-to-stay'"
    ),
    (["gradient", "native:cartpole", "--batches", "1"], 2, "at least 2"),
    (["gradient", "native:cartpole", "--episodes", "1"], 2, "at least 2"),
    (["gradient", "CartPole-v1", "--sources", "--environment-rng", "native"], 2, "own streams"),
    (["estimate", "nosuch"], 2, "not a run folder"),
    (["estimate", "nosuch", "--estimator", "per-decision"], 2, "--from"),
    (["train", "native:cartpole", "--environment-rng", "native"], 2, "--environment-rng"),
    (["train", "native:cartpole", "--steps", "0"], 2, "run.steps takes a whole number from 1"),
    (["train", "native:cartpole", "--steps", "-5"], 2, "--steps"),
    (["train", "native:cartpole", "--steps", "99999999999999999999999"], 2, "--steps"),
    (["train", "native:cartpole", "--steps", "many"], 2, "--steps"),
    (["train", "native:cartpole", "--seed", "-1"], 2, "--seed"),
    (["train", "native:cartpole", "--lanes", "0"], 2, "run.lanes takes a whole number from 1 to 4096"),
    (["train", "native:cartpole", "--lanes", "5000"], 2, "run.lanes"),
    (["train", "native:cartpole", "--algorithm", "dqn"], 2, "one of maximum-likelihood, likelihood-ratio"),
    (["train", "native:cartpole", "--set", "policy.hiden=3"], 2, "the nearest is 'policy.hidden'"),
    (["train", "native:cartpole", "--set", "policy.hidden"], 2, "KEY=VALUE"),
    (["train", "native:cartpole", "--set", "policy.hidden=3,x"], 2, "whole numbers joined by commas"),
    (["train", "native:cartpole", "--set", "policy.hidden=0"], 2, "widths from 1"),
    (["train", "native:cartpole", "--set", "algorithm.rate=nan"], 2, "a number above 0"),
    (["train", "native:cartpole", "--set", "algorithm.gamma=1.5"], 2, "a number from 0 to 1"),
    (["train", "native:cartpole", "--set", "random.generator=dice"], 2, "philox4x32-10"),
    (["train", "native:cartpole", "--config", "/nosuch.toml"], 2, "cannot read /nosuch.toml"),
    (["train", "native:cartpole", "--resume"], 2, "--resume needs --out"),
    (["train", "native:cartpole", "--out", "/proc/nosuch"], 2, "/proc/nosuch"),
    (["train", "native:cartpole", "--out", "/etc/hostname"], 2, "already exists"),
    (["train", "CartPole-v1", "--python", "/nosuch"], 2, "there is no executable /nosuch"),
    (["train"], 2, "train needs ENV"),
    (["train", "native:cartpole", "--wings"], 2, "--wings"),
    (["evaluate", "/nosuch"], 2, "is not a run folder"),
    (["sample", "native:cartpole", "--out", "/nosuch/x.jsonl"], 2, "cannot write /nosuch/x.jsonl"),
    (["sample", "native:cartpole", "--episodes", "0", "--out", "/nosuch/x"], 2, "--episodes takes"),
    (["fly"], 2, "fly"),
  ]

  @Test(arguments: cases.indices)
  func `gets one message and its exit code, and leaves nothing behind`(index: Int) throws {
    let (arguments, code, text) = Self.cases[index]
    let scratch = try Scratch()
    let typed = arguments.map {
      $0.replacingOccurrences(of: "FIXTURE", with: fixtures).replacingOccurrences(of: "MASKED", with: masked)
    }
    let command = try Command.run(
      typed
        + (arguments.contains("train") && !arguments.contains("--python")
          ? ["--python", TestPython.projectFolder + "/.venv"] : []),
      in: scratch.path)
    #expect(command.code == code, "\(typed): \(command.error)")
    #expect(command.error.contains(text), "\(typed): \(command.error)")
    #expect(command.out.isEmpty)
    #expect(!command.error.contains("Fatal error") && !command.error.contains("Stack dump"))
    if code == 2 { #expect(try scratch.names().isEmpty, "nothing was written") }
  }

  @Test func `that is a file of settings is refused by its name`() throws {
    let scratch = try Scratch()
    for (text, message) in [
      ("this is no toml", "is not TOML"), ("[policy]\nhiden = [3]\n", "the nearest is 'policy.hidden'"),
      ("[run]\nlanes = \"eight\"\n", "run.lanes takes"),
      ("[algorithm]\nrate = nan\n", "algorithm.rate takes"),
    ] {
      try text.write(toFile: scratch("c.toml"), atomically: true, encoding: .utf8)
      let command = try Command.run(
        ["train", "native:cartpole", "--config", scratch("c.toml")], in: scratch.path)
      #expect(
        command.code == 2 && command.error.contains(message) && command.error.contains("c.toml"),
        "\(command.error)")
    }
  }

  @Test func `that is an existing run is refused, and kept`() throws {
    let scratch = try Scratch()
    let line = ["train", "native:cartpole", "--steps", "500", "--out", scratch("run"), "--json"]
    #expect(try Command.run(line).code == 0)
    let before = try scratch.text("run/run.toml")
    let again = try Command.run(line)
    #expect(again.code == 2 && again.error.contains("already exists") && again.error.contains("--resume"))
    #expect(try scratch.text("run/run.toml") == before)
    let other = try Command.run(line + ["--resume", "--seed", "2"])
    #expect(other.code == 2 && other.error.contains("other settings"))
  }

  @Test func `that is a venv of another Python names both`() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(atPath: scratch("venv/bin"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: scratch("venv/bin/python"), withDestinationPath: "/bin/sh")
    try "home = /usr/bin\nversion = 3.99.0\n".write(
      toFile: scratch("venv/pyvenv.cfg"), atomically: true, encoding: .utf8)
    let command = try Command.run(
      ["train", "CartPole-v1"], in: scratch.path, environment: ["VIRTUAL_ENV": scratch("venv")])
    #expect(command.code == 2 && command.error.contains("3.99.0") && command.error.contains("-m venv .venv"))
  }

  @Test func `that is a damaged run ends with 4`() throws {
    let scratch = try Scratch()
    #expect(
      try Command.run(["train", "native:cartpole", "--steps", "500", "--out", scratch("run")]).code == 0)
    let weights = try Data(contentsOf: URL(fileURLWithPath: scratch("run/policy.safetensors")))
    for length in [0, 7, 100, weights.count - 1] {
      try weights.prefix(length).write(to: URL(fileURLWithPath: scratch("run/policy.safetensors")))
      let command = try Command.run(["evaluate", scratch("run")])
      #expect(command.code == 4 && command.error.contains("policy.safetensors"), "\(command.error)")
    }
    var altered = weights
    altered[weights.count - 5] ^= 4
    try altered.write(to: URL(fileURLWithPath: scratch("run/policy.safetensors")))
    #expect(try Command.run(["evaluate", scratch("run")]).code == 4)
    try weights.write(to: URL(fileURLWithPath: scratch("run/policy.safetensors")))
    #expect(try Command.run(["evaluate", scratch("run")]).code == 0)
    try "{}".write(toFile: scratch("run/policy.json"), atomically: true, encoding: .utf8)
    #expect(try Command.run(["evaluate", scratch("run")]).code == 4)
    try "[run".write(toFile: scratch("run/run.toml"), atomically: true, encoding: .utf8)
    #expect(try Command.run(["evaluate", scratch("run")]).code == 4)
  }

  /// RLIMIT_FSIZE stands for a full disk: writes beyond it fail.
  @Test func `that is a full disk ends with a sentence and no half-written file`() throws {
    let scratch = try Scratch()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = [
      "-c",
      "trap '' XFSZ; ulimit -f 8; exec \(Command.executable) train native:cartpole --steps 2000 --quiet --out \(scratch("run"))",
    ]
    let error = Pipe()
    process.standardError = error
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 6 && text.contains("cannot write"), "\(text)")
    #expect(try scratch.names("run/checkpoints").isEmpty)
    #expect(try scratch.names("run").allSatisfy { !$0.contains(".tmp-") })
  }
}
