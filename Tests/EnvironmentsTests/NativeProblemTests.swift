import Environments
import Randomness
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
