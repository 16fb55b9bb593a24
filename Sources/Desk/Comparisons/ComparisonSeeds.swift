import AscentExperiments

/// The seeds that a comparison looks at, in their order.
package struct ComparisonSeeds: Sendable, Equatable {
  /// The seeds of both sides, one after the other.
  package private(set) var pairs: [(a: UInt64, b: UInt64)]
  /// True if both sides have the same seeds: then the members of a pair share their random numbers.
  package let isPaired: Bool

  /// The number of seeds of two files, where none is asked for.
  package static let standard = 10

  package static func == (one: ComparisonSeeds, other: ComparisonSeeds) -> Bool {
    one.isPaired == other.isPaired && one.pairs.elementsEqual(other.pairs) { $0 == $1 }
  }

  /// Chooses the seeds.
  ///
  /// A side with runs has their seeds, and one with a file takes the other's. Two sides with runs are paired by the seeds
  /// that both have, if these are two at least, or one for one run on each side. Two files have the seeds from 1 on.
  ///
  /// - Parameters:
  ///   - a: the one side.
  ///   - b: the other side.
  ///   - count: the number of seeds that are asked for; nil for those that exist, or 10.
  package init(_ a: ComparedSide, _ b: ComparedSide, count: Int?) {
    let (ours, theirs) = (a.runs.keys.sorted(), b.runs.keys.sorted())
    guard !ours.isEmpty, !theirs.isEmpty else {
      let own = ours.isEmpty ? theirs : ours
      self.init(own.prefix(count ?? own.count).map { ($0, $0) }, isPaired: true)
      extend(to: count ?? (own.isEmpty ? Self.standard : own.count))
      return
    }
    let common = ours.filter(theirs.contains)
    if common.count >= 2 || ours == theirs {
      self.init(common.prefix(count ?? common.count).map { ($0, $0) }, isPaired: true)
      if let count { extend(to: count) }
    } else {
      self.init(zip(ours, theirs).prefix(count ?? .max).map { ($0, $1) }, isPaired: false)
    }
  }

  private init(_ pairs: [(a: UInt64, b: UInt64)], isPaired: Bool) {
    (self.pairs, self.isPaired) = (pairs, isPaired)
  }

  /// Adds the smallest seeds that no pair has.
  ///
  /// - Parameter count: the number of pairs afterward, unless there are more.
  package mutating func extend(to count: Int) {
    var next: UInt64 = 1
    var used = Set(pairs.flatMap { [$0.a, $0.b] })
    while pairs.count < count {
      if used.insert(next).inserted { pairs.append((next, next)) }
      next += 1
    }
  }
}
