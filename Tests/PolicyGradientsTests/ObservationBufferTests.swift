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
    let sum = lane.observations.read(3..<9, &room) { span in
      span.indices.reduce(Float(0)) { $0 + span[$1] }
    }
    #expect(sum == 1 + 254 + 7 + 2 + 253 + 7)
    target.withMutableSpan { lane.observations.copy(297..<300, into: &$0, at: 2) }
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

  @Test func `are bytes where the space says so`() {
    #expect(Self.bytes.isBytes)
    #expect(!Space.box(low: [0], high: [255]).isBytes && !Space.discrete(3).isBytes)
    #expect(
      !Space(leaves: Self.bytes.leaves + [Space.Leaf(path: "x", kind: .multiBinary(shape: [2]))]).isBytes)
  }
}
