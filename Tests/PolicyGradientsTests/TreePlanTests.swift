import Testing

@testable import AscentPolicyGradients

/// Sums of leaves that several processes share out.
@Suite struct `A tree of several processes` {
  /// Numbers whose sum depends on the order of the additions.
  private let numbers = (0..<70).map { (k: Int) -> Double in
    let number = Double(k * 7919 % 101)
    return k.isMultiple(of: 3) ? 1e16 * number : 1.3 * number
  }

  @Test(arguments: 1...9) func `adds what one process adds, in the same order`(count: Int) {
    for total in 1...70 {
      let alone = LaneTree.sum(Array(numbers[..<total]))
      let plans = (0..<count).map { TreePlan(total, among: count, rank: $0) }
      // What each process knows: its own leaves, and nothing of the others.
      var known = (0..<count).map { rank in
        numbers[..<total].indices.map { leaf in
          Shares(count: count).share(of: total, rank: rank).contains(leaf) ? numbers[leaf] : .nan
        }
      }
      for rank in 0..<count {
        for (left, right) in plans[rank].own { known[rank][left] += known[rank][right] }
      }
      let sent = known
      for rank in 0..<count {
        for other in 0..<count where other != rank {
          for leaf in plans[rank].roots[other] { known[rank][leaf] = sent[other][leaf] }
        }
        for (left, right) in plans[rank].late { known[rank][left] += known[rank][right] }
        #expect(known[rank][0].bitPattern == alone.bitPattern, "\(total) leaves, process \(rank)")
      }
    }
  }

  @Test func `sends one leaf for each process where the shares are equal powers of two, and few otherwise`() {
    for count in [2, 4, 8] {
      #expect(TreePlan(64, among: count, rank: 0).roots.map(\.count) == Array(repeating: 1, count: count))
    }
    for (total, count) in [(64, 3), (60, 4), (70, 7)] {
      let sent = TreePlan(total, among: count, rank: 0).roots.map(\.count)
      var (share, levels) = (total / count, 1)
      while share > 1 { (share, levels) = (share / 2, levels + 2) }
      #expect(sent.allSatisfy { (1...levels).contains($0) }, "\(sent)")
    }
  }
}
