import AscentEnvironments
import AscentRandomness
import AscentRegistries
import Testing

/// What an environment returns in its steps, one after the other; the reset returns zeros.
private class Scripted: Environment {
  let observationSpace: Space
  let actionSpace = Space.discrete(2)
  private let script: [(reward: Double, observation: [Float])]
  private var next = 0

  init(_ space: Space, _ script: [(reward: Double, observation: [Float])]) {
    (observationSpace, self.script) = (space, script)
  }

  func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) throws(EnvironmentError) {
    for k in observation.indices { observation[k] = 0 }
    next = 0
  }

  func step(
    _ action: Span<Float>, into observation: inout MutableSpan<Float>
  ) throws(EnvironmentError) -> Step {
    for (k, x) in script[next].observation.enumerated() { observation[k] = x }
    defer { next += 1 }
    return Step(reward: script[next].reward)
  }
}

/// The same, which says that it is checked.
private final class Checked: Scripted, ContractKeeper {
  var keepsContract: Bool { true }
}

/// The same with a mask of two choices.
private final class Masked: Scripted, ActionMasking {
  var maskSize: Int { 2 }
}

@Suite("The contract of environments in Swift")
struct ContractTests {
  private static let box = Space.box(low: [-1, -.infinity], high: [1, .infinity])

  /// Steps lane 1 of two until it fails; nil after the whole script.
  private func fault(
    _ space: Space, _ last: (Double, [Float]),
    in make: (Space, [(reward: Double, observation: [Float])]) -> any Environment
  ) throws -> EnvironmentError? {
    let zeros = Array(repeating: Float(0), count: space.flattenedSize)
    let lanes = try Lanes((0..<2).map { _ in make(space, [(0, zeros), (0, zeros), last]) }, seed: 7)
    var observation = Array(repeating: Float(0), count: lanes.observationSize)
    let action: [Float] = [0]
    do throws(EnvironmentError) {
      try lanes.reset(1, into: &observation)
      try lanes.reset(1, into: &observation)
      for _ in 0..<3 { _ = try lanes.step(1, action.span, into: &observation) }
      return nil
    } catch { return error }
  }

  @Test(arguments: [
    (ContractTests.box, [Float.nan, 0], "observation has nan at index 0; it must be finite"),
    (ContractTests.box, [0, -Float.infinity], "observation has -inf at index 1; it must be finite"),
    (ContractTests.box, [1.5, 0], "observation at index 0 is 1.5, outside of the numbers from -1.0 to 1.0"),
    (Space.discrete(3), [0, 0.5, 0], "index 1 is 0.5, outside of the whole numbers from 0.0 to 1.0"),
    (
      Space.discrete(3), [1, 0, 1],
      "one-hot vector of the observation, at index 0, is 2.0, outside of 0 and 1"
    ),
    (Space.discrete(5000), [5000], "index 0 is 5000.0, outside of the numbers from -1.0 to 4999.0"),
    (
      Space(.box(shape: [2], low: [0, 0], high: [255, 255], element: .uint8)), [255, 0.25],
      "index 1 is 0.25, outside of the whole numbers from 0.0 to 255.0"
    ),
    (Space(.multiBinary(shape: [2])), [1, 2], "index 1 is 2.0"),
  ])
  func `an element outside of the space is a fault with its place`(space: Space, last: [Float], words: String)
    throws
  {
    let error = try #require(try fault(space, (0, last)) { Scripted($0, $1) })
    #expect((error.lane, error.episode, error.step, error.seed) == (1, 1, 3, 7))
    #expect(error.description.contains(words), "\(error)")
    #expect(error.description.hasSuffix("(lane 1, episode 1, step 3, seed 7)"))
  }

  @Test(arguments: [Double.nan, Double.infinity, -Double.infinity])
  func `a reward that is not finite is a fault`(reward: Double) throws {
    let error = try #require(try fault(Self.box, (reward, [0, 0])) { Scripted($0, $1) })
    #expect(error.description.contains("the reward has \(reward)"))
  }

