import AscentEnvironments
import AscentRandomness
import AscentTestSupport
import Foundation
import Testing

private func box(_ shape: [Int], _ high: Double = 255, _ element: Space.Element = .uint8) -> Space.Kind {
  let count = shape.reduce(1, *)
  return .box(
    shape: shape, low: Array(repeating: 0, count: count), high: Array(repeating: high, count: count),
    element: element)
}

/// Shows the same numbers at every step.
private final class Still: Environment {
  let observationSpace: Space
  let actionSpace: Space
  private let numbers: [Float]

  init(_ kind: Space.Kind, _ numbers: [Float], acting actions: Space = .discrete(2)) {
    (observationSpace, self.numbers, actionSpace) = (Space(kind), numbers, actions)
  }

  func reset(_ key: StreamKey, into observation: inout MutableSpan<Float>) {
    for k in numbers.indices { observation[k] = numbers[k] }
  }

  func step(_ action: Span<Float>, into observation: inout MutableSpan<Float>) -> Step {
    for k in numbers.indices { observation[k] = numbers[k] + 1 }
    return Step(reward: 0)
  }
}

private func first(_ environment: any Environment) throws -> [Float] {
  for role in environment.roles((any RandomEmissions).self) {
    role.drawEmissions(from: StreamKey(seed: 3, purpose: .emissions))
  }
  var o = Array(repeating: Float(-7), count: environment.observationSize)
  try environment.reset(StreamKey(seed: 3, purpose: .environment), into: &o)
  return o
}

@Suite struct `The axes of a picture` {
  @Test(arguments: [
    ([3, 24, 24], true, true), ([3, 24, 32], true, true), ([12, 84, 84], true, true),
    ([4, 10, 10], true, true),
    ([1, 84, 84], true, true), ([4, 3, 64, 48], true, true), ([24, 24, 3], false, true),
    ([210, 160, 3], false, true), ([10, 10, 4], false, true), ([2, 64, 48, 3], false, true),
    ([3, 5, 7], false, false), ([10, 10, 10], false, false), ([119, 8, 8], false, false),
    ([20, 20, 64], false, false), ([17, 64, 64], false, false),
  ])
  func `are guessed from the extents`(shape: [Int], isFirst: Bool, isCertain: Bool) throws {
    let likely = try #require(Space.Leaf(kind: box(shape)).likelyAxes)
    #expect(likely == (isFirst ? .channelsFirst : .channelsLast, isCertain))
  }

  @Test(arguments: [
    Space.Kind.discrete(count: 3, start: 0), box([24]), box([24, 24]), .multiBinary(shape: [3, 24, 24]),
  ])
  func `are those of boxes with three or four of them`(kind: Space.Kind) {
    #expect(Space.Leaf(kind: kind).likelyAxes == nil)
  }

  @Test func `determine where the channels are`() throws {
    var leaf = Space.Leaf(kind: box([3, 24, 32]))
    leaf.axes = .channelsFirst
    let picture = try #require(leaf.picture)
    #expect((picture.height, picture.width, picture.channels, picture.frames) == (24, 32, 3, nil))
    leaf.kind = box([4, 3, 24, 32])
    #expect(leaf.picture?.frames == 4 && leaf.picture?.channels == 3)
  }

  @Test func `decide how pictures are stacked`() throws {
    let numbers = (0..<2 * 3 * 4).map { Float($0) }
    let still = PictureAxes(Still(box([2, 3, 4]), numbers), [.channelsFirst])
    let stack = FrameStack(still, count: 3)
    let image = try #require(stack.observationSpace.image)
    #expect(image == (3, 4, 6) && stack.observationSpace.leaves[0].axes == .channelsFirst)
    guard case .box(let shape, _, let high, _) = stack.observationSpace.leaves[0].kind else { return }
    #expect(shape == [6, 3, 4] && high.count == 72)
    var o = try first(stack)
    #expect(o == numbers + numbers + numbers)
    _ = try stack.step([0].span, into: &o)
    #expect(o == numbers + numbers + numbers.map { $0 + 1 })
    // A stack of stacks has the same order.
    #expect(FrameStack(stack, count: 2).observationSpace.image?.channels == 12)
  }

