import AscentPythonEnvironments
import AscentTestSupport
import Foundation
import Testing

/// Logged actions are evaluated where the environment acted, whatever family logged them and whatever family is evaluated.
@Suite struct `Coordinates of actions` {
  static let families = ["gaussian", "network-gaussian", "gsde", "squashed", "beta"]

  /// One action between −2 and 2 pays its square; the observation is always 1.
  private static let square =
    """
    import gymnasium, numpy
    class Square(gymnasium.Env):
        observation_space = gymnasium.spaces.Box(-1, 1, (1,), numpy.float32)
        action_space = gymnasium.spaces.Box(-2, 2, (1,), numpy.float32)
        def reset(self, *, seed=None, options=None):
            super().reset(seed=seed)
            return numpy.ones(1, numpy.float32), {}
        def step(self, action):
            return numpy.ones(1, numpy.float32), float(action[0]) ** 2, True, False, {}
    """

  /// The line of an episode of square.py, with other keys.
  private static func line(_ action: Double, _ more: String = "") -> String {
    "{\"observations\": [[1], [1]], \"actions\": [[\(action)]], \"rewards\": [\(action * action)], "
      + "\"terminated\": true, \"truncated\": false\(more)}\n"
  }

  private struct Bench {
    let scratch: Scratch
    var environment: String { scratch("square.py") + ":Square" }

    init() throws {
      scratch = try Scratch()
      try square.write(toFile: scratch("square.py"), atomically: true, encoding: .utf8)
    }

    func write(_ name: String, _ lines: [String]) throws {
      try lines.joined().write(toFile: scratch(name), atomically: true, encoding: .utf8)
    }

    /// Clones a file with a policy without hidden layers, whose outputs are then any numbers.
    func clone(_ file: String, _ family: String, as run: String, _ more: [String] = []) throws -> Command {
      try Command.run(
        [
          "clone", scratch(file), "--environment", environment, "--set", "policy.distribution=\(family)",
          "--set", "policy.hidden=", "--set", "algorithm.rate=0.02", "--out", scratch(run), "--json",
        ] + more)
    }

    func sample(_ run: String, _ episodes: Int, _ more: [String] = []) throws -> String {
      let file = "\(run)\(more.count).jsonl"
      let line = ["sample", scratch(run), "--episodes", "\(episodes)", "--out", scratch(file)] + more
      let command = try Command.run(line)
      #expect(command.code == 0, "\(command.error)")
      return file
    }

    func estimate(_ run: String, from file: String, _ more: [String] = []) throws -> Command {
      try Command.run(["estimate", scratch(run), "--from", scratch(file), "--json"] + more)
    }

    /// E[clamp(a)²] and the probability that |a| ≥ 2 of each run's policy, from the numbers that its network computes.
    ///
    /// Gaussians are integrated over z and beta distributions over x, by the trapezoid rule with 200,000 cells.
    func truths(_ runs: [String]) throws -> [(mean: Double, bound: Double)] {
      let numbers = try TestPython.numbers(
        """
        import importlib.util, math, numpy, sys
        sys.dont_write_bytecode = True
        spec = importlib.util.spec_from_file_location("numpy_policy", "\(TestPython.projectFolder)/Sources/Exports/Python/numpy_policy.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found = []
        for run in \(runs.map { scratch($0) }):
            policy = module.Policy(run)
            outputs = numpy.array(policy.outputs(numpy.ones(1, numpy.float32))[0], float)
            factor = policy.about["distributions"][0]
            p = {q["name"]: outputs[slice(*q["outputs"])] if "outputs" in q else policy.arrays[q["array"]].ravel().astype(float)
                 for q in factor["parameters"]}
            if factor["name"] == "beta":
                x = (numpy.arange(200000) + 0.5) / 200000
                a, b = (1 + numpy.logaddexp(0, p[k][0]) for k in "yz")
                density = numpy.exp((a - 1) * numpy.log(x) + (b - 1) * numpy.log1p(-x) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b))
                weights, action = density / 200000, -2 + 4 * x
            else:
                z = numpy.linspace(-10, 10, 200001)
                weights = numpy.exp(-z * z / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
                deviation = math.exp(p["log_deviation"][0])
                if factor["name"] == "gsde":
                    deviation = math.sqrt(deviation ** 2 + 1e-6)
                units = factor.get("units", {"middle": [0], "half": [1]})
                u = units["middle"][0] + units["half"][0] * (p["mean"][0] + deviation * z)
                action = 2 * numpy.tanh(u) if factor["name"] == "squashed" else u
            bound = weights[numpy.abs(action) >= 2].sum()
            found += [(weights * numpy.clip(action, -2, 2) ** 2).sum(), bound]
        result = " ".join(map(str, found))
        """)
      return stride(from: 0, to: numbers.count, by: 2).map { (numbers[$0], numbers[$0 + 1]) }
    }
  }

