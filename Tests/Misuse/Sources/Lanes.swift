import AscentEnvironments
import AscentRandomness

/// Lanes of `native:cartpole`.
func lanes(_ count: Int = 2, _ name: String = "cartpole") throws -> Lanes {
  try Lanes((0..<count).map { _ in try native(name) }, seed: 1)
}

extension Misuses {
  mutating func addLanes() {
    type = "Environments.Lanes"
    let make = "init(_:seed:purpose:share:vectors:restartingAfter:)"
    add(make, "no environment", .fails("at least one lane")) { _ = try Lanes([], seed: 1) }
    for (range, count) in [(0..<3, 3), (-1..<0, 1), (1..<2, 1), (0..<1, -1), (5..<6, 2)] {
      add(make, "one environment for the lanes \(range) of \(count)", .fails("do not fit")) {
        _ = try Lanes([try native("cartpole")], seed: 1, share: (range, count))
      }
    }
    for lane in [-1, 2, Int.max, Int.min] {
      let words = Misuse.Ending.stops("lane must be from 0 to 1, not \(lane)")
      add("state(_:)", "lane \(lane)", .returns) { print(try lanes().state(lane)) }
      add("restore(_:_:)", "lane \(lane)", words) { try lanes().restore([1], lane) }
      add("repeatReset(_:from:into:)", "lane \(lane)", words) {
        var observation: [Float] = .of(4)
        try lanes().repeatReset(lane, into: &observation)
      }
      add(["prepare(_:_:)", "Environments.VectorMember.prepare(_:)"], "lane \(lane)", words) {
        let action: [Float] = []
        try lanes().prepare(lane, action.span)
      }
      add("advanceVectors(of:)", "lane \(lane)", words) { try lanes().advanceVectors(of: [lane]) }
      add("isWaiting(_:)", "lane \(lane)", words) { print(try lanes().isWaiting(lane)) }
      add("key(_:lane:)", "lane \(lane)", words) { print(try lanes().key(.actions, lane: lane)) }
      add("hiddenState(_:)", "lane \(lane)", words) { print(try lanes().hiddenState(lane) as Any) }
      add("reset(_:into:)", "lane \(lane)", words) {
        var observation: [Float] = .of(4)
        try lanes().reset(lane, into: &observation)
      }
      add("step(_:_:into:)", "lane \(lane)", words) {
        var observation: [Float] = .of(4)
        let action: [Float] = [0]
        _ = try lanes().step(lane, action.span, into: &observation)
      }
    }
    add("advanceVectors(of:)", "lanes without vectors", .stops("only lanes of vectors")) {
      try lanes().advanceVectors(of: [0])
    }
    add(["repeatReset(_:from:into:)"], "a lane that has begun no episode", .stops("number of episodes")) {
      var observation: [Float] = .of(4)
      try lanes().repeatReset(0, into: &observation)
    }
    for count in [0, 3, 5] {
      add("reset(_:into:)", "an observation of \(count) floats", .stops("observation must have 4 elements")) {
        var observation: [Float] = .of(count)
        var span = observation.mutableSpan
        try lanes().reset(0, into: &span)
      }
      add("step(_:_:into:)", "an observation of \(count) floats", .stops("observation must have 4 elements"))
      {
        var observation: [Float] = .of(count)
        let action: [Float] = [0]
        _ = try lanes().step(0, action.span, into: &observation)
      }
      add("step(_:_:into:)", "an action of \(count) floats", .stops("action must have 1 elements")) {
        var (observation, action): ([Float], [Float]) = (.of(4), .of(count))
        var span = observation.mutableSpan
        action.append(contentsOf: [])
        _ = try lanes().step(0, action.span, into: &span)
      }
    }
    add("restore(episodesBegun:)", "a counter for one of two lanes", .stops("episode counters must have 2")) {
      try lanes().restore(episodesBegun: [0])
    }
    add(
      "Environments.StateKeeper.restore(_:before:)", "bytes for an environment that keeps no state", .returns
    ) {
      try lanes().restore([1, 2, 3], 0)
    }
  }

