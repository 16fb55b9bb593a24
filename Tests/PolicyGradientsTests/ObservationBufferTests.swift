import AscentEnvironments
import AscentMathematics
import Testing

@testable import AscentPolicyGradients

@Suite struct `Stored observations` {
  private static let bytes = Space(
    .box(shape: [2, 2], low: [0, 0, 0, 0], high: [255, 255, 255, 9], element: .uint8))

  /// Writes observations whose numbers are those of `rows`.
  private func filled(_ rows: [[Float]], storesBytes: Bool) -> Rollout.Lane {
    var rollout = Rollout(laneCount: 1, observationSize: 3, actionSize: 1, storesBytes: storesBytes)
    for row in rows {
      rollout.lanes[0].writeSlot { one in for k in row.indices { one[k] = row[k] } }
    }
    return rollout.lanes[0]
  }

  private let rows: [[Float]] = (0..<100).map { [Float($0), Float(255 - $0), 7] }

  @Test(arguments: [true, false])
  func `are read as they were written`(storesBytes: Bool) {
    let lane = filled(rows, storesBytes: storesBytes)
    for slot in [0, 31, 32, 99] { #expect(lane.observation(inSlot: slot) == rows[slot]) }
    var (room, target) = ([Float](), Array(repeating: Float(-1), count: 8))
    let sum = lane.observations.read(1..<3, &room) { span in
      span.indices.reduce(Float(0)) { $0 + span[$1] }
    }
    #expect(sum == 1 + 254 + 7 + 2 + 253 + 7)
    target.withMutableSpan { lane.observations.copy(99, into: &$0, at: 2) }
    #expect(target == [-1, -1, 99, 156, 7, -1, -1, -1])
  }

  @Test(arguments: [0.5, -1, 256, -0.0, 1e9] as [Float])
  func `become floats when a number is no byte`(other: Float) {
    var all = rows
    all[40][1] = other
    let lane = filled(all, storesBytes: true)
    for slot in all.indices {
      #expect(zip(lane.observation(inSlot: slot), all[slot]).allSatisfy { $0.bitPattern == $1.bitPattern })
    }
  }

  private static func space(_ shape: [Int], _ axes: Space.Axes = .channelsLast) -> Space {
    let size = shape.reduce(1, *)
    var leaf = Space.Leaf(
      kind: .box(
        shape: shape, low: Array(repeating: 0, count: size), high: Array(repeating: 255, count: size),
        element: .uint8))
    leaf.axes = axes
    return Space(leaves: [leaf])
  }

  /// Stacks of four frames of 16 × 20 pixels, whose numbers follow a plain rule.
  private struct Stacks {
    let layout: PictureLayout
    /// The order of the axes; nil for an axis of frames.
    let axes: Space.Axes?
    let colors: Int
    private let pixels = 16 * 20
    private let count = 4
    var size: Int { pixels * colors * count }

    init(_ axes: Space.Axes?, colors: Int) {
      (self.axes, self.colors) = (axes, colors)
      let shape =
        switch axes {
        case .channelsLast: [16, 20, count * colors]
        case .channelsFirst: [count * colors, 16, 20]
        case nil: [count, 16, 20, colors]
        }
      layout = PictureLayout(space(shape, axes ?? .channelsLast))
    }

    private func frame(_ time: Int) -> [Float] {
      (0..<pixels * colors).map { Float(($0 * 37 + time * 101 + $0 * time) % 251) }
    }

    /// Of frames [pixel × color].
    private func stack(_ frames: [[Float]]) -> [Float] {
      var observation = Array(repeating: Float(0), count: size)
      for (f, frame) in frames.enumerated() {
        for (k, number) in frame.enumerated() {
          let (pixel, color) = (k / colors, k % colors)
          let place =
            switch axes {
            case .channelsLast: (pixel * count + f) * colors + color
            case .channelsFirst: (f * colors + color) * pixels + pixel
            case nil: (f * pixels + pixel) * colors + color
            }
          observation[place] = number
        }
      }
      return observation
    }

    /// Three episodes of nine observations; each begins with a stack of one frame.
    func observations(_ round: Int) -> [[Float]] {
      (0..<3).flatMap { episode in
        (0..<9).map { time in stack((0..<count).map { frame(100 * episode + round + max(0, time + $0 - 3)) })
        }
      }
    }
  }

  @Test(arguments: [Space.Axes.channelsLast, .channelsFirst, nil], [1, 3])
  func `of stacks of frames have each frame once`(axes: Space.Axes?, colors: Int) {
    let stacks = Stacks(axes, colors: colors)
    let (size, planes) = (stacks.size, stacks.layout.planes)
    #expect(planes == (axes == nil ? 4 : 4 * colors))
    var (buffer, all) = (ObservationBuffer(size: size, stacks.layout), [[Float]]())
    for round in 0..<2 {
      buffer.removeAll()
      all = stacks.observations(round)
      for slot in all.indices { buffer.write(slot) { row in for k in row.indices { row[k] = all[slot][k] } } }
      #expect(buffer.storesBytes && buffer.planeCount == 3 * 9 * planes / 4)
      for slot in all.indices {
        var (row, target) = ([Float](), Array(repeating: UInt8(9), count: size + 2))
        buffer.append(slot: slot, to: &row)
        target.withMutableSpan { buffer.copyBytes(slot, into: &$0, at: 1) }
        let isSame = row == all[slot] && target == [9] + all[slot].map { UInt8($0) } + [9]
        #expect(isSame)
      }
    }
    // A number that is no byte: all are floats from now on.
    all.append(all[0])
    all[27][5] = 0.25
    buffer.write(27) { row in for k in row.indices { row[k] = all[27][k] } }
    var rows: [Float] = []
    buffer.append(0..<28, to: &rows)
    let isSame = rows == all.flatMap { $0 }
    #expect(!buffer.storesBytes && isSame)
  }

  @Test(arguments: [Space.Axes.channelsLast, .channelsFirst])
  func `that arrive in any order are those that were sent`(axes: Space.Axes) {
    let stacks = Stacks(axes, colors: 1)
    let all = stacks.observations(0).map { $0.map { UInt8($0) } }
    var store = PlaneStore(stacks.layout)
    store.expect(all.count)
    let order = [3, 1, 2, 0] + (4..<all.count).reversed()
    for slot in order {
      let observation = all[slot]
      store.put(observation.span, slot: slot)
    }
    for slot in order {
      var (bytes, floats) = (Array(repeating: UInt8(0), count: stacks.size), [Float]())
      floats = bytes.map { _ in 0 }
      bytes.withMutableSpan { store.copy(slot, into: &$0, at: 0) }
      floats.withMutableSpan { store.copy(slot, into: &$0, at: 0) }
      let isSame = bytes == all[slot] && floats == all[slot].map { Float($0) }
      #expect(isSame)
    }
  }

  @Test func `that are small, flat, deep or several things are one plane`() {
    func planes(_ shape: [Int]) -> Int { PictureLayout(Self.space(shape)).planes }
    #expect(
      planes([10, 10, 4]) == 1 && planes([84, 84]) == 1 && planes([84, 84, 1]) == 1 && planes([128]) == 1)
    #expect(planes([84, 84, 4]) == 4 && planes([16, 16, 32]) == 32 && planes([16, 16, 33]) == 1)
    let picture = Self.space([84, 84, 4]).leaves
    #expect(PictureLayout(Space(leaves: picture + picture)).planes == 1)
  }

  @Test func `of stacks are counted as one new frame each`() throws {
    let lanes = try Lanes([try Pictures(.uint8, other: nil)], seed: 1)
    #expect(
      Rollout.observationBytes(in: lanes) == 512 && Rollout.observationBytes(in: lanes, stacking: 2) == 256)
    let floats = try Lanes([try Pictures(.float32, other: nil)], seed: 1)
    #expect(Rollout.observationBytes(in: floats, stacking: 2) == 2048)
    let small = try Lanes([try Pictures(.uint8, side: 8, other: nil)], seed: 1)
    #expect(Rollout.observationBytes(in: small, stacking: 2) == 128)
  }

  @Test func `are bytes where the space says so`() {
    #expect(Self.bytes.isBytes)
    #expect(!Space.box(low: [0], high: [255]).isBytes && !Space.discrete(3).isBytes)
    #expect(
      !Space(leaves: Self.bytes.leaves + [Space.Leaf(path: "x", kind: .multiBinary(shape: [2]))]).isBytes)
  }
}
