import AscentEnvironments
import AscentPythonEnvironments
import AscentRandomness
import AscentTestSupport
import Testing

/// Takes one step with an action, after a reset; returns the step and the observation.
private func step(
  _ environment: any Environment, _ action: [Float]
) throws -> (step: Step, observation: [Float]) {
  var o = Array(repeating: Float(0), count: environment.observationSize)
  try environment.reset(key(1), into: &o)
  let step = try environment.step(action.span, into: &o)
  return (step, o)
}

@Suite struct `An action` {
  /// The fixtures raise unless their space contains the action, with the types of its own samples.
  @Test(arguments: [
    ("Joint", [-0.3], 2), ("Joint", [0.7], 2), ("HalfJoint", [-0.3, 0.7], 2),
    ("SingleJoint", [-0.3, 0.7], 2),
    ("ScalarJoint", [0.7], 2), ("NestedJoint", [-0.3, 0.7, 2], 3), ("Choice", [2], 3),
    ("ManyChoices", [69_999], 70_000), ("Choices", [2, 3], 4), ("Flags", [1, 0, 1], 2),
    ("Whole", [0, 5, 1, 4], 6), ("Bytes", [0, 5, 2], 6), ("Bits", [0, 1], 2), ("ScalarWhole", [4], 5),
    ("FarWhole", [2], 3), ("NestedWhole", [0, 5, -0.1], 6),
  ])
  func `lies in its space, and has the types of the space's samples`(
    name: String, action: [Double], choices: Int
  ) throws {
    let environment = try open("\(exact):\(name)")
    var clamped = action.map { Float($0) }
    ActionBounds(environment.actionSpace).clamp(&clamped)
    #expect(try step(environment, clamped).step.reward == 1)
    #expect((environment.actionSpace.choiceCounts.compactMap(\.self).max() ?? 2) == choices)
  }

  @Test func `in a data set has the values from which it is built`() throws {
    _ = try open("\(exact):Strict")
    let differing = try TestPython.interpreter().run(
      """
      import sys, types, gymnasium, numpy, _ascent_spaces
      from gymnasium.utils.env_checker import data_equivalence
      module = next(v for k, v in sys.modules.items() if k == "exact" or k.endswith("exact_py"))
      names = "Joint HalfJoint NestedJoint Choice Choices Flags Whole Bytes Bits FarWhole NestedWhole".split()
      differing = []
      for name in names:
          space = getattr(module, name).action_space
          space.seed(3)
          for _ in range(20):
              action = space.sample()
              values = _ascent_spaces.action_values(space, action, gymnasium, numpy)
              built = _ascent_spaces.build_action(types.SimpleNamespace(action_space=space), values)
              if not data_equivalence(action, built):
                  differing.append(f"{name}: {action} and {built}")
      result = "; ".join(differing)
      """)
    #expect(differing == "")
  }

  @Test func `of float64 bounds that float32 rounds outward becomes the bound itself`() throws {
    _ = try step(try open("\(exact):LoneJoint"), [-0.3])
    let seen = try TestPython.numbers(
      """
      import sys
      m = next(v for k, v in sys.modules.items() if k == "exact" or k.endswith("exact_py"))
      result = repr(float(m.LoneJoint.acted[0]))
      """)
    #expect(Double(Float(-0.3)) < -0.3 && seen == [-0.3])
  }

  @Test(arguments: [
    ("JointVector", [-0.3, 0.1, 0.7, 0.2]), ("FarChoiceVector", [0, 2]), ("WholeVector", [0, 1, 2, 0]),
  ])
  func `of a vector lies in its space`(name: String, actions: [Double]) throws {
    let vector = try vector(name)
    try vector.restart(key(1), following: key(1))
    let rows = vector.environments
    let size = actions.count / 2
    for (row, environment) in rows.enumerated() {
      let action = actions[row * size..<(row + 1) * size].map { Float($0) }
      (environment as? any VectorMember)?.prepare(action.span)
    }
    try vector.advance()
  }

