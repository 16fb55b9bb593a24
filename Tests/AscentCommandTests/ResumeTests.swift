import AscentTestSupport
import Foundation
import Glibc
import Testing

@Suite struct `A run that is resumed` {
  private static let small = [
    "--preset", "none", "--lanes", "2", "--json", "--set", "rollout.steps=16", "--set",
    "algorithm.minibatch=16",
    "--set", "checkpoint.every_steps=200",
  ]

  private func train(_ arguments: [String]) throws -> Command {
    try Command.run(["train"] + arguments + Self.small)
  }

  private func fingerprint(_ command: Command) -> String? { command.lines.last?["fingerprint"] as? String }

  private func rows(_ scratch: Scratch, _ run: String) throws -> [String] {
    try scratch.text("\(run)/metrics.csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).dropLast().joined(separator: ",")
    }
  }

  @Test func `names a changed key once`() throws {
    let scratch = try Scratch()
    let first = try train(["native:cartpole", "--steps", "64", "--out", scratch("run")])
    #expect(first.code == 0, "\(first.error)")
    try (try scratch.text("run/run.toml")).replacing("\nseed = \"1\"", with: "\nseed = \"5\"").write(
      toFile: scratch("run/run.toml"), atomically: true, encoding: .utf8)
    let refused = try Command.run(["train", "--out", scratch("run"), "--resume", "--steps", "128"])
    #expect(refused.error.contains("(run.seed = \"1\" then, \"5\" now)"), "\(refused.error)")
  }

  private static let source = """
    import gymnasium, numpy

    class Walk(gymnasium.Env):
        observation_space = gymnasium.spaces.Box(-100, 100, (1,), numpy.float32)
        action_space = gymnasium.spaces.Discrete(2)

        def reset(self, *, seed=None, options=None):
            super().reset(seed=seed)
            self.x = 0.0
            return numpy.array([self.x], numpy.float32), {}

        def step(self, action):
            self.x += action - 0.5
            return numpy.array([self.x], numpy.float32), -abs(self.x), abs(self.x) > 3, False, {}

    class Shifts:
        def __init__(self, space):
            self.observation_space = space

        def __call__(self, observation):
            return observation

        observe = __call__
    """

  // MARK: What has changed

