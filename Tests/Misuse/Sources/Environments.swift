import AscentEnvironments
import AscentRandomness
import AscentRegistries

let key = StreamKey(seed: 1, purpose: .environment)

func native(_ name: String) throws -> any Environment {
  guard let entry = Registry<NativeEnvironment>.environments.entries.first(where: { $0.name == name }) else {
    throw UnknownName(kind: "environment", name: name, known: [])
  }
  return try entry.open(.philox)
}

extension Misuses {
  mutating func addSpaces() {
    type = "Environments"
    add(
      ["ActionBounds.init(_:)", "ActionBounds.clamp(_:)"], "an action that is too short",
      .stops("action must have 2")
    ) {
      var action: [Float] = .of(1)
      ActionBounds(.box(low: [0, 0], high: [1, 1])).clamp(&action)
    }
    add("ActionBounds.clamp(_:)", "a span that is too long", .stops("action must have 2")) {
      var action: [Float] = .of(3)
      var span = action.mutableSpan
      ActionBounds(.box(low: [0, 0], high: [1, 1])).clamp(&span)
    }
    type = "Environments.Space"
    let space = Space(leaves: [
      Space.Leaf(path: "a", kind: .discrete(count: 3, start: 0)),
      Space.Leaf(path: "b", kind: .multiDiscrete(counts: [2, 5000], starts: [0, 0], shape: [2])),
    ])
    for (values, flattened, words) in [
      (2, 6, "values must have 3"), (3, 5, "flattened element must have 6"), (4, 6, "values must have 3"),
    ] {
      add(
        ["flatten(_:into:)", "init(leaves:)", "Leaf.init(path:kind:)"], "\(values) → \(flattened)",
        .stops(words)
      ) {
        var flat: [Float] = .of(flattened)
        let elements: [Float] = .of(values)
        var span = flat.mutableSpan
        space.flatten(elements.span, into: &span)
      }
    }
    for bad in [-1, 3, Float.nan, .infinity] {
      add("flatten(_:into:)", "the choice \(bad) of three", .stops("value of a discrete space must be")) {
        var flat: [Float] = .of(6)
        let elements: [Float] = [bad, 0, 0]
        var span = flat.mutableSpan
        space.flatten(elements.span, into: &span)
      }
    }
    add("firstValueOutside(_:)", "other counts", .returns) {
      for count in [0, 2, 4] {
        let elements: [Float] = .of(count)
        print(space.firstValueOutside(elements.span) as Any)
      }
    }
    add("sample(from:allowing:into:)", "room for too few values", .stops("values must have 3")) {
      var values: [Float] = .of(2)
      _ = try space.sample(from: stream(), into: &values)
    }
    add("sample(from:allowing:into:)", "a short mask", .stops("mask must have 5005")) {
      var values: [Float] = .of(3)
      var span = values.mutableSpan
      _ = try space.sample(from: stream(), allowing: [1, 1, 1], into: &span)
    }
    add("sample(from:allowing:into:)", "a mask that allows nothing", .stops("mask must allow a choice")) {
      var values: [Float] = .of(1)
      _ = try Space.discrete(3).sample(from: stream(), allowing: .of(3), into: &values)
    }
    add("box(low:high:)", "fewer upper bounds", .stops("upper bounds must have 2")) {
      _ = Space.box(low: [0, 0], high: [1])
    }
    for count in [0, -1] {
      add(["discrete(_:)", "init(_:)"], "\(count) choices", .fails("it needs at least 1")) {
        _ = try Lanes([Fixed(.discrete(count), .of(0))], seed: 1)
      }
    }
    for (kind, words) in [
      (Space.Kind.box(shape: [2], low: [0], high: [1], element: .float32), "give one for each"),
      (.box(shape: [-2], low: [0], high: [1], element: .float32), "an extent below 0"),
      (.box(shape: [1], low: [2], high: [1], element: .float32), "must not exceed"),
      (.multiDiscrete(counts: [2], starts: [], shape: [1]), "1 numbers of choices and 0 starts"),
      (.multiDiscrete(counts: [0], starts: [0], shape: [1]), "fewer than 1 choice"),
      (.multiBinary(shape: [1 << 62, 8]), "too many bits"),
    ] {
      add("init(_:)", "\(kind)", .fails(words)) { _ = try Lanes([Fixed(Space(kind), .of(0))], seed: 1) }
    }
  }