  @Test func `a clone whose deviations depend on learned features is refused`() throws {
    let bench = try Bench()
    try bench.write("ones.jsonl", (1...9).map { _ in Self.line(1) })
    let command = try bench.clone("ones.jsonl", "gsde", as: "clone", ["--set", "policy.hidden=8"])
    #expect(command.code == 2 && command.error.contains("policy.distribution=gaussian"), "\(command.error)")
  }

  /// Five policies of actions near 0.5, one of them in the environment's units, each evaluated on 250 episodes of each.
  ///
  /// On fixed seeds 25 intervals of four standard errors, which chance would leave once in 600 tables.
  @Test func `are the same for every pair of the family that logged and the family that is evaluated`() throws
  {
    let bench = try Bench()
    // Quantiles of a logistic distribution around 0.5 with a scale of 0.2.
    let actions = (1..<200).map { 0.5 + 0.2 * log(Double($0) / Double(200 - $0)) }
    try bench.write("demonstrations.jsonl", actions.map { Self.line($0) })
    for family in Self.families {
      let units = ["--set", "policy.action_units=environment"]
      let clone = try bench.clone(
        "demonstrations.jsonl", family, as: family, family == "network-gaussian" ? units : [])
      #expect(clone.code == 0, "\(clone.error)")
    }
    let truths = try bench.truths(Self.families)
    for logged in Self.families {
      let file = try bench.sample(logged, 250)
      for (family, truth) in zip(Self.families, truths) {
        let command = try bench.estimate(family, from: file)
        let line = try #require(command.lines.first, "\(command.error)")
        let (found, error) = (line["J"] as? Double ?? .nan, line["standard_error"] as? Double ?? .nan)
        #expect(
          abs(found - truth.mean) < 4 * error && error < 0.1, "\(logged) → \(family): \(line), \(truth)")
        if logged == family { #expect(line["effective_sample_size"] as? Double == 250) }
      }
    }
  }

  /// A wide Gaussian acts on a bound in a fifth of the steps, where squashed and beta policies never act.
  ///
  /// Those steps have weight 0. The other way round nothing makes up for them, and a notice says so. On fixed seeds three
  /// intervals of four standard errors, which chance would leave once in 5,000.
  @Test func `count draws beyond a bound as the policy that is evaluated does`() throws {
    let bench = try Bench()
    try bench.write("wide.jsonl", (-30...30).map { Self.line(Double($0) / 16) })
    try bench.write("far.jsonl", (-30...30).map { Self.line(Double($0) / 10) })
    for family in ["squashed", "beta"] {
      #expect(try bench.clone("wide.jsonl", family, as: family).code == 0)
    }
    #expect(try bench.clone("far.jsonl", "gaussian", as: "gaussian").code == 0)
    let truths = try bench.truths(["gaussian", "squashed", "beta"])
    #expect(truths[0].bound > 0.15 && truths[1].bound < 1e-6)
    let file = try bench.sample("gaussian", 3000)
    for (family, truth) in zip(["gaussian", "squashed", "beta"], truths) {
      let line = try #require(try bench.estimate(family, from: file).lines.first)
      let (found, error) = (line["J"] as? Double ?? .nan, line["standard_error"] as? Double ?? .nan)
      #expect(abs(found - truth.mean) < 4 * error && error < 0.1, "\(family): \(line), \(truth)")
    }
    let other = try bench.estimate("gaussian", from: try bench.sample("beta", 1000))
    #expect(other.error.contains("acts on a bound of the box in"), "\(other.error)")
    #expect(!(try bench.estimate("squashed", from: file).error.contains("on a bound")))
    #expect(!(try bench.estimate("gaussian", from: file).error.contains("on a bound")))
    // Between the bounds, a single action on one of them makes up for nothing.
    let density = ", \"log_probabilities\": [-1.386]"
    try bench.write("one.jsonl", (-19...20).map { Self.line(Double($0) / 10, density) })
    let one = try bench.estimate("gaussian", from: "one.jsonl")
    #expect(one.error.contains("acts on a bound of the box in"), "\(one.error)")
  }

