internal import AscentMathematics

extension Space {
  /// Writes the flattened form of an element that is given by its values.
  ///
  /// - Parameters:
  ///   - values: `valueCount` numbers: the elements of boxes, bits, and indices counted from 0.
  ///   - flattened: `flattenedSize` floats, in the order that ``Space`` describes.
  public func flatten(_ values: Span<Float>, into flattened: inout MutableSpan<Float>) {
    Require.count(values.count, of: "values", is: valueCount, "the valueCount of the space")
    Require.count(
      flattened.count, of: "flattened element", is: flattenedSize, "the flattenedSize of the space")
    var from = 0
    var to = 0
    for leaf in leaves {
      switch leaf.kind {
      case .box, .multiBinary:
        for _ in 0..<leaf.kind.valueCount {
          flattened[to] = values[from]
          from += 1
          to += 1
        }
      case .discrete(let count, _):
        let index = Require.choice(values[from], of: "value of a discrete space", below: count)
        Space.writeOneHot(index, of: count, at: to, into: &flattened)
        from += 1
        to += Space.choiceSize(count)
      case .multiDiscrete(let counts, _, _):
        for count in counts {
          let index = Require.choice(values[from], of: "value of a discrete space", below: count)
          Space.writeOneHot(index, of: count, at: to, into: &flattened)
          from += 1
          to += Space.choiceSize(count)
        }
      }
    }
  }

  /// Writes the flattened form of an element into an array of `flattenedSize` floats.
  package func flatten(_ values: Span<Float>, into flattened: inout [Float]) {
    var span = flattened.mutableSpan
    flatten(values, into: &span)
  }

  /// Writes one of `count` choices: a one-hot vector, or its index if there are more than ``mostOneHot``.
  static func writeOneHot(
    _ index: Int, of count: Int, at start: Int, into flattened: inout MutableSpan<Float>
  ) {
    guard count <= mostOneHot else {
      flattened[start] = Float(index)
      return
    }
    for k in 0..<count { flattened[start + k] = k == index ? 1 : 0 }
  }
}

extension Space {
  /// The lower and the upper bound of each float of a flattened element.
  var flattenedBounds: (low: [Float], high: [Float]) {
    var (low, high): ([Float], [Float]) = ([], [])
    for leaf in leaves {
      switch leaf.kind {
      case .box(_, let lows, let highs, _):
        low += lows.map { Float($0) }
        high += highs.map { Float($0) }
      case .discrete, .multiDiscrete:
        for count in leaf.kind.discreteCounts {
          let isIndex = count > Space.mostOneHot
          low += Array(repeating: isIndex ? -1 : 0, count: Space.choiceSize(count))
          high += Array(repeating: isIndex ? Float(count - 1) : 1, count: Space.choiceSize(count))
        }
      case .multiBinary:
        low += Array(repeating: 0, count: leaf.kind.flattenedSize)
        high += Array(repeating: 1, count: leaf.kind.flattenedSize)
      }
    }
    return (low, high)
  }

  /// The features that are indices, each with the number of its choices.
  public var indices: [(feature: Int, count: Int)] {
    var (found, feature): ([(feature: Int, count: Int)], Int) = ([], 0)
    for leaf in leaves {
      let counts = leaf.kind.discreteCounts
      if counts.isEmpty { feature += leaf.kind.flattenedSize }
      for count in counts {
        if count > Space.mostOneHot { found.append((feature, count)) }
        feature += Space.choiceSize(count)
      }
    }
    return found
  }

  /// The floats that stand for no element: zeros, and −1 for each index.
  package var flattenedNothing: [Float] {
    leaves.flatMap { leaf -> [Float] in
      guard !leaf.kind.discreteCounts.isEmpty else {
        return Array(repeating: 0, count: leaf.kind.flattenedSize)
      }
      return leaf.kind.discreteCounts.flatMap { count in
        Array(repeating: count > Space.mostOneHot ? -1 : Float(0), count: Space.choiceSize(count))
      }
    }
  }
}
