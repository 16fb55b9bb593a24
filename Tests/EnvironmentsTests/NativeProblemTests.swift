import AscentEnvironments
import AscentRandomness
import Testing

@Suite struct `Native problems without sight` {
  @Test func `show the sign of the maze at its beginning alone`() throws {
    let maze = try PartiallyObservedEnvironment(.tMaze(corridor: 2))
    var ends: Set<Double> = []
    for episode in 0..<20 {
      var o: [Float] = [0, 0, 0, 0]
      try maze.reset(StreamKey(seed: 1, purpose: .environment, episode: UInt32(episode)), into: &o)
      let sign = o[0] == 1 ? 0 : 1
      #expect(o[sign] == 1)
      #expect(try maze.step([Float(0)].span, into: &o) == Step(reward: -0.1, end: nil))
      #expect(o[sign] == 1)
      #expect(try maze.step([Float(1)].span, into: &o) == Step(reward: 0, end: nil))
      #expect(o == [0, 0, 1, 0])
      #expect(try maze.step([Float(1)].span, into: &o) == Step(reward: 0, end: nil))
      #expect(o == [0, 0, 0, 1])
      let turn = try maze.step([Float(episode % 2 * 2)].span, into: &o)
      #expect(turn.end == .terminated)
      #expect(turn.reward == (episode % 2 == sign ? 4 : -0.1))
      ends.insert(turn.reward)
    }
    #expect(ends == [4, -0.1])
  }

  /// The rows of figure 2 in Strehl and Littman 2008.
  @Test func `swim in the river as was published`() throws {
    let river = try MarkovDecisionProcess.riverSwim()
    for (state, action, next) in [
      (0, 0, [0: 1.0]), (0, 1, [0: 0.4, 1: 0.6]), (2, 0, [1: 1]), (2, 1, [1: 0.05, 2: 0.6, 3: 0.35]),
      (5, 0, [4: 1]), (5, 1, [4: 0.4, 5: 0.6]),
    ] {
      for s in 0..<6 {
        let k = river.index(state, action, s)
        #expect(river.transition[k] == next[s, default: 0], "\(state), \(action) → \(s)")
        #expect(river.reward[k] == (state == 0 && action == 0 ? 0.005 : state == 5 && action == 1 ? 1 : 0))
      }
    }
  }

  /// Rows of the published hallway.POMDP, whose state 4 c + d + 1 is our 4 c + d.
  @Test func `move through the hallway as was published`() throws {
    let hallway = try PartiallyObservedProcess.hallway()
    let process = hallway.process
    let rows: [(state: Int, action: Int, next: [Int: Double])] = [
      (1, 1, [6: 0.05, 1: 0.95]), (4, 1, [6: 0.025, 8: 0.025, 4: 0.95]),
      (8, 1, [10: 0.025, 12: 0.025, 4: 0.8, 8: 0.15]),
      (9, 1, [14: 0.05, 45: 0.025, 47: 0.025, 8: 0.05, 9: 0.85]),
      (10, 1, [14: 0.8, 47: 0.05, 6: 0.025, 8: 0.025, 10: 0.1]),
      (11, 1, [14: 0.05, 47: 0.8, 8: 0.05, 11: 0.1]),
      (34, 1, [38: 0.8, 59: 0.05, 30: 0.025, 32: 0.025, 34: 0.1]), (45, 1, [9: 0.8, 45: 0.2]),
      (47, 1, [9: 0.025, 11: 0.025, 47: 0.95]), (48, 1, [9: 0.05, 48: 0.95]), (60, 1, [60: 1]),
      (6, 0, [6: 1]), (6, 2, [5: 0.1, 6: 0.1, 7: 0.7, 8: 0.1]), (6, 3, [5: 0.15, 6: 0.1, 7: 0.15, 8: 0.6]),
      (6, 4, [5: 0.7, 6: 0.1, 7: 0.1, 8: 0.1]),
    ]
    for (state, action, next) in rows {
      for s in 0..<60 {
        let k = process.index(state - 1, action, s)
        #expect(
          abs(process.transition[k] - next[s + 1, default: 0]) < 1e-12, "\(state), \(action) → \(s + 1)")
        #expect(process.reward[k] == (s >= 56 && state < 57 && next[s + 1] != nil ? 1 : 0))
      }
    }
    #expect(process.terminal.count { $0 } == 4 && process.initial[..<56].allSatisfy { $0 == 1.0 / 56 })
    // The likeliest observation of a few states, and the landmarks and the goal, which are certain.
    for (state, o, p) in [
      (1, 13, 0.69255), (5, 5, 0.731025), (9, 1, 0.7716375), (11, 16, 1), (19, 17, 1), (35, 19, 1),
      (58, 20, 1),
    ] {
      #expect(abs(hallway.initialEmission[(state - 1) * 21 + o] - p) < 1e-6, "\(state)")
    }
  }

  @Test func `pay for the symbol of two steps ago`() throws {
    let repeating = try PartiallyObservedEnvironment(.repeatPrevious())
    let stream = try RandomStream(StreamKey(seed: 1, purpose: .actions))
    var o: [Float] = [0, 0, 0, 0]
    try repeating.reset(StreamKey(seed: 1, purpose: .environment), into: &o)
    var shown = [try #require(o.firstIndex(of: 1))]
    for t in 0..<400 {
      let a = Int(stream.uniform() * 4)
      let step = try repeating.step([Float(a)].span, into: &o)
      let pay = t < 2 ? 0 : shown[t - 2] == a ? 1.0 / 30 : -1.0 / 30
      #expect(step == Step(reward: pay, end: nil))
      shown.append(try #require(o.firstIndex(of: 1)))
    }
    #expect(Set(shown) == [0, 1, 2, 3])
  }
}