  @Test(arguments: families)
  func `are those of the actions that a clone has seen`(_ family: String) throws {
    let bench = try Bench()
    try bench.write("ones.jsonl", Array(repeating: Self.line(1), count: 1500))
    let clone = try bench.clone("ones.jsonl", family, as: "run")
    #expect(clone.code == 0, "\(clone.error)")
    let acted = try bench.scratch.text(try bench.sample("run", 1, ["--deterministic"]))
    let values = try #require(acted.firstMatch(of: /"actions":\[\[([-0-9.e]+)\]\]/))
    #expect(abs((Double(values.1) ?? .nan) - 1) < 0.05, "\(acted)")
  }

  /// Random actions are uniform between −2 and 2; their log-probability is log ¼.
  ///
  /// On fixed seeds two intervals of four standard errors, which chance would leave once in 8,000.
  @Test func `let random actions evaluate any policy`() throws {
    let bench = try Bench()
    try bench.write("ones.jsonl", (-10...10).map { Self.line(0.6 + Double($0) / 40) })
    for family in ["squashed", "beta"] {
      #expect(try bench.clone("ones.jsonl", family, as: family).code == 0)
    }
    let random = try Command.run([
      "sample", bench.environment, "--episodes", "3000", "--out", bench.scratch("random.jsonl"),
    ])
    #expect(random.code == 0, "\(random.error)")
    for (family, truth) in zip(["squashed", "beta"], try bench.truths(["squashed", "beta"])) {
      let line = try #require(try bench.estimate(family, from: "random.jsonl").lines.first)
      let (found, error) = (line["J"] as? Double ?? .nan, line["standard_error"] as? Double ?? .nan)
      #expect(abs(found - truth.mean) < 4 * error && error < 0.1, "\(family): \(line), \(truth)")
    }
  }

  @Test func `have a sentence for an action that a distribution never takes`() throws {
    let bench = try Bench()
    let logged = ", \"log_probabilities\": [-1.386]"
    try bench.write("bound.jsonl", [Self.line(1, logged), Self.line(2, logged), Self.line(0.5, logged)])
    try bench.write("inside.jsonl", (-10...10).map { Self.line(0.6 + Double($0) / 40) })
    for family in ["squashed", "beta"] {
      let clone = try bench.clone("bound.jsonl", family, as: "refused")
      #expect(clone.code == 4, "\(clone.error)")
      let sentence = "line 2 has an action [0] whose number [0] is 2.0"
      #expect(clone.error.contains(sentence) && clone.error.contains("gaussian"), "\(clone.error)")
      #expect(try bench.clone("inside.jsonl", family, as: family).code == 0)
      let estimate = try bench.estimate(family, from: "bound.jsonl")
      #expect(estimate.code == 4 && estimate.error.contains(sentence), "\(estimate.error)")
    }
    #expect(try bench.clone("bound.jsonl", "gaussian", as: "gaussian").code == 0)
  }

  @Test func `of files without drawn_as are found from the actions, or refused`() throws {
    let bench = try Bench()
    try bench.write("inside.jsonl", (-10...10).map { Self.line(0.6 + Double($0) / 40) })
    for family in ["squashed", "gaussian"] {
      #expect(try bench.clone("inside.jsonl", family, as: family).code == 0)
    }
    let file = try bench.sample("squashed", 200)
    let old = try bench.scratch.text(file).replacing(/,"drawn_as":\[\{[^}]*\}\]/, with: "")
    #expect(!old.contains("drawn_as") && old.contains("drawn_actions"))
    try bench.write("old.jsonl", [old])
    for family in ["squashed", "gaussian"] {
      let (now, before) = (
        try bench.estimate(family, from: file), try bench.estimate(family, from: "old.jsonl")
      )
      #expect(now.code == 0 && now.out == before.out, "\(before.error)")
    }
    let more = { (drawn: String) in ", \"log_probabilities\": [-1], \"drawn_actions\": [[\(drawn)]]" }
    for (name, text, sentence) in [
      ("far", more("0.3"), "do not belong to its actions"),
      ("both", more("30"), "explain alike"),
      ("new", more("0.3") + ", \"drawn_as\": [{\"map\": \"sine\"}]", "no map this version knows, 'sine'"),
      ("few", more("0.3") + ", \"drawn_as\": []", "0 maps in drawn_as"),
    ] {
      try bench.write("\(name).jsonl", [Self.line(2, text)])
      let command = try bench.estimate("squashed", from: "\(name).jsonl")
      #expect(command.code == 4 && command.error.contains(sentence), "\(command.error)")
    }
  }
}
