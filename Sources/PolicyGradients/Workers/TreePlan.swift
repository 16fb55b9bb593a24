internal import AscentMathematics
internal import AscentPolicies

/// How several processes add up the leaves of a ``LaneTree``, of which each has its share.
///
/// A process adds up the subtrees that it has whole, and sends their roots alone; then all add these up. The additions are
/// those of the tree, whoever makes them. Of n leaves among p processes, at most p (1 + 2 log₂(n/p)) are sent instead of n, and
/// p if the shares are equal powers of two.
///
/// Of long vectors, each process receives and adds up its part of the numbers of all roots, and tells the sum to the others:
/// for r roots it then receives less than r/p + 1 vectors instead of r − r/p (Rabenseifner 2004).
struct TreePlan {
  /// The additions (left, right) of this process, before anything is sent.
  private(set) var own: [(left: Int, right: Int)] = []
  /// The leaves that each process sends, each with the sum of its subtree.
  private(set) var roots: [[Int]]
  /// The additions of all processes, after that.
  private(set) var late: [(left: Int, right: Int)] = []

  /// Plans the sum of `total` leaves among `count` processes, for the process `rank`.
  init(_ total: Int, among count: Int, rank: Int) {
    let shares = Shares(count: count)
    roots = Array(repeating: [], count: count)
    // The process that has the whole subtree of a leaf; −1 once it is of several.
    var owners = Array(repeating: 0, count: total)
    for process in 0..<count {
      for leaf in shares.share(of: total, rank: process) { owners[leaf] = process }
    }
    var (own, late) = ([(left: Int, right: Int)](), [(left: Int, right: Int)]())
    var sent: [(leaf: Int, owner: Int)] = []
    LaneTree.reduce(total) { left, right in
      let (a, b) = (owners[left], owners[right])
      if a == b, a >= 0 {
        if a == rank { own.append((left, right)) }
        return
      }
      for (leaf, owner) in [(left, a), (right, b)] where owner >= 0 { sent.append((leaf, owner)) }
      owners[left] = -1
      late.append((left, right))
    }
    // A tree that one process has whole, where the others have none.
    if late.isEmpty, total > 0 { sent = [(0, owners[0])] }
    (self.own, self.late) = (own, late)
    for (leaf, owner) in sent { roots[owner].append(leaf) }
    for process in roots.indices { roots[process].sort() }
  }

  /// The bytes that the second meeting must save to be worthwhile.
  private static let costOfMeeting = 32_768.0

  /// True if each process is to add up a part of vectors of this length instead of the whole.
  func addsUpInParts(_ length: Int) -> Bool {
    let (p, r) = (Double(roots.count), Double(roots.reduce(0) { $0 + $1.count }))
    return 4 * Double(length) * (p - 1) / p * (r - r / p - 1) > Self.costOfMeeting
  }
}

extension Collective {
  /// Adds up the first `total` leaves, of which each process has filled its share: all have the sum in leaf 0 afterwards.
  ///
  /// The other leaves are then of no use.
  func sum(_ leaves: inout [[Float]], count total: Int) {
    var nothing: [UInt8] = []
    sum(&leaves, count: total, beside: &nothing)
  }

  /// The same, and exchanges one term of each leaf at the same barrier.
  func sum<Term: BitwiseCopyable>(_ leaves: inout [[Float]], count total: Int, beside terms: inout [Term]) {
    guard count > 1 else {
      return LaneTree.reduce(total) { left, right in Self.add(right, to: left, of: &leaves) }
    }
    let plan = TreePlan(total, among: count, rank: rank)
    for (left, right) in plan.own { Self.add(right, to: left, of: &leaves) }
    if total > 0, plan.addsUpInParts(leaves[0].count) { return sumInParts(&leaves, plan, beside: &terms) }
    for leaf in plan.roots[rank] { write(leaves[leaf]) }
    writeShare(of: terms)
    meet()
    for other in 0..<count where other != rank {
      for leaf in plan.roots[other] { read(from: other, into: &leaves[leaf]) }
    }
    readOthers(into: &terms)
    for (left, right) in plan.late { Self.add(right, to: left, of: &leaves) }
  }

  /// Adds up the roots: each process a part of the numbers of all, which it then tells to the others.
  private func sumInParts<Term: BitwiseCopyable>(
    _ leaves: inout [[Float]], _ plan: TreePlan, beside terms: inout [Term]
  ) {
    let parts = (0..<count).map { Shares(count: count).share(of: leaves[0].count, rank: $0) }
    let own = parts[rank]
    var parcels = parts.map { part in plan.roots[rank].flatMap { leaves[$0][part] } }
    var received = plan.roots.map { Array(repeating: Float(0), count: $0.count * own.count) }
    (received[rank], parcels[rank]) = (parcels[rank], [])
    trade(parcels, into: &received)
    var sums = Array(repeating: [Float](), count: leaves.count)
    for (roots, numbers) in zip(plan.roots, received) {
      for (k, leaf) in roots.enumerated() {
        sums[leaf] = Array(numbers[Rows(stride: own.count).indices(of: k)])
      }
    }
    for (left, right) in plan.late { Self.add(right, to: left, of: &sums) }
    write(sums[0])
    writeShare(of: terms)
    meet()
    leaves[0].replaceSubrange(own, with: sums[0])
    for (other, part) in parts.enumerated() where other != rank {
      var numbers = Array(repeating: Float(0), count: part.count)
      read(from: other, into: &numbers)
      leaves[0].replaceSubrange(part, with: numbers)
    }
    readOthers(into: &terms)
  }

  private static func add(_ right: Int, to left: Int, of leaves: inout [[Float]]) {
    let addend = leaves[right]
    leaves[left].withMutableSpan { ParameterUpdate.add(addend.span, to: &$0) }
  }
}