  mutating func addEnvironments() {
    type = "Environments"
    let simulated: [(String, String, Int)] = [
      ("acrobot", "Acrobot", 6), ("cartpole", "CartPole", 4), ("mountain-car", "MountainCar", 2),
      ("pendulum", "Pendulum", 3), ("linear-gaussian", "LinearGaussianEnvironment", 1),
      ("two-state", "TabularEnvironment", 0), ("tiger", "PartiallyObservedEnvironment", 0),
    ]
    for (name, type, _) in simulated {
      addCalls(type, { try native(name) })
    }
    addCalls("TimeLimit", { TimeLimit(try native("cartpole"), limit: -3) }, ["TimeLimit.init(_:limit:)"])
    addCalls("FrameStack", { FrameStack(try native("cartpole"), count: -3) }, ["FrameStack.init(_:count:)"])
    addCalls("FaultTruncation", { FaultTruncation(try native("cartpole")) })
    addCalls(
      "PictureAxes", { PictureAxes(try native("cartpole"), .init(repeating: .channelsFirst, count: 9)) },
      ["PictureAxes.init(_:_:)"])
    addCalls(
      "AlsoObserve", { AlsoObserve(try native("cartpole"), [.action, .time], limit: -1) },
      ["AlsoObserve.init(_:_:limit:)"])
    addCalls(
      "PartialObservation",
      { try PartialObservation(try native("cartpole"), [Emission(typed: "hide=1")], horizon: -1) },
      ["PartialObservation.init(_:_:horizon:generator:)"])
    type = "Environments"
    add("PartialObservation.init(_:_:horizon:generator:)", "a feature that is not there", .fails("hide=9")) {
      _ = try PartialObservation(try native("cartpole"), [Emission(typed: "hide=9")], horizon: nil)
    }
    add(
      ["PartialObservation.logDensity(of:given:)", "EmissionLayer.logDensity(of:given:)"],
      "vectors of other lengths",
      .returns
    ) {
      let noisy = try PartialObservation(
        try native("cartpole"), [Emission(typed: "gaussian=1")], horizon: nil)
      for (o, s) in [(0, 4), (4, 0), (5, 4), (4, 5)] {
        print(noisy.logDensity(of: .of(o), given: .of(s)) as Any)
      }
    }
    add(
      [
        "EmissionLayer.emit(_:from:)", "EmissionArguments.emission(_:fit:)",
        "EmissionFit.widened(wholeNumbersToo:_:)",
      ],
      "an emission that shortens its array", .fails("array of the emission")
    ) {
      let emission = EmissionArguments("own").emission([]) {
        Shortening(output: $0.widened { _, bounds in bounds })
      }
      let environment = try PartialObservation(try native("cartpole"), [emission], horizon: nil)
      var observation: [Float] = .of(4)
      try environment.reset(key, into: &observation)
    }
    add(
      ["EnvironmentError.init(lane:episode:step:seed:fault:)", "EnvironmentError.endless(_:_:_:_:)"],
      "negative numbers",
      .returns
    ) { print(EnvironmentError.endless(-1, -1, -1, 0)) }
    add(
      ["NativeEnvironment.init(_:help:timeLimit:model:)", "NativeEnvironment.open(_:lane:timeLimit:)"],
      "limits below 1",
      .returns
    ) {
      var observation: [Float] = .of(4)
      let entry = NativeEnvironment("x", help: "", timeLimit: -1, model: NativeEnvironment.cartPole.model)
      try entry.open(.philox).reset(key, into: &observation)
      try entry.open(.philox, lane: -1, timeLimit: 0).reset(key, into: &observation)
    }
    add(["ObservationStages.Stack.init(frames:run:)"], "no frames", .returns) {
      let stack = ObservationStages.Stack(frames: 0, run: -4)
      print(stack.frames, stack.run)
    }
    addTrials()
  }