  @Test(arguments: [
    (ContractTests.box, [-1, Float.greatestFiniteMagnitude]), (Space.discrete(3), [0, 0, 1]),
    (Space.discrete(3), [0, 0, 0]), (Space.discrete(5000), [-1]), (Space(.multiBinary(shape: [2])), [1, 1]),
    (Space(.box(shape: [1], low: [0.1], high: [0.3], element: .float32)), [0.1]),
  ])
  func `elements of the space pass`(space: Space, last: [Float]) throws {
    let zeros = space == Space(.box(shape: [1], low: [0.1], high: [0.3], element: .float32))
    guard !zeros else {
      // The bound 0.1 as a float is above 0.1 as a double: floats are compared with floats.
      let lanes = try Lanes([Scripted(.box(low: [-0.1], high: [0.1]), [(0, last)])], seed: 1)
      var observation: [Float] = [0]
      let action: [Float] = [0]
      try lanes.reset(0, into: &observation)
      _ = try lanes.step(0, action.span, into: &observation)
      return
    }
    #expect(try fault(space, (0, last)) { Scripted($0, $1) } == nil)
  }

  @Test func `a mask has only 0 and 1`() throws {
    #expect(try fault(Self.box, (0, [0, 0, 1, 0])) { Masked($0, $1) } == nil)
    let error = try fault(Self.box, (0, [0, 0, 1, 0.5])) { Masked($0, $1) }
    #expect(error?.description.contains("index 3 is 0.5") == true)
  }

  @Test func `a keeper of the contract is not checked again, through wrappers neither`() throws {
    #expect(try fault(Self.box, (.nan, [.nan, 0])) { Checked($0, $1) } == nil)
    #expect(try fault(Self.box, (.nan, [.nan, 0])) { TimeLimit(Checked($0, $1), limit: 9) } == nil)
    #expect(try fault(Self.box, (.nan, [.nan, 0])) { TimeLimit(Scripted($0, $1), limit: 9) } != nil)
  }

  @Test func `a truncation of faults sees the fault`() throws {
    let script: [(reward: Double, observation: [Float])] = [(1, [0.5, 2]), (1, [.nan, 0])]
    let wrapper = FaultTruncation(Scripted(Self.box, script))
    let lanes = try Lanes([wrapper], seed: 3)
    var observation: [Float] = [0, 0]
    let action: [Float] = [0]
    try lanes.reset(0, into: &observation)
    #expect(try lanes.step(0, action.span, into: &observation) == Step(reward: 1))
    let last = try lanes.step(0, action.span, into: &observation)
    #expect(last == Step(reward: 0, end: .truncated, isFault: true))
    #expect(observation == [0.5, 2])
    #expect(wrapper.lastFault?.step == 2 && wrapper.lastFault?.seed == 3)
  }

  /// A wrapper that is not a keeper, so that what it passes on is checked.
  private final class Plain: EnvironmentWrapper {
    let base: any Environment
    init(_ base: any Environment) { self.base = base }

    func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) throws(EnvironmentError) {
      try base.reset(key, into: &observation)
    }

    func step(
      _ action: Span<Float>, into observation: inout MutableSpan<Float>
    ) throws(EnvironmentError) -> Step { try base.step(action, into: &observation) }
  }

  @Test func `native environments keep it, so that they are not checked again`() throws {
    for entry in Registry<NativeEnvironment>.environments.entries {
      let lanes = try Lanes([Plain(try entry.open(.philox))], seed: 5)
      let stream = try RandomStream(StreamKey(seed: 5, purpose: .actions))
      var observation = Array(repeating: Float(0), count: lanes.observationSize)
      var action = Array(repeating: Float(0), count: lanes.actionSize)
      var isOver = true
      for _ in 0..<3000 {
        if isOver { try lanes.reset(0, into: &observation) }
        _ = lanes.actionSpace.sample(from: stream, into: &action)
        isOver = try lanes.step(0, action.span, into: &observation).end != nil
      }
    }
  }

  @Test func `emissions need not keep to the space`() throws {
    let emission = try Emission(typed: "gaussian=100")
    let lanes = try Lanes(
      [PartialObservation(Scripted(.box(low: [0], high: [1]), [(0, [0.5])]), [emission], horizon: nil)],
      seed: 1)
    var observation: [Float] = [0]
    try lanes.reset(0, into: &observation)
    #expect(abs(observation[0]) > 1)
  }
}
