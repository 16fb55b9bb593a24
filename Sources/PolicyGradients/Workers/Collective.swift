/// Processes that make one run together.
///
/// Each has the whole learner and its share of the lanes. It samples its lanes, hands them over, and from then on
/// all know the same and compute the same; where a sum has several leaves they share the leaves out. What is added
/// up, and in which order, never depends on who does it, so one process and eight end with the same bits.
///
/// All must call the same members in the same order. A failure stays: whoever finds one in ``failure`` gives up.
public protocol Collective: AnyObject {
  /// Which of the processes this is, counted from 0.
  var rank: Int { get }
  /// How many there are.
  var count: Int { get }
  /// Why they cannot go on, once they cannot.
  var failure: CollectiveFailure? { get }

  /// Adds to what this process hands over at the next meeting.
  func write<Number: BitwiseCopyable>(_ numbers: [Number])
  /// Waits until everyone has come.
  func meet()
  /// Reads as many numbers as there is room for, going on in what a process handed over at the last meeting; after a
  /// failure the numbers stay as they are.
  func read<Number: BitwiseCopyable>(from rank: Int, into numbers: inout [Number])
}

/// Why processes cannot go on together.
public struct CollectiveFailure: Error, Equatable, CustomStringConvertible {
  /// The exit code that fits.
  public var code: Int32
  /// What happened.
  public var description: String

  /// Makes a failure.
  public init(code: Int32, description: String) {
    self.code = code
    self.description = description
  }
}

/// One process, which has all lanes.
public final class Alone: Collective {
  /// 0.
  public let rank = 0
  /// 1.
  public let count = 1
  /// Nothing.
  public let failure: CollectiveFailure? = nil

  /// Makes one.
  public init() {}

  /// Nobody reads it.
  public func write<Number: BitwiseCopyable>(_ numbers: [Number]) {}
  /// Everyone is here.
  public func meet() {}
  /// Nobody else wrote anything.
  public func read<Number: BitwiseCopyable>(from rank: Int, into numbers: inout [Number]) {}
}

extension Collective {
  /// Which of `total` lanes or leaves belong to a process: blocks, as equal as can be.
  public func share(of total: Int, rank: Int) -> Range<Int> {
    rank * total / count..<(rank + 1) * total / count
  }

  /// Which of `total` lanes or leaves belong to this process.
  public func share(of total: Int) -> Range<Int> { share(of: total, rank: rank) }

  /// Each process has filled the leaves of its share; afterwards all have all of the first `total`.
  ///
  /// A leaf has the same length everywhere.
  func complete<Number: BitwiseCopyable>(_ leaves: inout [[Number]], count total: Int) {
    guard count > 1 else { return }
    writeShare(of: leaves, count: total)
    meet()
    readOthers(into: &leaves, count: total)
  }

  /// The same of leaves that are single numbers, or structures of them.
  func complete<Number: BitwiseCopyable>(_ leaves: inout [Number]) {
    guard count > 1 else { return }
    writeShare(of: leaves)
    meet()
    readOthers(into: &leaves)
  }

  /// The same of leaves of both kinds, as many of the one as of the other, at one meeting.
  func complete<Number: BitwiseCopyable, Term: BitwiseCopyable>(
    _ leaves: inout [[Number]], _ terms: inout [Term]
  ) {
    guard count > 1 else { return }
    writeShare(of: leaves, count: terms.count)
    writeShare(of: terms)
    meet()
    readOthers(into: &leaves, count: terms.count)
    readOthers(into: &terms)
  }

  private func writeShare<Number: BitwiseCopyable>(of leaves: [[Number]], count total: Int) {
    for leaf in share(of: total) { write(leaves[leaf]) }
  }

  private func writeShare<Number: BitwiseCopyable>(of leaves: [Number]) {
    write(Array(leaves[share(of: leaves.count)]))
  }

  private func readOthers<Number: BitwiseCopyable>(into leaves: inout [[Number]], count total: Int) {
    for other in 0..<count where other != rank {
      for leaf in share(of: total, rank: other) { read(from: other, into: &leaves[leaf]) }
    }
  }

  private func readOthers<Number: BitwiseCopyable>(into leaves: inout [Number]) {
    for other in 0..<count where other != rank {
      var part = Array(leaves[share(of: leaves.count, rank: other)])
      read(from: other, into: &part)
      leaves.replaceSubrange(share(of: leaves.count, rank: other), with: part)
    }
  }
}
