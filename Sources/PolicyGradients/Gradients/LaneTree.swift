internal import AscentMathematics

/// The order of every sum across lanes: a binary tree whose leaves are the lanes.
///
/// Neighbors 0+1, 2+3, … are added first, then pairs of pairs. A process that has an aligned block of lanes can add it
/// up alone, so the bits of the sum do not depend on the distribution of lanes over processes.
public enum LaneTree {
  /// Σ over the leaves.
  public static func sum(_ leaves: [Double]) -> Double {
    guard !leaves.isEmpty else { return 0 }
    var x = leaves
    reduce(x.count) { x[$0] += x[$1] }
    return x[0]
  }

  /// Adds vectors of equal length; the sum replaces the first one.
  public static func sum(
    _ leaves: inout [[Float]], adding add: (Span<Float>, inout MutableSpan<Float>) -> Void
  ) {
    for leaf in leaves {
      Require.count(leaf.count, of: "leaf", is: leaves[0].count, "the length of the first one")
    }
    reduce(leaves.count) { left, right in
      let addend = leaves[right]
      leaves[left].withMutableSpan { add(addend.span, &$0) }
    }
  }

  /// Calls `add` for the pairs (left, right) in the order of the tree; the sum ends in leaf 0.
  static func reduce(_ count: Int, _ add: (_ left: Int, _ right: Int) -> Void) {
    var stride = 1
    while stride < count {
      var left = 0
      while left + stride < count {
        add(left, left + stride)
        left += 2 * stride
      }
      stride *= 2
    }
  }
}
