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

  /// Frames of a lane's episodes, of which some numbers are drawn by a plain rule.
  private static func frame(_ time: Int, size: Int) -> [Float] {
    (0..<size).map { Float(($0 * 37 + time * 101 + $0 * time) % 251) }
  }

  /// Stacks of four frames of 16 × 20 pixels and one or three colors, in the three orders that environments have.
  @Test(arguments: [Space.Axes.channelsLast, .channelsFirst, nil], [1, 3])
  func `of stacks of frames have each frame once`(axes: Space.Axes?, colors: Int) throws {
    let (height, width, count) = (16, 20, 4)
    let pixels = height * width
    let shape =
      axes == nil
      ? [count, height, width, colors]
      : axes == .channelsLast ? [height, width, count * colors] : [count * colors, height, width]
    let size = pixels * colors * count
    var leaf = Space.Leaf(
      kind: .box(
        shape: shape, low: Array(repeating: 0, count: size), high: Array(repeating: 255, count: size),
        element: .uint8))
    leaf.axes = axes ?? .channelsLast
    let layout = PictureLayout(Space(leaves: [leaf]))
    #expect(layout.planes == (axes == nil ? count : count * colors))
    var buffer = ObservationBuffer(size: size, layout)
    /// The frames are [pixel × color], and stand one after the other or side by side.
    func stack(_ frames: [[Float]]) -> [Float] {
      var observation = Array(repeating: Float(0), count: size)
      for (f, frame) in frames.enumerated() {
        for pixel in 0..<pixels {
          for color in 0..<colors {
            let place =
              switch axes {
              case .channelsLast: (pixel * count + f) * colors + color
              case .channelsFirst: (f * colors + color) * pixels + pixel
              case nil: (f * pixels + pixel) * colors + color
              }
            observation[place] = frame[pixel * colors + color]
          }
        }
      }
      return observation
    }
    for round in 0..<2 {
      buffer.removeAll()
      var all: [[Float]] = []
      for episode in 0..<3 {
        let first = Self.frame(100 * episode + round, size: pixels * colors)
        var frames = Array(repeating: first, count: count)
        for time in 0..<9 {
          if time > 0 {
            frames = frames.dropFirst() + [Self.frame(100 * episode + round + time, size: first.count)]
          }
          all.append(stack(frames))
          buffer.write(all.count - 1) { row in for k in row.indices { row[k] = all[all.count - 1][k] } }
        }
      }
      #expect(buffer.storesBytes)
      #expect(buffer.planeCount == 3 * 9 * layout.planes / count)
      for slot in all.indices {
        var (row, target) = ([Float](), Array(repeating: UInt8(9), count: size + 2))
        buffer.append(slot: slot, to: &row)
        target.withMutableSpan { buffer.copyBytes(slot, into: &$0, at: 1) }
        let isSame = row == all[slot] && target == [9] + all[slot].map { UInt8($0) } + [9]
        #expect(isSame)
      }
    }
    // A number that is no byte: all are floats from now on.
    var other = stack(Array(repeating: Self.frame(7, size: pixels * colors), count: count))
    other[5] = 0.25
    buffer.write(27) { row in for k in row.indices { row[k] = other[k] } }
    var rows: [Float] = []
    buffer.append(26..<28, to: &rows)
    let isSame = rows[size...].elementsEqual(other) && rows[..<size].allSatisfy { $0 == $0.rounded() }
    #expect(!buffer.storesBytes && isSame)
  }

  @Test func `that are small, flat or several things are stored as they are`() {
    func planes(_ shape: [Int]) -> Int {
      let size = shape.reduce(1, *)
      return PictureLayout(
        Space(
          .box(
            shape: shape, low: Array(repeating: 0, count: size), high: Array(repeating: 255, count: size),
            element: .uint8))
      ).planes
    }
    #expect(
      planes([10, 10, 4]) == 1 && planes([84, 84]) == 1 && planes([84, 84, 1]) == 1 && planes([128]) == 1)
    #expect(planes([84, 84, 4]) == 4)
    #expect(PictureLayout(Space(leaves: Self.bytes.leaves + Self.bytes.leaves)).planes == 1)
  }

  @Test func `are bytes where the space says so`() {
    #expect(Self.bytes.isBytes)
    #expect(!Space.box(low: [0], high: [255]).isBytes && !Space.discrete(3).isBytes)
    #expect(
      !Space(leaves: Self.bytes.leaves + [Space.Leaf(path: "x", kind: .multiBinary(shape: [2]))]).isBytes)
  }
}
