import AscentEnvironments
import AscentRandomness
import AscentTestSupport
import Testing

@Suite struct `A tabular process` {
  /// 20,000 transitions from each pair: 5.4 deviations of a frequency, false-alarm rate 1e-7 each.
  @Test func `moves with its probabilities`() throws {
    let process = try MarkovDecisionProcess.twoState()
    let environment = try TabularEnvironment(process)
    var counts: [[Double]] = Array(repeating: [0, 0], count: 4)
    var actions = [Float(0)]
    let stream = try RandomStream(StreamKey(seed: 3, purpose: .actions))
    var played = try Played(environment, StreamKey(seed: 3, purpose: .environment))
    for _ in 0..<80_000 {
      let (s, a) = (environment.state, Int(stream.nextUInt32() & 1))
      actions[0] = Float(a)
      let step = try played.step(actions)
      counts[s * 2 + a][environment.state] += 1
      #expect(step.reward == (environment.state == 1 ? 1 : 0))
      #expect(played.observation == (environment.state == 1 ? [0, 1] : [1, 0]))
    }
    for (row, count) in counts.enumerated() {
      let n = count[0] + count[1]
      let p = process.transition[row * 2 + 1]
      #expect(n > 1000)
      #expect(abs(count[1] / n - p) <= 5.4 * (p * (1 - p) / n).squareRoot())
    }
  }

  @Test func `is refused when its tables are none`() throws {
    func make(
      transition: [Double] = [1, 1], reward: [Double] = [0, 0], initial: [Double] = [1]
    ) throws -> MarkovDecisionProcess {
      try MarkovDecisionProcess(
        stateCount: 1, actionCount: 2, transition: transition, reward: reward, initial: initial,
        terminal: [false])
    }
    _ = try make()
    #expect(throws: ProcessError.size(table: "transition", expected: 2, found: 1)) {
      try make(transition: [1])
    }
    #expect(throws: ProcessError.reward(index: 1)) { try make(reward: [0, .nan]) }
    #expect(throws: ProcessError.sum(table: "initial", found: 0.5)) { try make(initial: [0.5]) }
    #expect(throws: ProcessError.probability(table: "transition from state 0, action 1")) {
      try make(transition: [1, -1])
    }
  }
}

@Suite struct `A space` {
  static let mixed = Space(leaves: [
    Space.Leaf(path: "a", kind: .discrete(count: 3, start: 2)),
    Space.Leaf(path: "b", kind: .box(shape: [2], low: [-1, 0], high: [1, .infinity], element: .float32)),
    Space.Leaf(path: "c", kind: .multiDiscrete(counts: [2, 3], starts: [0, 0], shape: [2])),
    Space.Leaf(path: "d", kind: .multiBinary(shape: [2])),
  ])

  @Test func `flattens in the order of its leaves`() {
    var flat = Array(repeating: Float(9), count: Self.mixed.flattenedSize)
    var span = flat.mutableSpan
    let values: [Float] = [1, 0.5, 7, 0, 2, 1, 0]
    Self.mixed.flatten(values.span, into: &span)
    #expect(flat == [0, 1, 0, 0.5, 7, 1, 0, 0, 0, 1, 1, 0])
    #expect(Self.mixed.valueCount == values.count)
  }

  @Test func `knows its members`() {
    let inside: [Float] = [1, 0.5, 7, 0, 2, 1, 0]
    #expect(Self.mixed.firstValueOutside(inside.span) == nil)
    for (k, x): (Int, Float) in [(0, 3), (1, 1.5), (2, -1), (3, 2), (4, -1), (6, 2), (1, .nan)] {
      var outside = inside
      outside[k] = x
      #expect(Self.mixed.firstValueOutside(outside.span) == k)
    }
  }

  @Test func `samples its members, and says how likely they were`() throws {
    let stream = try RandomStream(StreamKey(seed: 4, purpose: .actions))
    var values = Array(repeating: Float(0), count: Self.mixed.valueCount)
    var first = Set<Float>()
    for _ in 0..<1000 {
      let logDensity = Self.mixed.sample(from: stream, into: &values)
      #expect(Self.mixed.firstValueOutside(values.span) == nil)
      // 3 · 2 (the box's width) · 2 · 3 · 2 · 2 possibilities of density, and e^{−x} for the half-open value.
      #expect(abs(logDensity + 4.9698133 + Double(values[2])) < 1e-5)
      first.insert(values[0])
    }
    #expect(first == [0, 1, 2])
  }

  @Test func `clamps actions into themselves`() {
    var action: [Float] = [3, -5]
    ActionBounds(.box(low: [-1, -2], high: [1, 2])).clamp(&action)
    #expect(action == [1, -2])
    action = [2, -0.5]
    ActionBounds(.box(low: [-.infinity, -1], high: [.infinity, 1])).clamp(&action)
    #expect(action == [2, -0.5])
  }
}

@Suite struct `Lanes side by side` {
  @Test func `do not depend on one another`() throws {
    func observations(_ count: Int) throws -> [[Float]] {
      let lanes = ObservedLanes(try Lanes((0..<count).map { _ in try CartPole() }, seed: 5))
      var seen: [[Float]] = Array(repeating: [], count: count)
      for _ in 0..<3 {
        for lane in 0..<count {
          try lanes.reset(lane)
          seen[lane] += lanes.observations[lane]
          _ = try lanes.step(lane, [1])
          seen[lane] += lanes.observations[lane]
        }
      }
      return seen
    }
    let (one, four) = (try observations(1), try observations(4))
    #expect(four[0] == one[0])
    #expect(Set(four).count == 4)
  }

  @Test func `must be alike, and at least one`() throws {
    #expect(throws: LanesError.none) { try Lanes([], seed: 1) }
    #expect(throws: LanesError.differentSpaces(lane: 1)) {
      try Lanes([CartPole(), TabularEnvironment(.twoState())], seed: 1)
    }
  }
}