  @Test func `notices another environment file, and records it where it is accepted`() throws {
    let scratch = try Scratch()
    let write = { (text: String) in
      try text.write(toFile: scratch("walk.py"), atomically: true, encoding: .utf8)
    }
    try write(Self.source)
    let line = [scratch("walk.py:Walk"), "--out", scratch("run"), "--resume", "--steps"]
    #expect(try train(line + ["400"]).code == 0)
    let then = try hash(scratch, "environment_file")
    try write(Self.source + "\n# another line\n")
    let refused = try train(line + ["800"])
    #expect(refused.code == 2, "\(refused.error)")
    #expect(
      refused.error.contains("made_with.environment_file was \(then) and is ")
        && refused.error.contains("--accept-changes"), "\(refused.error)")
    #expect(try hash(scratch, "environment_file") == then, "nothing was written")
    let accepted = try train(line + ["800", "--accept-changes"])
    #expect(accepted.code == 0, "\(accepted.error)")
    let now = try hash(scratch, "environment_file")
    #expect(now != then)
    #expect(
      try scratch.text("run/run.toml").contains(
        "change_1 = \"after 400 steps made_with.environment_file = \(then) became \(now)\""))
    #expect(try train(line + ["1200"]).code == 0, "it is known now")
    #expect(try scratch.text("run/run.toml").contains("change_1 = "))
    #expect(try train([scratch("walk.py:Walk"), "--accept-changes", "--out", scratch("new")]).code == 2)
  }

  @Test func `notices another policy of --from, and other versions`() throws {
    let scratch = try Scratch()
    for (name, seed) in [("first", "1"), ("second", "2")] {
      #expect(
        try train(["native:cartpole", "--steps", "200", "--seed", seed, "--out", scratch(name)]).code == 0)
    }
    let line = [
      "native:cartpole", "--from", scratch("first"), "--out", scratch("run"), "--resume", "--steps",
    ]
    #expect(try train(line + ["400"]).code == 0)
    let (weights, files) = (scratch("first/policy.safetensors"), FileManager.default)
    try files.removeItem(atPath: weights)
    try files.copyItem(atPath: scratch("second/policy.safetensors"), toPath: weights)
    let refused = try train(line + ["800"])
    #expect(refused.code == 2 && refused.error.contains("made_with.policy_from was"), "\(refused.error)")
    #expect(try train(line + ["800", "--accept-changes"]).code == 0)
    let toml = try scratch.text("run/run.toml").replacing(/gsl = .*/, with: "gsl = \"2.0\"")
    try toml.write(toFile: scratch("run/run.toml"), atomically: true, encoding: .utf8)
    let other = try train(line + ["1200"])
    #expect(other.code == 2 && other.error.contains("versions.gsl was 2.0 and is"), "\(other.error)")
    #expect(try train(line + ["1200", "--accept-changes"]).code == 0)
    #expect(
      try scratch.text("run/run.toml").contains("change_2 = \"after 800 steps versions.gsl = 2.0 became"))
  }

  @Test func `says that it cannot compare without a run.toml`() throws {
    let scratch = try Scratch()
    let line = ["native:cartpole", "--out", scratch("run"), "--resume", "--steps", "400"]
    #expect(try train(line).code == 0)
    try FileManager.default.removeItem(atPath: scratch("run/run.toml"))
    let run = try train(line)
    #expect(
      run.code == 0 && run.error.contains("changes of files and packages since the run was made"),
      "\(run.error)")
  }

  // MARK: Budgets

  @Test func `is refused fewer steps than it has made`() throws {
    let scratch = try Scratch()
    let line = ["native:cartpole", "--out", scratch("run"), "--resume", "--steps"]
    #expect(try train(line + ["800"]).code == 0)
    let less = try train(line + ["799"])
    #expect(
      less.code == 2 && less.error.contains("has made 800 steps, more than run.steps = 799"), "\(less.error)")
    #expect(try scratch.text("run/run.toml").contains("steps = 800"))
  }

  /// The rate falls with the budget, and the budgets are no multiples of a rollout: each leaves its mark.
  @Test(arguments: ["1", "2"])
  func `with more steps can be reproduced, and is told from one budget`(workers: String) throws {
    let scratch = try Scratch()
    let line = [
      "native:cartpole", "--set", "algorithm.rate_schedule=linear", "--workers", workers, "--resume",
      "--steps",
    ]
    for steps in ["333", "700", "900"] {
      #expect(try train(line + [steps, "--out", scratch("run")]).code == 0)
    }
    #expect(
      try scratch.text("run/run.toml").contains(
        "[budgets]\nfrom_step_0 = \"333\"\nfrom_step_333 = \"700\"\nfrom_step_700 = \"900\""))
    let again = try Command.run(["reproduce", scratch("run"), "--workers", workers == "1" ? "2" : "1"])
    #expect(again.code == 0, "\(again.out) \(again.error)")
    let whole = try train(line + ["900", "--out", scratch("whole")])
    #expect(try whole.code == 0 && rows(scratch, "whole") != rows(scratch, "run"))
    let diff = try Command.run(["diff", scratch("run"), scratch("whole"), "--json"])
    #expect(diff.lines.last?["cause"] as? String == "configuration", "\(diff.out)")
    let replayed = try Command.run(["replay", scratch("run"), "--lane", "1", "--episode", "10"])
    #expect(replayed.code == 0, "\(replayed.error)")
  }

  // MARK: metrics.csv

  @Test(arguments: ["gone", "shortened", "holes", "CRLF", "altered", "no header", "pipe", "zero"])
  func `tells damage of metrics.csv and restores it`(kind: String) throws {
    let scratch = try Scratch()
    let line = ["native:cartpole", "--resume", "--steps"]
    #expect(try train(line + ["800", "--out", scratch("run")]).code == 0)
    let whole = try train(line + ["1600", "--out", scratch("whole")])
    let (path, text) = (scratch("run/metrics.csv"), try scratch.text("run/metrics.csv"))
    var lines = text.split(separator: "\n").map(String.init)
    try FileManager.default.removeItem(atPath: path)
    switch kind {
    case "gone": break
    case "shortened":
      try String(text.prefix(text.count * 2 / 3)).write(toFile: path, atomically: true, encoding: .utf8)
    case "holes", "altered", "no header":
      if kind == "holes" { lines.removeSubrange(3...5) }
      if kind == "altered" { lines[4] = lines[4].replacing(",", with: ",7", maxReplacements: 2) }
      if kind == "no header" { lines.removeFirst() }
      try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    case "CRLF":
      try (lines.joined(separator: "\r\n") + "\r\n").write(toFile: path, atomically: true, encoding: .utf8)
    default: try PlantedFile(rawValue: kind)?.plant(at: path)
    }
    let rest = try train(line + ["1600", "--out", scratch("run")])
    #expect(rest.code == 0 && fingerprint(rest) == fingerprint(whole), "\(rest.error)")
    #expect(
      rest.error.contains(/metrics.csv .*(restored from metrics-saved.csv|written again)/), "\(rest.error)")
    #expect(try rows(scratch, "run") == rows(scratch, "whole"))
    // The seconds come back, too.
    #expect(try scratch.text("run/metrics.csv").hasPrefix(text))
    let quiet = try train(line + ["2000", "--out", scratch("run")])
    #expect(!quiet.error.contains("metrics.csv"), "\(quiet.error)")
  }

  @Test func `tells rows that are lost for good, also where it is to be quiet, and notes it`() throws {
    let scratch = try Scratch()
    let line = ["native:cartpole", "--out", scratch("run"), "--resume", "--steps"]
    #expect(try train(line + ["800"]).code == 0)
    for name in ["metrics.csv", "metrics-saved.csv"] {
      let text = try scratch.text("run/\(name)").split(separator: "\n").prefix(6).joined(separator: "\n")
      try text.write(toFile: scratch("run/\(name)"), atomically: true, encoding: .utf8)
    }
    let rest = try train(line + ["1600", "--quiet"])
    #expect(rest.code == 0 && rest.error.contains("5 of the 25 rows are left"), "\(rest.error)")
    #expect(try scratch.text("run/origin.toml").contains("5 of the 25 rows are left"))
    #expect(try scratch.text("run/metrics.csv").split(separator: "\n").count == 1 + 5 + 25)
  }

  @Test func `without its run.toml says what is not known any more, also where it is to be quiet`() throws {
    let scratch = try Scratch()
    let line = ["native:cartpole", "--out", scratch("run"), "--resume", "--quiet", "--steps"]
    #expect(try train(line + ["800"]).error.isEmpty)
    try FileManager.default.removeItem(atPath: scratch("run/run.toml"))
    let rest = try train(line + ["1600"])
    #expect(rest.code == 0 && rest.error.contains("earlier budgets, are not known"), "\(rest.error)")
    #expect(try scratch.text("run/origin.toml").contains("earlier budgets, are not known"))
  }

  // MARK: Checkpoints and weights

  @Test(arguments: PlantedFile.allCases)
  func `takes the older checkpoint whatever is wrong with the newest`(kind: PlantedFile) throws {
    let scratch = try Scratch()
    let line = ["native:cartpole", "--out", scratch("run"), "--resume", "--steps", "800"]
    let whole = try train(line)
    let newest = try #require(try scratch.names("run/checkpoints").last)
    try kind.plant(at: scratch("run/checkpoints/\(newest)"))
    let rest = try train(line)
    #expect(rest.error.contains("trying an older checkpoint"), "\(rest.error)")
    #expect(rest.code == 0 && fingerprint(rest) == fingerprint(whole), "\(rest.error)")
    // A folder that has a checkpoint's name is moved out of the way of that checkpoint.
    guard kind == .folder else { return }
    #expect(rest.error.contains("a folder was in the place of the checkpoint"), "\(rest.error)")
    #expect(try scratch.names("run/checkpoints").contains(newest + ".folder"))
  }

  @Test func `and every command refuse weights that are not finite`() throws {
    let scratch = try Scratch()
    #expect(try train(["native:cartpole", "--out", scratch("run"), "--steps", "400"]).code == 0)
    try DamagedCheckpoint.spoil("actor.", in: scratch("run/policy.safetensors"))
    for line in [["evaluate", scratch("run")], ["sample", scratch("run"), "--out", scratch("x.jsonl")]] {
      let command = try Command.run(line)
      #expect(command.code == 4 && command.error.contains("a number that is not finite"), "\(command.error)")
    }
    let newest = try #require(try scratch.names("run/checkpoints").last)
    try DamagedCheckpoint.spoil("parameters", in: scratch("run/checkpoints/\(newest)"))
    let rest = try train(["native:cartpole", "--out", scratch("run"), "--steps", "400", "--resume"])
    #expect(rest.code == 0 && rest.error.contains("not finite; trying an older checkpoint"), "\(rest.error)")
  }

  private func hash(_ scratch: Scratch, _ name: String) throws -> String {
    let match = try scratch.text("run/run.toml").firstMatch(
      of: try Regex("\(name) = \"([0-9a-f]+)\"", as: (Substring, Substring).self))
    return String(try #require(match).1)
  }
}