  @Test(arguments: [
    (
      "BoundlessWhole",
      "at 'knob' is a box of whole numbers, each a choice of the policy, and is not bounded; bound it"
    ),
    ("HugeWhole", "has 1,000,001 of them; bound it to at most 65,536 choices in all, or declare it float32"),
    ("NoAction", "the action space Box([], [], (0,), float32) is empty"),
    ("EmptyAction", "the action space Dict() is empty"),
    ("Empty", "the observation space Box([], [], (0,), float32) is empty"),
    ("EmptyDict", "the observation space Dict() is empty"),
    ("HugeChoice", "is too large: its part 'cell' is 1,000,000,000 numbers"),
    ("FarChoices", "has numbers up to 16,777,219, which float32 does not tell apart"),
    ("Objectives", "mo_gymnasium.wrappers:LinearReward"), ("Scaled", "mo_gymnasium.wrappers:LinearReward"),
    ("Inherited", "mo_gymnasium.wrappers:LinearReward"),
    ("Old", "the observation space OldBox is of the old package gym; convert it"),
  ])
  func `or observation in a space that no policy has is refused by the space's name`(
    name: String, text: String
  ) throws {
    let error = #expect(throws: PythonError.self) { try open("\(exact):\(name)") }
    #expect(error?.kind == .unsupported)
    #expect(error?.message.contains(text) ?? false, "\(error?.message ?? "")")
  }
}

private let exactVectors = TestPython.projectFolder + "/Tests/Fixtures/exact_vectors.py"

private func vector(_ name: String) throws -> PythonVector {
  try PythonVector(
    PythonOpening("\(exactVectors):\(name)"), count: 2, firstLane: 0, randomness: .streams(.philox),
    interpreter: TestPython.interpreter())
}

@Suite struct `A value of another type than its space declares` {
  @Test(arguments: [
    ("Float64", [0.1, 0.25], "is float64 where float32 is declared"),
    ("Float16", [0.0999755859375, 0.25], "is float16 where float32"),
    ("Int64", [3, -4], "is int64 where float32"),
    ("Big", [0.1, 0.25], "is float32 in foreign byte order"),
    ("List", [0.1, 0.25], "is a list where float32"),
    ("Foreign", [0.1, 0.25], "is of type Array"), ("Discontiguous64", [0.1, 0.25], "is float64"),
    ("Float32For64", [0.1, 0.25], "is float32 where float64"),
    ("NestedFloat64", [0, 1, 0.1, 0.25], "the observation 'b' is float64 where float32"),
    ("WholeForBytes", [7, 255], "is int64 where uint8"),
    ("WholeFloatsForBytes", [7, 255], "is float64 where uint8"),
    ("ArrayForChoice", [0, 0, 1, 0], "is an array of shape (1,) where int64"),
    ("FloatForChoice", [0, 0, 1, 0], "is a float where int64"),
    ("ListForChoices", [0, 1, 0, 0, 0, 1, 0], "is a list where int64"),
    ("FloatsForChoices", [0, 1, 0, 0, 0, 1, 0], "is float64 where int64"),
  ])
  func `is converted, with a notice`(name: String, expected: [Double], text: String) throws {
    let environment = try open("\(exact):\(name)")
    let (_, observation) = try step(environment, [0])
    #expect(observation == expected.map { Float($0) })
    let notices = environment.takeNotices()
    #expect(notices.count == 1 && notices[0].text.contains(text), "\(notices)")
    _ = try step(environment, [0])
    #expect(environment.takeNotices().isEmpty)
  }

  @Test(arguments: [
    ("ArrayReward", "the reward is an array of shape (1,) where one number is expected", 2.5),
    ("ScalarArrayReward", "the reward is an array of shape ()", 2.5),
    ("ForeignReward", "the reward is an array of shape ()", 2.5),
    ("OddFlags", "terminated is an array of shape () where a bool is expected", 1),
    ("OddFlagsOfOne", "terminated is an array of shape (1,)", 1),
    ("ForeignFlags", "truncated is an array", 1),
  ])
  func `is a reward or a flag, too`(name: String, text: String, reward: Double) throws {
    let environment = try open("\(exact):\(name)")
    var o: [Float] = [0, 0]
    try environment.reset(key(1), into: &o)
    var steps: [Step] = []
    while steps.last?.end == nil { steps.append(try environment.step(([0] as [Float]).span, into: &o)) }
    #expect(steps.count == 4 && steps.allSatisfy { $0.reward == reward } && steps[3].end == .terminated)
    let notices = environment.takeNotices()
    #expect(notices.contains { $0.text.contains(text) }, "\(notices)")
  }