  @Test func `are kept by emissions, which change the same pixels in either order`() throws {
    let (height, width, channels) = (5, 4, 3)
    let last = (0..<60).map { Float($0) }
    let planes = (0..<60).map { last[$0 % 20 * channels + $0 / 20] }
    let emission = try Emission(typed: "salt-pepper=0.5")
    let left = try PartialObservation(Still(box([height, width, channels]), last), [emission], horizon: nil)
    let right = try PartialObservation(
      PictureAxes(Still(box([channels, height, width]), planes), [.channelsFirst]), [emission], horizon: nil)
    #expect(right.observationSpace.leaves[0].axes == .channelsFirst)
    let (a, b) = (try first(left), try first(right))
    #expect(b == (0..<60).map { a[$0 % 20 * channels + $0 / 20] })
    #expect(a != last && a.contains(255))
    let densities = (left.logDensity(of: a, given: last), right.logDensity(of: b, given: planes))
    #expect(try abs(#require(densities.0) - #require(densities.1)) < 1e-9)
    let wider = try PartialObservation(
      PictureAxes(Still(box([2, 3, 3], 1, .float32), Array(repeating: 0, count: 18)), [.channelsFirst]),
      [Emission(typed: "gaussian=0.1")], horizon: nil)
    #expect(wider.observationSpace.leaves[0].axes == .channelsFirst)
  }

  @Test(
    arguments: [
      (box([84, 84, 3]), Float(1) / 255), (box([84, 84]), 1 / 255), (box([8, 8, 3], 4), 0.25),
      (box([8, 8, 3], 1), 1),
      (box([84, 84, 3], 255, .float32), 1), (box([128]), 1), (.discrete(count: 9, start: 0), 1),
    ] as [(Space.Kind, Float)])
  func `belong to boxes whose bytes are scaled to one`(kind: Space.Kind, scale: Float) {
    #expect(Space.Leaf(kind: kind).pictureScale == scale)
  }
}

@Suite struct `One of many choices` {
  private static let many = Space.Kind.discrete(count: 5000, start: 3)
  private static let vector = Space.Kind.multiDiscrete(
    counts: [3, 70_000, 4096], starts: [0, 0, 0], shape: [3])

  @Test func `is flattened to its index`() {
    let space = Space(leaves: [
      Space.Leaf(path: "a", kind: Self.many), Space.Leaf(path: "b", kind: Self.vector),
    ])
    #expect(space.flattenedSize == 1 + 3 + 1 + 4096 && space.valueCount == 4)
    var flat = Array(repeating: Float(9), count: space.flattenedSize)
    var span = flat.mutableSpan
    space.flatten(([4999, 2, 69_999, 4095] as [Float]).span, into: &span)
    #expect(Array(flat[..<5]) == [4999, 0, 0, 1, 69_999])
    #expect(flat[5...].filter { $0 == 1 }.count == 1 && flat[4100] == 1)
  }

  @Test func `is confused, delayed and lost as one value`() throws {
    let space = Space(Self.many)
    func seen(_ typed: String) throws -> [Float] {
      try first(
        PartialObservation(Still(Self.many, [4321]), [Emission(typed: typed)], horizon: nil))
    }
    #expect(space.flattenedSize == 1)
    #expect(try seen("flicker=1") == [-1] && seen("dropout=1") == [-1])
    #expect(try seen("delay=2") == [4321])
    let confused = try seen("confuse=1")[0]
    #expect((0..<5000).contains(confused) && confused != 4321 && confused == confused.rounded())
    let lossy = try PartialObservation(
      Still(Self.many, [4321]), [Emission(typed: "flicker=0.25")], horizon: nil)
    #expect(try abs(#require(lossy.logDensity(of: [-1], given: [4321])) - log(0.25)) < 1e-9)
    #expect(try abs(#require(lossy.logDensity(of: [4321], given: [4321])) - log(0.75)) < 1e-9)
  }

  @Test func `is −1 before the first action`() throws {
    let environment = AlsoObserve(
      Still(box([1], 9, .float32), [5], acting: .discrete(5000)), [.action], limit: 9)
    #expect(environment.observationSize == 2)
    var o = try first(environment)
    #expect(o == [5, -1])
    _ = try environment.step(([4999] as [Float]).span, into: &o)
    #expect(o == [6, 4999])
  }
}
