import AscentEnvironments
import AscentPythonEnvironments
import AscentRandomness
import AscentTestSupport
import Testing

private let masked = TestPython.projectFolder + "/Tests/Fixtures/masked.py"

private func lanes(_ name: String) throws -> ObservedLanes {
  let environment = try PythonEnvironment(
    PythonOpening("\(masked):\(name)", masksActions: true), lane: 0, randomness: .streams(.philox),
    interpreter: TestPython.interpreter())
  return ObservedLanes(try Lanes([environment], seed: 3))
}

@Suite struct `Action masks` {
  @Test func `follow the features of each observation`() throws {
    let lanes = try lanes("Masked")
    #expect(lanes.lanes.observationSize == 6 && lanes.lanes.maskSize == 3)
    try lanes.reset(0)
    #expect(lanes.observations[0] == [1, 0, 0, 0, 1, 1])
    _ = try lanes.step(0, [1])
    #expect(lanes.observations[0] == [0, 1, 0, 1, 0, 1])
    #expect(lanes.mask(0) == [1, 0, 1])
  }

  @Test func `come from the method action_masks(), factor by factor`() throws {
    let lanes = try lanes("ByMethod")
    try lanes.reset(0)
    #expect(lanes.mask(0) == [1, 1, 0, 1, 1])
    _ = try lanes.step(0, [0, 1])
    #expect(lanes.mask(0) == [1, 0, 1, 0, 1])
  }

  @Test(arguments: ["Middle", "Outermost", "Foreign"])
  func `come from the outermost layer that has them`(name: String) throws {
    let lanes = try lanes(name)
    try lanes.reset(0)
    #expect(lanes.mask(0) == [0, 1, 1])
    _ = try lanes.step(0, [1])
    #expect(lanes.mask(0) == [1, 0, 1])
  }

  @Test func `cover the whole numbers of a box`() throws {
    let environment = try PythonEnvironment(
      PythonOpening("\(exact):WholeMasked", masksActions: true), lane: 0, randomness: .streams(.philox),
      interpreter: TestPython.interpreter())
    let lanes = ObservedLanes(try Lanes([environment], seed: 3))
    try lanes.reset(0)
    #expect(lanes.mask(0) == [0, 1, 0, 1])
    _ = try lanes.step(0, [3])
  }

  @Test func `mirror nested actions, of which only choices are masked`() throws {
    let lanes = try lanes("Nested")
    try lanes.reset(0)
    #expect(lanes.mask(0) == [0, 1, 1])
  }

  @Test func `allow everything where an episode has ended`() throws {
    let lanes = try lanes("Masked")
    try lanes.reset(0)
    for t in 0..<7 { _ = try lanes.step(0, [Float((t + 1) % 3)]) }
    #expect(lanes.mask(0) == [1, 1, 1])
  }

  /// The environments raise when they get what they forbid.
  @Test(arguments: ["Masked", "ByMethod", "Nested"])
  func `keep random actions to what is allowed`(name: String) throws {
    let lanes = try lanes(name)
    let stream = try RandomStream(StreamKey(seed: 1, purpose: .actions))
    var action = Array(repeating: Float(0), count: lanes.lanes.actionSize)
    for _ in 0..<20 {
      try lanes.reset(0)
      var isOver = false
      while !isOver {
        let logDensity = lanes.lanes.actionSpace.sample(from: stream, allowing: lanes.mask(0), into: &action)
        if name == "Masked" { #expect(abs(logDensity + 0.6931471805599453) < 1e-12) }
        isOver = try lanes.step(0, action).end != nil
      }
    }
  }

  @Test(arguments: [
    ("ForbidsAll", 2, "the action mask should be a mask with an allowed choice"),
    ("TooShort", 0, "the action mask should be 3 zeros and ones, one for each choice"),
    ("Fractional", 0, "the action mask is 2.0, outside of 0 and 1"),
    ("Forgets", 2, "the action mask should be in info['action_mask'] or given by a method action_masks()"),
    ("Raises", 0, "raised RuntimeError: no rules here"),
  ])
  func `that are wrong are faults of the environment`(name: String, step: Int, text: String) throws {
    let lanes = try lanes(name)
    let error = #expect(throws: EnvironmentError.self) {
      try lanes.reset(0)
      for t in 0..<7 { _ = try lanes.step(0, [Float((t + 1) % 3)]) }
    }
    #expect(error?.description.contains(text) ?? false, "\(String(describing: error))")
    #expect(error?.step == step)
  }

  @Test func `are refused where no action is a choice`() throws {
    #expect(throws: PythonError.self) {
      try PythonEnvironment(
        PythonOpening("Pendulum-v1", masksActions: true), lane: 0, randomness: .streams(.philox),
        interpreter: TestPython.interpreter())
    }
  }

  @Test func `leave texts among observations out, and say so`() throws {
    let grid = try open("MiniGrid-DoorKey-5x5-v0")
    #expect(grid.leftOut == "mission")
    #expect(grid.observationSpace.flattenedSize == 4 + 7 * 7 * 3)
  }
}