  @Test(arguments: [
    ("HalvesForBytes", "should be an array of shape (2) of uint8 but is shape (2) of float64"),
    ("TooMuchForBytes", "should be an array of shape (2) of uint8 but is shape (2) of int64"),
    ("HalfForChoice", "should be a whole number but is float"), ("NoNumberForChoice", "but is NoneType"),
    ("Words", "of element type"), ("Complex", "of element type"), ("TwoLengths", "but is list"),
    ("WrongShape64", "but is shape (3) of float64"),
    ("TooLarge", "the observation has 1e+39 at index 1, which float32 cannot hold"),
    ("TooLargeInList", "the observation has 1e+300 at index 0, which float32 cannot hold"),
    ("OfAgents", "but is dict, perhaps one for each of many agents; Ascent supports one"),
    ("ListOfAgents", "but is list, perhaps one for each of many agents"),
    ("ListReward", "the reward should be one number but is list, perhaps one for each of many agents"),
    ("DictReward", "the reward should be one number but is dict, perhaps one for each of many agents"),
    ("VectorReward", "the weighted sum of mo_gymnasium.wrappers:LinearReward"),
    ("HugeReward", "should be a number that float64 can hold but is int"), ("NoReward", "but is NoneType"),
    ("FlagsOfAgents", "terminated should be a bool but is dict, perhaps one for each of many agents"),
    ("FloatFlags", "terminated should be a bool but is numpy.ndarray"),
    ("RaisesTypeError", "raised TypeError: can only concatenate str"),
  ])
  func `is an error where its numbers do not fit`(name: String, text: String) throws {
    let environment = try open("\(exact):\(name)")
    let error = #expect(throws: EnvironmentError.self) { try step(environment, [0]) }
    #expect(error?.description.contains(text) ?? false, "\(error?.description ?? "")")
    #expect(error?.step == 1)
    if case .raised = error?.fault { return }
    #expect(environment.takeNotices().count <= 1)
  }

  @Test(arguments: [
    ("Float64Vector", ["the observation is float64 where float32"]),
    ("ListVector", ["the observation is a list", "the reward is a list", "terminated is a list"]),
    ("NumberFlagsVector", ["terminated is int64 where bool"]),
  ])
  func `is converted in a vector`(name: String, texts: [String]) throws {
    let vector = try vector(name)
    let lanes = try Lanes(vector.environments, seed: 1, vectors: [vector])
    try lanes.restartVectors()
    var o: [Float] = [0, 0]
    for lane in 0..<2 { try lanes.reset(lane, into: &o) }
    try lanes.advanceVectors(of: 0..<2)
    let step = try lanes.step(1, ([0] as [Float]).span, into: &o)
    #expect(o == [0.1, 0.1] && step.reward == 16_777_217)
    let notices = lanes.takeNotices()
    #expect(notices.count == texts.count, "\(notices)")
    for (notice, text) in zip(notices, texts) { #expect(notice.text.contains(text)) }
    #expect(lanes.takeNotices().isEmpty)
  }

  @Test(arguments: [
    ("HalfFlagsVector", "the terminations should be a vector of bools"),
    ("TooLargeVector", "the observation has 1e+39 at index 0, which float32 cannot hold"),
  ])
  func `is an error where the numbers of a vector do not fit`(name: String, text: String) throws {
    let vector = try vector(name)
    let error = #expect(throws: EnvironmentError.self) {
      try vector.restart(key(1), following: key(1))
      try vector.advance()
    }
    #expect(error?.description.contains(text) ?? false, "\(error?.description ?? "")")
  }
}

@Suite struct `Rewards of several objectives` {
  @Test func `are one number where a wrapper weights them`() throws {
    #expect(try step(try open("\(exact):Weighted"), [0]).step.reward == 1)
  }
}

@Suite struct `What an environment has` {
  @Test func `as gymnasium.make leaves it is there: spec, render_mode, metadata`() throws {
    _ = try open("\(exact):Strict")
    _ = try TestPython.interpreter().run(
      """
      import sys
      next(v for k, v in sys.modules.items() if k == "exact" or k.endswith("exact_py")).register()
      """)
    let environment = try open("LooksAtItself-v0")
    #expect(environment.timeLimit == 9)
    #expect(try step(environment, [0]).step.reward == 1)
  }

  @Test(arguments: [("Keeps", true), ("Forwards", true), ("ByInstance", true), ("Strict", false)])
  func `of a state is found in every layer`(name: String, keeps: Bool) throws {
    let environment = try open("\(exact):\(name)")
    #expect(environment.keepsState == keeps)
    guard keeps else { return }
    // Before its first reset an environment has nothing to give.
    #expect(try environment.state(before: key(1)).isEmpty)
    var observation = Array(repeating: Float(0), count: environment.observationSize)
    try environment.reset(key(1), into: &observation)
    let state = try environment.state(before: key(1))
    try environment.restore(state, before: key(1))
    #expect(state.suffix(5) == Array("state".utf8)[...])
  }

  @Test func `of a table is not taken from below a wrapper`() throws {
    #expect(try open("FrozenLake-v1").process != nil)
    #expect(try open("\(exact):HalfLake").process == nil)
  }
}