  mutating func addProcesses() {
    type = "Environments"
    let make = "MarkovDecisionProcess.init(stateCount:actionCount:transition:reward:initial:terminal:)"
    for (states, actions) in [(0, 1), (1, 0), (-1, -1)] {
      add(make, "\(states) states, \(actions) actions", .fails("at least one state")) {
        _ = try process(states, actions)
      }
    }
    for short in ["transition", "reward", "initial", "terminal"] {
      add(make, "a short table \(short)", .fails("the table \(short)")) {
        _ = try process(2, 2, without: short)
      }
    }
    add("MarkovDecisionProcess.index(_:_:_:)", "indices outside of the tables", .returns) {
      print(try process(2, 2).index(9, -9, 99))
    }
    let partial = "PartiallyObservedProcess.init(_:observationCount:emission:initialEmission:)"
    for (observations, emission, initial, words) in [
      (0, 0, 0, "at least one state"), (2, 7, 4, "table emission"), (2, 8, 3, "table initial emission"),
    ] {
      add(partial, "\(observations), \(emission), \(initial)", .fails(words)) {
        _ = try PartiallyObservedProcess(
          try process(2, 2), observationCount: observations, emission: .of(emission, 0.5),
          initialEmission: .of(initial, 0.5))
      }
    }
    for corridor in [0, -4] {
      add(
        "PartiallyObservedProcess.tMaze(corridor:)", "a corridor of \(corridor)",
        .stops("length of the corridor")
      ) {
        _ = try PartiallyObservedProcess.tMaze(corridor: corridor)
      }
    }
    for index in [-1, 99] {
      add("Belief.initial(observing:in:)", "observation \(index)", .stops("observation must be")) {
        _ = Belief.initial(observing: index, in: try PartiallyObservedProcess.tMaze())
      }
      for (a, o, words) in [(index, 0, "action must be"), (0, index, "observation must be")] {
        add("Belief.updated(after:observing:in:)", "action \(a), observation \(o)", .stops(words)) {
          let maze = try PartiallyObservedProcess.tMaze()
          _ = Belief.initial(observing: 0, in: maze)?.belief.updated(after: a, observing: o, in: maze)
        }
      }
      add("Belief.reward(of:in:)", "action \(index)", .stops("action must be")) {
        let maze = try PartiallyObservedProcess.tMaze()
        _ = Belief.initial(observing: 0, in: maze)?.belief.reward(of: index, in: maze.process)
      }
    }
    add(
      ["Belief.updated(after:observing:in:)", "Belief.reward(of:in:)"], "a belief of another problem",
      .stops("belief must have 2")
    ) {
      let belief = Belief.initial(observing: 0, in: try PartiallyObservedProcess.tMaze())?.belief
      _ = belief?.reward(of: 0, in: try process(2, 2))
    }
    for action in [-1, 2, Float.nan] {
      add(["TabularEnvironment.step(_:into:)"], "action \(action) of two", .stops("action must be a choice"))
      {
        let environment = try native("two-state")
        var observation: [Float] = .of(environment.observationSize)
        try environment.reset(key, into: &observation)
        _ = try environment.step([action].span, into: &observation)
      }
    }
  }
}

/// A process that stays where it is; one of its tables may lack an entry.
func process(_ states: Int, _ actions: Int, without table: String = "") throws -> MarkovDecisionProcess {
  func size(_ name: String, _ count: Int) -> Int { max(0, count) - (name == table ? 1 : 0) }
  var transition: [Double] = .of(size("transition", states * actions * states))
  for row in 0..<max(0, states * actions) where row * states + row / max(1, actions) < transition.count {
    transition[row * states + row / max(1, actions)] = 1
  }
  var initial: [Double] = .of(size("initial", states))
  if !initial.isEmpty { initial[0] = 1 }
  return try MarkovDecisionProcess(
    stateCount: states, actionCount: actions, transition: transition,
    reward: .of(size("reward", states * actions * states)), initial: initial,
    terminal: Array(repeating: false, count: size("terminal", states)))
}
