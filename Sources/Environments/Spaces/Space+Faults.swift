extension Space {
  /// A sentence about sizes or bounds that contradict each other; nil for a sound space.
  package var fault: String? {
    for leaf in leaves {
      guard let fault = leaf.kind.fault else { continue }
      return "the space \(leaf.path.isEmpty ? "" : "\(leaf.path) ")has \(fault)"
    }
    return nil
  }
}

extension Space.Kind {
  /// A clause about sizes or bounds of a kind that contradict each other; nil if nothing does.
  fileprivate var fault: String? {
    switch self {
    case .box(let shape, let low, let high, _):
      guard let size = Self.size(shape) else {
        return "a shape with an extent below 0, or too many numbers: \(shape)"
      }
      guard low.count == size, high.count == size else {
        return
          "\(low.count) lower and \(high.count) upper bounds for a box of \(size) numbers; give one for each"
      }
      let bad = low.indices.first { !(low[$0] <= high[$0]) }
      return bad.map {
        "bounds from \(low[$0]) to \(high[$0]) at index \($0); the first must not exceed the second"
      }
    case .discrete(let count, _):
      return count > 0 ? nil : "\(count) choices; it needs at least 1"
    case .multiDiscrete(let counts, let starts, let shape):
      guard counts.allSatisfy({ $0 > 0 }) else { return "a value with fewer than 1 choice: \(counts)" }
      guard counts.count == starts.count, Self.size(shape) == counts.count else {
        return "\(counts.count) numbers of choices and \(starts.count) starts for the shape \(shape)"
      }
      return nil
    case .multiBinary(let shape):
      return Self.size(shape) == nil ? "a shape with an extent below 0, or too many bits: \(shape)" : nil
    }
  }

  /// The product of the extents; nil if one is negative, or unless the product is at most 2³¹.
  private static func size(_ shape: [Int]) -> Int? {
    var size = 1
    for extent in shape {
      guard extent >= 0, extent <= 2_147_483_648 / max(1, size) else { return nil }
      size *= extent
    }
    return size
  }
}
