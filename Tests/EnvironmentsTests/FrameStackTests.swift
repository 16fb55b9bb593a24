import AscentEnvironments
import AscentRandomness
import Testing

/// Shows the number of its step in every float of an image of two channels, the second one negated.
private final class Counter: Environment, ActionMasking {
  let observationSpace: Space
  let actionSpace = Space.discrete(2)
  let maskSize: Int
  private var steps: Float = 0
  private let isImage: Bool

  init(image: Bool, maskSize: Int = 0) {
    isImage = image
    self.maskSize = maskSize
    let bounds = (low: [0.0, -99, 0, -99], high: [99.0, 0, 99, 0])
    observationSpace = Space(
      .box(
        shape: image ? [1, 2, 2] : [4], low: bounds.low, high: bounds.high, element: .float32))
  }

  private func show(_ observation: inout MutableSpan<Float>) {
    for k in 0..<4 { observation[k] = k % 2 == 0 ? steps : -steps }
    for k in 0..<maskSize { observation[4 + k] = steps }
  }

  func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) {
    steps = 0
    show(&observation)
  }

  func step(_ action: Span<Float>, into observation: inout MutableSpan<Float>) -> Step {
    steps += 1
    show(&observation)
    return Step(reward: 0)
  }
}

@Suite struct `A frame stack` {
  private func observations(_ stack: FrameStack, steps: Int) throws -> [Float] {
    var o = Array(repeating: Float(-1), count: stack.observationSize)
    try stack.reset(StreamKey(seed: 1, purpose: .environment), into: &o)
    for _ in 0..<steps { _ = try stack.step([0].span, into: &o) }
    return o
  }

  @Test func `shows vectors one after the other, the newest last`() throws {
    let stack = FrameStack(Counter(image: false), count: 3)
    #expect(stack.observationSpace.flattenedSize == 12)
    #expect(try observations(stack, steps: 0) == Array(repeating: 0, count: 12))
    #expect(try observations(stack, steps: 4) == [2, -2, 2, -2, 3, -3, 3, -3, 4, -4, 4, -4])
  }

  @Test func `gives each pixel of an image the channels of all frames`() throws {
    let stack = FrameStack(Counter(image: true), count: 2)
    let image = try #require(stack.observationSpace.image)
    #expect(image == (1, 2, 4))
    guard case .box(_, let low, let high, _) = stack.observationSpace.leaves[0].kind else { return }
    #expect(low == [0, -99, 0, -99, 0, -99, 0, -99] && high == [99, 0, 99, 0, 99, 0, 99, 0])
    #expect(try observations(stack, steps: 5) == [4, -4, 5, -5, 4, -4, 5, -5])
  }

  @Test func `begins every episode with its first observation alone`() throws {
    let stack = FrameStack(Counter(image: false), count: 2)
    _ = try observations(stack, steps: 9)
    #expect(try observations(stack, steps: 1) == [0, 0, 0, 0, 1, -1, 1, -1])
  }

  @Test func `keeps the newest mask only`() throws {
    let stack = FrameStack(Counter(image: false, maskSize: 2), count: 2)
    #expect(stack.observationSize == 10)
    #expect(try observations(stack, steps: 3) == [2, -2, 2, -2, 3, -3, 3, -3, 3, 3])
  }
}
