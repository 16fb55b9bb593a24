import AscentEnvironments
import AscentPythonEnvironments
import AscentRandomness
import AscentTestSupport
import Testing

/// The samples that a fixture showed, flattened by Gymnasium itself.
private func flattened(_ name: String, class className: String) throws -> [Double] {
  try TestPython.numbers(
    """
    import sys, numpy, gymnasium
    m = next(v for k, v in sys.modules.items() if k == "misbehaving")
    space = getattr(m, "\(className)").observation_space if "\(name)" == "Nested" else m.\(className)().observation_space
    seen = m.\(name).seen
    result = " ".join(repr(float(v)) for o in seen for v in gymnasium.spaces.flatten(space, o))
    """)
}

@Suite(.serialized) struct `Spaces` {
  private func forget(_ name: String) throws {
    _ = try TestPython.interpreter().run(
      """
      import sys
      m = next(v for k, v in sys.modules.items() if k == "misbehaving")
      m.\(name).seen.clear()
      """)
  }

  @Test func `nested in one another flatten as Gymnasium flattens them`() throws {
    let environment = try open(misbehaving + ":Nested")
    #expect(
      environment.observationSpace.leaves.map(\.path)
        == ["choice", "flags", "half", "image", "pair.0", "pair.1", "whole", "wide"])
    let stream = try RandomStream(StreamKey(seed: 5, purpose: .actions))
    _ = try Episode(environment, key(1), actions: stream, steps: 5)
    try forget("Nested")
    let episode = try Episode(environment, key(1, episode: 1), actions: stream, steps: 5)
    let theirs = try flattened("Nested", class: "Nested")
    #expect(episode.observations.flatMap(\.self) == theirs.map { Float($0) })
    #expect(theirs.count == 6 * environment.observationSpace.flattenedSize)
  }

  @Test(arguments: [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32",
    "float64",
  ])
  func `of every element type are read`(element: String) throws {
    let environment = try open("\(misbehaving):Elements_\(element)")
    guard case .box(let shape, _, _, let found) = environment.observationSpace.leaves[0].kind else {
      Issue.record("no box")
      return
    }
    #expect(shape == [2, 2] && found.rawValue == element)
    try forget("Elements")
    let stream = try RandomStream(StreamKey(seed: 5, purpose: .actions))
    let observations = try Episode(environment, key(1), actions: stream, steps: 5).observations
    let theirs = try flattened("Elements", class: "Elements_\(element)").map { Float($0) }
    #expect(observations.flatMap(\.self) == theirs)
    #expect(theirs.count == 24)
  }

  /// The C shim and Swift have the same largest number of choices of a one-hot vector.
  @Test(arguments: [("LargestVector", 4096), ("SmallestIndex", 1), ("TwoIndices", 2 + 3 + 1)])
  func `of many choices are read as indices`(name: String, size: Int) throws {
    let environment = try open("\(TestPython.projectFolder)/Tests/Fixtures/pictures.py:\(name)")
    #expect(environment.observationSpace.flattenedSize == size && environment.observationSize == size)
    var o = Array(repeating: Float(-7), count: size + 1)
    try environment.reset(key(1), into: &o)
    #expect(o[size] == -7)
    switch name {
    case "LargestVector": #expect(o[..<size].filter { $0 == 1 }.count == 1 && o[4092..<4096].contains(1))
    case "SmallestIndex": #expect((4093..<4097).contains(o[0]))
    default: #expect(Array(o[..<5]) == [0.5, -0.5, 0, 1, 0] && (4996..<5000).contains(o[5]))
    }
  }

  @Test func `of actions arrive as the environment's own elements`() throws {
    let environment = try open(misbehaving + ":Nested")
    var o = Array(repeating: Float(0), count: environment.observationSpace.flattenedSize)
    try environment.reset(key(1), into: &o)
    _ = try environment.step(([2, 0.25, -0.5] as [Float]).span, into: &o)
    let seen = try TestPython.interpreter().run(
      """
      import sys
      m = next(v for k, v in sys.modules.items() if k == "misbehaving")
      a = m.Nested.acted[-1]
      result = f"{a[0]} {a[1]['x'].tolist()} {a[1]['x'].dtype}"
      """)
    #expect(seen == "7 [0.25, -0.5] float64")
  }

  @Test func `refuse an index that is none`() throws {
    let environment = try open("CartPole-v1")
    var o = Array(repeating: Float(0), count: 4)
    try environment.reset(key(1), into: &o)
    for bad: Float in [2, -1, .nan] {
      #expect(throws: EnvironmentError.self) { try environment.step([bad].span, into: &o) }
    }
    #expect(try environment.step(([1] as [Float]).span, into: &o).reward == 1)
  }
}
