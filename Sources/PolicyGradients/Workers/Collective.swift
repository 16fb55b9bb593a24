internal import AscentMathematics

/// The processes of one run.
///
/// Each process has the whole learner and samples its share of the lanes. The processes exchange their lanes; after
/// that, all have the same data and compute the same results. Sums with several leaves are divided among them. The
/// terms and the order of a sum do not depend on the process that computes it: one process and eight produce the same
/// bits.
///
/// All processes must call the same members in the same order. A ``failure`` is permanent: after it, stop.
public protocol Collective: AnyObject {
  /// The index of this process, counted from 0.
  var rank: Int { get }
  /// The number of processes.
  var count: Int { get }
  /// The reason why the processes cannot continue; nil while they can.
  var failure: CollectiveFailure? { get }

  /// Adds numbers to the data that this process sends at the next barrier.
  func write<Number: BitwiseCopyable>(_ numbers: [Number])
  /// Waits until all processes have called this method.
  func meet()
  /// Reads the next numbers of the data that a process sent at the last barrier.
  ///
  /// The count is that of `numbers`. After a failure the numbers remain unchanged.
  func read<Number: BitwiseCopyable>(from rank: Int, into numbers: inout [Number])
  /// Gives each process numbers that are for it alone, and receives those that each of them has for this one; a barrier.
  ///
  /// There is an implementation with the other members, in which every process receives everything. What was written before
  /// must have met.
  ///
  /// - Parameters:
  ///   - parcels: the numbers for each process, [process]; those for this process itself are not used.
  ///   - received: the numbers from each process, [process]. On entry, those from a process must be as many as it sends. Those
  ///     of this process, and after a failure those of others, remain unchanged.
  func trade<Number: BitwiseCopyable>(_ parcels: [[Number]], into received: inout [[Number]])
}

extension Collective {
  /// Gives each process numbers that are for it alone, by telling them to all.
  public func trade<Number: BitwiseCopyable>(_ parcels: [[Number]], into received: inout [[Number]]) {
    requireForAll(parcels.count, received.count)
    let stride = MemoryLayout<Number>.stride
    write(parcels.map { $0.count * stride })
    for parcel in parcels { write(parcel) }
    meet()
    for other in 0..<count where other != rank {
      var sizes = Array(repeating: 0, count: count)
      read(from: other, into: &sizes)
      guard failure == nil else { return }
      Require.count(
        received[other].count * stride, of: "bytes received", is: sizes[rank], "the bytes that are sent")
      var before = Array(repeating: UInt8(0), count: sizes[..<rank].reduce(0, +))
      read(from: other, into: &before)
      read(from: other, into: &received[other])
    }
  }
}

extension Collective {
  /// Ends the program unless a trade has a parcel for each process, and room for one from each.
  package func requireForAll(_ parcels: Int, _ received: Int) {
    Require.count(parcels, of: "parcels", is: count, "one for each process")
    Require.count(received, of: "received parcels", is: count, "one for each process")
  }
}

/// The reason why the processes of a run cannot continue.
public struct CollectiveFailure: Error, Equatable, CustomStringConvertible {
  /// The exit code of the run.
  public var code: Int32
  /// A message.
  public var description: String

  /// Makes a failure.
  public init(code: Int32, description: String) {
    self.code = code
    self.description = description
  }
}

/// The collective of a single process, which has all lanes.
public final class Alone: Collective {
  /// 0.
  public let rank = 0
  /// 1.
  public let count = 1
  /// Nil.
  public let failure: CollectiveFailure? = nil

  /// Makes a collective of one process.
  public init() {}

  /// Does nothing.
  public func write<Number: BitwiseCopyable>(_ numbers: [Number]) {}
  /// Does nothing.
  public func meet() {}
  /// Does nothing.
  public func read<Number: BitwiseCopyable>(from rank: Int, into numbers: inout [Number]) {}
}

/// How lanes and leaves are divided among a number of processes.
package struct Shares: Sendable {
  private let count: Int

  /// The shares of so many processes.
  package init(count: Int) { self.count = count }

  /// The range of `total` that belongs to a process.
  func share(of total: Int, rank: Int) -> Range<Int> {
    rank * total / count..<(rank + 1) * total / count
  }

  /// The same in blocks of `unit` neighboring lanes.
  package func share(of total: Int, unit: Int, rank: Int) -> Range<Int> {
    let units = share(of: total / unit, rank: rank)
    return units.lowerBound * unit..<units.upperBound * unit
  }
}

extension Collective {
  /// The range of `total` lanes or leaves that belong to a process; the ranges are as equal in size as possible.
  public func share(of total: Int, rank: Int) -> Range<Int> {
    Require.number(total, of: "number of lanes or leaves", from: 0)
    Require.index(rank, of: "rank", in: 0..<count)
    return Shares(count: count).share(of: total, rank: rank)
  }

  /// The range of `total` lanes or leaves that belong to this process.
  public func share(of total: Int) -> Range<Int> { share(of: total, rank: rank) }

  /// The lanes of a rollout that a process has sampled.
  func share(of rollout: Rollout, rank: Int) -> Range<Int> {
    Shares(count: count).share(of: rollout.lanes.count, unit: rollout.unit, rank: rank)
  }

  /// The lanes of a rollout that this process has sampled.
  func share(of rollout: Rollout) -> Range<Int> { share(of: rollout, rank: rank) }

  /// Exchanges numbers of lanes: each process has filled those of the lanes that it has sampled, and afterwards all have all.
  ///
  /// Those of a lane must have the same length in every process.
  func complete<Number: BitwiseCopyable>(_ numbers: inout [[Number]], of rollout: Rollout) {
    guard count > 1 else { return }
    for lane in share(of: rollout) { write(numbers[lane]) }
    meet()
    for other in 0..<count where other != rank {
      for lane in share(of: rollout, rank: other) { read(from: other, into: &numbers[lane]) }
    }
  }

  /// Exchanges leaves that are single numbers or structures of numbers.
  func complete<Number: BitwiseCopyable>(_ leaves: inout [Number]) {
    guard count > 1 else { return }
    writeShare(of: leaves)
    meet()
    readOthers(into: &leaves)
  }

  func writeShare<Number: BitwiseCopyable>(of leaves: [Number]) {
    write(Array(leaves[share(of: leaves.count)]))
  }

  func readOthers<Number: BitwiseCopyable>(into leaves: inout [Number]) {
    for other in 0..<count where other != rank {
      var part = Array(leaves[share(of: leaves.count, rank: other)])
      read(from: other, into: &part)
      leaves.replaceSubrange(share(of: leaves.count, rank: other), with: part)
    }
  }
}