  /// Resets and steps with arrays of wrong sizes.
  private mutating func addCalls(
    _ name: String, _ open: @escaping () throws -> any Environment, _ others: [String] = []
  ) {
    type = "Environments"
    let (reset, step) = ("\(name).reset(_:into:)", "\(name).step(_:into:)")
    let (anyReset, anyStep) = ("Environment.reset(_:into:)", "Environment.step(_:into:)")
    for (isSpan, what) in [(false, "an array"), (true, "a span")] {
      add([reset, anyReset] + others, "\(what) that is too short", .stops("observation must have")) {
        let environment = try open()
        var short: [Float] = .of(environment.observationSize - 1)
        var span = short.mutableSpan
        if isSpan {
          try environment.reset(key, into: &span)
        } else {
          try environment.reset(key, into: &short)
        }
      }
      add([step, anyStep] + others, "\(what) that is too short", .stops("observation must have")) {
        let environment = try open()
        var full: [Float] = .of(environment.observationSize)
        try environment.reset(key, into: &full)
        let action: [Float] = .of(environment.actionSpace.valueCount)
        var short: [Float] = .of(environment.observationSize - 1)
        var span = short.mutableSpan
        if isSpan {
          _ = try environment.step(action.span, into: &span)
        } else {
          _ = try environment.step(action.span, into: &short)
        }
      }
      add([step, anyStep], "an action without numbers, and \(what)", .stops("action must have 1")) {
        let environment = try open()
        var full: [Float] = .of(environment.observationSize)
        try environment.reset(key, into: &full)
        var span = full.mutableSpan
        let none: [Float] = []
        if isSpan {
          _ = try environment.step(none.span, into: &span)
        } else {
          _ = try environment.step(none.span, into: &full)
        }
      }
    }
  }

  private mutating func addTrials() {
    let name = "EnvironmentCheck.findings(steps:seed:drawing:laneCount:onStep:open:)"
    for (steps, streams, words) in [(0, 2, "number of steps"), (10, 1, "streams of random actions")] {
      add(name, "\(steps) steps, \(streams) streams", .stops(words)) {
        _ = try EnvironmentCheck.findings(
          steps: steps, seed: 1, drawing: try (0..<streams).map { try stream(lane: $0) },
          open: { (seed, count) throws(LanesError) in
            try Lanes((0..<count).map { _ in Fixed(.box(low: [0], high: [1]), [0]) }, seed: seed)
          })
      }
    }
  }
}

/// An emission that breaks its contract.
private struct Shortening: EmissionLayer {
  let output: Space
  var isFunction: Bool { true }
  mutating func emit(_ features: inout [Float], from stream: RandomStream) { features.removeLast() }
  func logDensity(of o: [Float], given s: [Float]) -> Double? { nil }
}

/// An environment that always shows the same numbers.
final class Fixed: Environment {
  let observationSpace: Space
  let actionSpace = Space.discrete(2)
  private let numbers: [Float]
  private let reward: Double

  init(_ space: Space, _ numbers: [Float], reward: Double = 0) {
    (observationSpace, self.numbers, self.reward) = (space, numbers, reward)
  }

  func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) throws(EnvironmentError) {
    for k in numbers.indices { observation[k] = numbers[k] }
  }

  func step(_ action: Span<Float>, into observation: inout MutableSpan<Float>) throws(EnvironmentError)
    -> Step
  {
    for k in numbers.indices { observation[k] = numbers[k] }
    return Step(reward: reward)
  }
}
