import AscentPolicyGradients
import Foundation
import Testing

@testable import AscentExperiments

/// What processes give to each other, by the ways of one machine and of several.
@Suite struct `A trade` {
  /// What one process has for another one: a number of numbers that depends on both.
  private static func parcel(_ process: Int, _ other: Int) -> [Float] {
    process == other ? [] : (0..<(process * 3 + other) % 5).map { Float(100 * process + 10 * other + $0) }
  }

  @Test(arguments: [(2, 1), (3, 1), (3, 2), (2, 3)]) func `between ranks gives each process what is for it`(
    ranks: Int, width: Int
  ) throws {
    let count = ranks * width
    let offers = (0..<count).map { process in
      RankOffer(
        (0..<count).map { Self.parcel(process, $0) }, into: (0..<count).map { Self.parcel($0, process) },
        from: process)
    }
    let trades = (0..<ranks).map { RankTrade(Array(offers[$0 * width..<($0 + 1) * width]), ranks) }
    for rank in 0..<ranks {
      // What MPI would bring to this rank.
      var words: [UInt64] = []
      for trade in trades {
        let start = Int(trade.sent[..<rank].reduce(0, +))
        words += trade.words[start..<start + Int(trade.sent[rank])]
      }
      #expect(trades.map { $0.sent[rank] } == trades[rank].expected)
      let parcels = try #require(trades[rank].parcels(in: words))
      for (own, parcel) in parcels.enumerated() {
        let process = rank * width + own
        var mail = Mail(parcel, sizes: offers[process].expected)
        for other in 0..<count {
          let expected = Self.parcel(other, process)
          var numbers = expected.map { _ in Float(-1) }
          let isThere = mail.read(from: other, into: &numbers)
          #expect(isThere && numbers == expected)
        }
      }
      words[0] += 1
      #expect(trades[rank].parcels(in: words) == nil, "another length than expected")
    }
  }

  fileprivate struct Outcome: Sendable {
    var received: [[Float]]
    var failure: String?
  }

  /// Two threads are the processes of a shared memory.
  private static func trade(_ parcels: [[[Float]]], expecting sizes: [Int]) throws -> [Outcome] {
    let memory = try SharedMemory(count: 2)
    let descriptor = memory.descriptor
    let found = Found()
    let thread = Thread {
      guard let other = try? SharedMemory(rank: 1, descriptor: descriptor) else { return }
      var received = [Array(repeating: Float(-1), count: sizes[1]), []]
      other.trade(parcels[1], into: &received)
      found.put(Outcome(received: received, failure: other.failure?.description))
    }
    thread.start()
    var received = [[], Array(repeating: Float(-1), count: sizes[0])]
    memory.trade(parcels[0], into: &received)
    return [Outcome(received: received, failure: memory.failure?.description), found.take()]
  }

  @Test func `on one machine gives each process what is for it, or says that it is too little`() throws {
    let parcels: [[[Float]]] = [[[], [1, 2, 3]], [[4], []]]
    let good = try Self.trade(parcels, expecting: [1, 3])
    #expect(good.map(\.failure) == [nil, nil])
    #expect(good[0].received == [[], [4]] && good[1].received == [[1, 2, 3], []])
    for size in [2, 4] {
      let bad = try Self.trade(parcels, expecting: [1, size])
      #expect(bad[1].failure == "worker 0 sent other data than expected")
      #expect(bad[1].received[0].allSatisfy { $0 == -1 })
    }
  }
}

/// The result of a thread.
private final class Found: @unchecked Sendable {
  private let condition = NSCondition()
  private var value: `A trade`.Outcome?

  fileprivate func put(_ value: `A trade`.Outcome) {
    condition.lock()
    self.value = value
    condition.signal()
    condition.unlock()
  }

  fileprivate func take() -> `A trade`.Outcome {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let value { return value }
      condition.wait()
    }
  }
}
