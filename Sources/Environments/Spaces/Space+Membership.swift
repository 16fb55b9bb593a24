extension Space {
  /// The lower and the upper bound of each value of an element.
  ///
  /// Indices count from 0 (`start` is added only where an environment needs it); bits are 0 or 1.
  public var valueBounds: (low: [Double], high: [Double]) {
    var low: [Double] = []
    var high: [Double] = []
    for leaf in leaves {
      switch leaf.kind {
      case .box(_, let lows, let highs, _):
        low += lows
        high += highs
      case .discrete(let count, _):
        low.append(0)
        high.append(Double(count - 1))
      case .multiDiscrete(let counts, _, _):
        low += counts.map { _ in 0 }
        high += counts.map { Double($0 - 1) }
      case .multiBinary:
        low += Array(repeating: 0, count: leaf.kind.valueCount)
        high += Array(repeating: 1, count: leaf.kind.valueCount)
      }
    }
    return (low, high)
  }

  /// Returns the index of the first value outside of the space, nil for an element, or the count if it is wrong.
  public func firstValueOutside(_ values: Span<Float>) -> Int? {
    let (low, high) = valueBounds
    guard values.count == low.count else { return values.count }
    for k in values.indices {
      let x = Double(values[k])
      guard x >= low[k] && x <= high[k] else { return k }
    }
    return nil
  }

  /// The number of choices of a space that is one discrete value, or nil for every other space.
  public var discreteCount: Int? {
    guard leaves.count == 1, case .discrete(let count, _) = leaves[0].kind else { return nil }
    return count
  }

  /// True if every leaf is a box.
  public var isBox: Bool {
    leaves.allSatisfy { leaf in
      guard case .box = leaf.kind else { return false }
      return true
    }
  }
}

extension Space: CustomStringConvertible {
  /// The space in Gymnasium's notation, for messages.
  public var description: String {
    if leaves.count == 1, leaves[0].path.isEmpty { return leaves[0].kind.description }
    return "(" + leaves.map { "\($0.path): \($0.kind)" }.joined(separator: ", ") + ")"
  }
}

extension Space.Kind: CustomStringConvertible {
  /// The kind in Gymnasium's notation.
  public var description: String {
    switch self {
    case .box(let shape, _, _, let element):
      return "Box(\(shape.map(String.init).joined(separator: "×")), \(element.rawValue))"
    case .discrete(let count, let start):
      return start == 0 ? "Discrete(\(count))" : "Discrete(\(count), start=\(start))"
    case .multiDiscrete(let counts, _, _):
      return "MultiDiscrete(\(counts.map(String.init).joined(separator: ", ")))"
    case .multiBinary(let shape):
      return "MultiBinary(\(shape.map(String.init).joined(separator: "×")))"
    }
  }
}
