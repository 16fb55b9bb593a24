import AscentTestSupport
import Testing

private let fixtures = TestPython.projectFolder + "/Tests/Fixtures/constructed.py"

/// Trains for some steps; the mean return shows what the constructors received.
private func train(_ arguments: [String], in scratch: Scratch, _ run: String = "run") throws -> Command {
  try Command.run(
    ["train"] + arguments
      + [
        "--seed", "3", "--steps", "96", "--preset", "none", "--set", "rollout.steps=12", "--json", "--quiet",
      ]
      + ["--out", scratch(run)])
}

private func mean(_ command: Command) -> Double? { command.lines.last?["mean_return"] as? Double }

@Suite struct `constructor arguments and wrappers` {
  @Test func `arguments arrive with the types of TOML`() throws {
    let scratch = try Scratch()
    let given = [
      "flag=false", "whole=3", "real=2.5", "text=8x8", "quoted=\"7\"", "texts=[\"SFF\", \"FHG\"]",
      "nested=[[1, 2.5], {deep = [true]}]", "table={b = 1, a = {c = \"ü\"}}", "empty={}",
    ]
    let told = try train(
      [fixtures + ":Told"] + given.flatMap { ["--env-arg", $0] }, in: scratch)
    #expect(told.code == 0, "\(told.error)")
    #expect(mean(told) == 27)
    let text = try scratch.text("run/run.toml")
    #expect(text.contains("arguments = {empty = {}, flag = false, nested = [[1, 2.5], {deep = [true]}]"))
    // What is written is read again, by evaluate.
    let evaluated = try Command.run(["evaluate", scratch("run"), "--episodes", "2", "--json"])
    #expect(evaluated.lines.last?["mean_return"] as? Double == 27, "\(evaluated.error)")
    let changed = try Command.run(
      ["evaluate", scratch("run"), "--episodes", "2", "--json", "--env-arg", "flag=true"])
    #expect(changed.lines.last?["mean_return"] as? Double == 24, "\(changed.error)")
  }

  @Test func `wrappers are applied in order, each with its own arguments`() throws {
    let scratch = try Scratch()
    let times = ["--wrapper", fixtures + ":Times", "--wrapper-arg", "by=10", "--wrapper-arg", "plus=1"]
    let add = ["--wrapper", fixtures + ":add", "--wrapper-arg", "amount=5"]
    let base = [fixtures + ":Paid", "--env-arg", "wages=[1, 2]"]
    #expect(mean(try train(base + times + add, in: scratch, "one")) == 3 * (3 * 10 + 1 + 5))
    #expect(mean(try train(base + add + times, in: scratch, "two")) == 3 * ((3 + 5) * 10 + 1))
    let difference = try Command.run(["diff", scratch("one"), scratch("two")])
    #expect(difference.out.contains("environment.wrappers"))
  }

  @Test func `ids, functions and vectors take arguments, too`() throws {
    let scratch = try Scratch()
    let big = try train(["FrozenLake-v1", "--env-arg", "map_name=8x8"], in: scratch, "big")
    #expect(big.code == 0, "\(big.error)")
    let same = try train([fixtures + ":lake", "--env-arg", "size=8"], in: scratch, "same")
    let plain = try train(
      ["FrozenLake-v1", "--env-arg", "map_name=8x8", "--env-arg", "is_slippery=false"], in: scratch, "plain")
    #expect(
      same.code == 0
        && same.lines.last?["fingerprint"] as? String == plain.lines.last?["fingerprint"] as? String)
    let vector = try train(
      [
        "CartPole-v1", "--vector", "--env-arg", "sutton_barto_reward=true", "--env-arg",
        "max_episode_steps=4",
      ],
      in: scratch, "vector")
    #expect(vector.code == 0 && mean(vector).map { $0 == 0 || $0 == -1 } == true, "\(vector.error)")
  }

  @Test func `a limit that a wrapper or an argument sets is kept`() throws {
    let scratch = try Scratch()
    for (k, limit) in [
      ["--env-arg", "max_episode_steps=4"],
      ["--wrapper", "gymnasium.wrappers:TimeLimit", "--wrapper-arg", "max_episode_steps=4"],
    ].enumerated() {
      let short = try train(["CartPole-v1"] + limit, in: scratch, "\(k)")
      #expect(mean(short) == 4, "\(short.error)")
    }
  }

  @Test(arguments: [
    (["FrozenLake-v1", "--env-arg", "slippery=false"], "did you mean is_slippery?"),
    ([fixtures + ":Strict", "--env-arg", "wage=[2]"], "takes no argument 'wage' (did you mean wages?)"),
    ([fixtures + ":Passing", "--env-arg", "bogus=1"], "takes no argument 'bogus'"),
    ([fixtures + ":Paid"], "needs the argument wages: --env-arg wages=…; it takes wages, factor=1.0"),
    ([fixtures + ":Strict", "--wrapper", fixtures + ":Times"], "needs the argument by: --wrapper-arg by=…"),
    ([fixtures + ":Strict", "--wrapper", fixtures + ":nothing"], "returned nothing"),
    (
      [fixtures + ":Strict", "--wrapper", "gymnasium.wrappers:FlatenObservation"],
      "the nearest are FlattenObservation"
    ),
    ([fixtures + ":Strict", "--wrapper-arg", "by=1"], "there is none"),
    ([fixtures + ":Strict", "--env-arg", "wages"], "takes NAME=VALUE"),
    ([fixtures + ":Strict", "--env-arg", "wages=[1"], "is not TOML"),
    ([fixtures + ":Strict", "--env-arg", "factor=True"], "write true"),
    ([fixtures + ":Strict", "--env-arg", "factor=None"], "TOML has no None"),
    ([fixtures + ":NUMBER"], "is int, not a class or a function"),
    (["CartPole-v1", "--preset-wrappers", "atarii"], "takes one of atari"),
    (["CartPole-v1", "--vector", "--env-arg", "sutton=true"], "takes no argument 'sutton'"),
    (["native:cartpole", "--env-arg", "x=1"], "native environments take no arguments"),
    (["native:cartpole", "--wrapper", "a:B"], "native environments have no Python"),
  ])
  func `is refused in a sentence`(_ arguments: [String], _ sentence: String) throws {
    let scratch = try Scratch()
    let refused = try train(arguments, in: scratch)
    #expect(refused.code == 2)
    #expect(refused.error.contains(sentence), "\(refused.error)")
    #expect(!refused.error.contains("Traceback"))
  }

  @Test func `a run does not resume with other arguments`() throws {
    let scratch = try Scratch()
    let one = try train([fixtures + ":Strict", "--env-arg", "factor=2.0"], in: scratch)
    #expect(one.code == 0, "\(one.error)")
    let other = try train([fixtures + ":Strict", "--env-arg", "factor=3.0", "--resume"], in: scratch)
    #expect(other.code == 2, "\(other.error)")
  }
}
