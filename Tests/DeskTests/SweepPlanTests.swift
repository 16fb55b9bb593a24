import AscentDesk
import AscentExperiments
import AscentRandomness
import Testing

@Suite struct SweepPlanTests {
  let start = "environment = \"native:cartpole\"\nseeds = 2\nsteps = 2000\n"

  func plan(_ more: String) throws -> SweepPlan { try SweepPlan(reading: start + more, file: "s.toml") }

  /// The sentence with which a text is refused.
  func refusal(_ text: String) -> String {
    do {
      let plan = try SweepPlan(reading: text, file: "s.toml")
      _ = try plan.candidateCount(file: "s.toml")
      try plan.check(.standard, file: "s.toml")
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  @Test func `a grid has all combinations, the last key fastest, and lines for a shell`() throws {
    let plan = try plan(
      """
      algorithms = ["ppo", "a2c"]
      [settings]
      policy.hidden = [32, 32]
      [grid]
      algorithm.rate = [0.001, 0.01]
      normalize.observations = ["none", "all"]
      """)
    let all = try plan.candidates()
    #expect(all.count == 8)
    #expect(try plan.candidateCount(file: "") == 8)
    #expect(all[1].label == "ppo-2 rate=0.001 observations=all")
    #expect(all[4].name == "a2c-1")
    #expect(
      plan.trial(all[1], 2).line(in: "out/a b")
        == "ascent train native:cartpole --algorithm ppo --steps 2000 --set policy.hidden=32,32 --set algorithm.rate=0.001 "
        + "--set normalize.observations=all --seed 2 --out 'out/a b'")
  }

  @Test func `without a grid each algorithm has its name alone`() throws {
    #expect(try plan("algorithms = [\"ppo\", \"trpo\"]").candidates().map(\.name) == ["ppo", "trpo"])
    #expect(try SweepPlan(reading: "environment='x'\nseeds=[7, 3]", file: "").seeds == [7, 3])
  }

  @Test func `random settings are those of our stream, within their ranges, and more trials only add some`()
    throws
  {
    let text = """
      method = "random"
      seed = 5
      trials = 40
      [space]
      algorithm.rate = { log = [1e-5, 1e-2] }
      algorithm.gamma = { uniform = [0.9, 0.99] }
      algorithm.epochs = { integer = [1, 4] }
      policy.hidden = [[64, 64], [32]]
      """
    let all = try plan(text).candidates()
    #expect(all.count == 40)
    #expect(try plan(text.replacing("trials = 40", with: "trials = 4")).candidates() == Array(all.prefix(4)))
    var epochs = Set<String>()
    for candidate in all {
      let values = candidate.values.map(\.typed)
      let (rate, gamma) = (try #require(Double(values[0])), try #require(Double(values[1])))
      #expect((1e-5...1e-2).contains(rate) && (0.9...0.99).contains(gamma))
      epochs.insert(values[2])
      #expect(["64,64", "32"].contains(values[3]))
    }
    #expect(epochs == ["1", "2", "3", "4"])
    let stream = try RandomStream(StreamKey(seed: 5, purpose: .sweeps, episode: 3))
    _ = stream.uniform()
    let gamma = try #require(Double(all[3].values[1].typed))
    // Four significant digits.
    #expect(
      abs(gamma - (0.9 + stream.uniform() * (0.99 - 0.9))) <= 0.5e-4 && all[3].values[1].typed.count <= 6)
  }

  @Test(arguments: [
    ("algorithm = \"ppo\"\nstepps = 3", "there is no key 'stepps'; the nearest is 'steps'"),
    ("algorithms = [\"ppo\", \"ppo\"]", "has \"ppo\" twice"),
    ("[grid]\nalgorithm.rate = [0.1, 0.1]", "algorithm.rate has 0.1 twice"),
    ("[grid]\nalgorithm.gamma = [1, 1.0]", "algorithm.gamma has 1.0 twice"),
    ("algorithm = \"a2c\"\nalgorithms = [\"ppo\"]", "has algorithm and algorithms"),
    (
      "method = \"random\"\ntrials = 3\n[space]\nalgorithm.epochs = { uniform = [1, 5] }",
      "algorithm.epochs takes a whole number"
    ),
    ("[grid]\nalgorithm.rate = 0.1", "belongs into [settings]"),
    ("[grid]\nalgorithm.rte = [0.1]", "the nearest is 'algorithm.rate'"),
    ("[grid]\nalgorithm.rate = [-1.0]", "algorithm.rate takes a number above 0"),
    ("[settings]\nrun.seed = 3", "the key seeds at the top"),
    ("[space]\nalgorithm.rate = [0.1]", "a grid has [grid]"),
    ("method = \"random\"\n[space]\nalgorithm.rate = { log = [1e-5, 1e-2] }", "needs trials"),
    (
      "method = \"random\"\ntrials = 3\n[space]\nalgorithm.rate = { lgo = [1e-5, 1e-2] }",
      "the nearest is 'log'"
    ),
    ("method = \"random\"\ntrials = 3\n[space]\nalgorithm.rate = { log = [0.0, 1e-2] }", "LOW above 0"),
    ("method = \"tp\"", "there is no method 'tp'; the nearest is 'tpe'"),
    ("algorithm = \"maximum-likelihood\"", "learns from demonstrations"),
    ("algorithm = \"pppo\"", "there is no algorithm 'pppo'; the nearest is 'ppo'"),
    ("[evaluation]\nepisode = 3", "the nearest is 'episodes'"),
  ])
  func `what cannot be done is refused in one sentence`(_ more: String, _ expected: String) {
    let sentence = refusal(start + more)
    #expect(sentence.contains(expected), "\(sentence)")
    #expect(!sentence.contains("\n"))
  }

  @Test func `a grid of a million is refused with its size, and so are no seeds and seeds twice`() {
    let list = "[" + (1...100).map(String.init).joined(separator: ", ") + "]"
    let million = "[grid]\nalgorithm.epochs = \(list)\nrollout.steps = \(list)\nalgorithm.minibatch = \(list)"
    let sentence = refusal(start + million)
    #expect(sentence.contains("1000000 settings × 2 seeds = 2000000 trials"), "\(sentence)")
    #expect(refusal("environment = \"native:cartpole\"").contains("has no seeds"))
    #expect(refusal("environment = \"native:cartpole\"\nseeds = [1, 2, 1]").contains("seeds has 1 twice"))
    #expect(refusal("environment = \"native:cartpole\"\nseeds = []").contains("seeds takes"))
    #expect(refusal("seeds = 1").contains("has no environment"))
    #expect(refusal("seeds = [").contains("is not TOML: line 1"))
  }

  @Test func `a sweep goes on with more seeds, not with others`() throws {
    let old = try plan("")
    var more = old
    more.seeds = [1, 2, 3]
    try more.checkContinues(old, in: "out")
    #expect(throws: ExperimentError.self) { try old.checkContinues(more, in: "out") }
    more.steps = 3000
    #expect(throws: ExperimentError.self) { try more.checkContinues(old, in: "out") }
  }

  @Test func `a tuning fits into its budget, and refuses one that says nothing`() throws {
    var settings = Configuration(environment: "native:cartpole")
    settings.steps = 90_000
    let standard = try TuningPlan(settings, seed: 1, budget: nil)
    #expect(standard.candidates == 27 && standard.total == 23 * 90_000)
    let large = try TuningPlan(settings, seed: 1, budget: 40 * 90_000)
    #expect(large.candidates == 72 && large.total <= 40 * 90_000)
    let small = try TuningPlan(settings, seed: 1, budget: 170_000)
    #expect(small.steps == 10_000 && small.isShortened && small.candidates == 9 && small.total <= 170_000)
    #expect(throws: ExperimentError.self) { try TuningPlan(settings, seed: 1, budget: 5000) }
    let text = small.text((90_000, "170000"))
    #expect(try TuningPlan(reading: text, file: "t", settings, seed: 1) == small)
    #expect(
      try TuningPlan(reading: text, file: "t", settings, seed: 1, asked: (90_000, "170000")) == small)
    #expect(throws: ExperimentError.self) {
      try TuningPlan(reading: text, file: "t", settings, seed: 1, asked: (80_000, nil))
    }
    #expect(throws: ExperimentError.self) {
      try TuningPlan(reading: text, file: "t", settings, seed: 1, asked: (nil, "20.0m"))
    }
  }

  @Test(arguments: ["ppo", "a2c", "trpo", "reinforce", "vpg"])
  func `the settings of a tuning are settings`(_ algorithm: String) throws {
    var plan = SweepPlan()
    (plan.environment, plan.algorithms) = ("native:cartpole", [algorithm])
    plan.ranges = TuningSpace.ranges(of: algorithm)
    try plan.check(.standard, file: "the space")
  }
}
