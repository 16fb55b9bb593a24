public import AscentRandomness

/// A space to which an emission is fitted, with the position of each value among the features.
public struct EmissionFit {
  /// The specification, for messages.
  public let typed: String
  /// The space of s.
  public let space: Space
  /// The maximum number of steps of an episode, or nil if it is unknown.
  public let horizon: Int?
  /// The values of an observation: the features, the leaf, and a discrete value's number of choices.
  public let values: [(range: Range<Int>, leaf: Int, choices: Int?)]

  init(_ typed: String, _ space: Space, horizon: Int?) {
    (self.typed, self.space, self.horizon) = (typed, space, horizon)
    var values: [(range: Range<Int>, leaf: Int, choices: Int?)] = []
    var next = 0
    func add(_ width: Int, _ leaf: Int, choices: Int?) {
      values.append((next..<next + width, leaf, choices))
      next += width
    }
    for (index, leaf) in space.leaves.enumerated() {
      switch leaf.kind {
      case .box: for _ in 0..<leaf.kind.valueCount { add(1, index, choices: nil) }
      case .discrete(let count, _): add(Space.choiceSize(count), index, choices: count)
      case .multiDiscrete(let counts, _, _):
        for count in counts { add(Space.choiceSize(count), index, choices: count) }
      case .multiBinary: for _ in 0..<leaf.kind.valueCount { add(1, index, choices: 2) }
      }
    }
    self.values = values
  }

  /// Makes a Bernoulli distribution.
  public func bernoulli(_ p: Double) throws(EmissionError) -> Bernoulli {
    do { return try Bernoulli(probability: p) } catch {
      throw .argument(typed, allowed: "a probability from 0 to 1")
    }
  }

  /// Makes the error of observations of another kind.
  public func mismatch(needs: String) -> EmissionError {
    .space(typed, needs: needs, found: "\(space)")
  }

  // MARK: Features

  /// The elements of boxes: leaf, bounds, and index among the features.
  public var boxes: [(leaf: Int, bounds: ClosedRange<Double>, feature: Int)] {
    let (low, high) = space.valueBounds
    return values.indices.compactMap { k in
      guard values[k].choices == nil else { return nil }
      return (values[k].leaf, low[k]...high[k], values[k].range.lowerBound)
    }
  }

  /// Returns the elements of boxes, each with its scale.
  func numbers(_ scales: [Double]) throws(EmissionError) -> BoxNumbers {
    let boxes = boxes
    guard !boxes.isEmpty else { throw mismatch(needs: "the numbers of a box") }
    guard scales.count == 1 || scales.count == boxes.count else {
      throw .count(typed, given: scales.count, features: boxes.count)
    }
    return BoxNumbers(
      features: boxes.map(\.feature),
      scales: scales.count == 1 ? Array(repeating: scales[0], count: boxes.count) : scales,
      whole: boxes.map { box in
        guard case .box(_, _, _, let element) = space.leaves[box.leaf].kind else { return nil }
        return element.isWhole ? box.bounds : nil
      })
  }

  // MARK: Spaces

  /// Returns the space with new bounds for the kth element of the boxes; integers keep theirs unless `wholeNumbersToo`.
  public func widened(
    wholeNumbersToo: Bool = false, _ bounds: (Int, ClosedRange<Double>) -> ClosedRange<Double>
  )
    -> Space
  {
    var k = 0
    return changingBoxes { low, high, element in
      for n in low.indices {
        defer { k += 1 }
        guard wholeNumbersToo || !element.isWhole else { continue }
        let wide = bounds(k, low[n]...high[n])
        (low[n], high[n]) = (wide.lowerBound, wide.upperBound)
      }
    }
  }

  /// The space with the bounds of its boxes extended to include 0.
  public var withZero: Space {
    changingBoxes { low, high, _ in
      low = low.map { min($0, 0) }
      high = high.map { max($0, 0) }
    }
  }

  private func changingBoxes(_ change: (inout [Double], inout [Double], Space.Element) -> Void) -> Space {
    Space(
      leaves: space.leaves.map { leaf in
        guard case .box(let shape, var low, var high, let element) = leaf.kind else { return leaf }
        change(&low, &high, element)
        var changed = leaf
        changed.kind = .box(shape: shape, low: low, high: high, element: element)
        return changed
      })
  }
}

/// The elements of boxes among the features, a scale for each, and the bounds of those that are integers.
///
/// A class, so that a step counts references to one object instead of three arrays.
final class BoxNumbers: Sendable {
  let features: [Int]
  let scales: [Double]
  let whole: [ClosedRange<Double>?]

  init(features: [Int], scales: [Double], whole: [ClosedRange<Double>?]) {
    (self.features, self.scales, self.whole) = (features, scales, whole)
  }

  /// Writes the kth element; an integer is rounded and clamped to its bounds.
  func write(_ x: Double, _ k: Int, into features: inout [Float]) {
    let y = whole[k].map { min(max(x.rounded(), $0.lowerBound), $0.upperBound) } ?? x
    features[self.features[k]] = Float(y)
  }
}

extension EmissionLayer {
  /// Returns the sum of the terms of these features; −∞ if another feature changed, or if the sizes differ.
  func sum(_ features: [Int], _ o: [Float], _ s: [Float], _ term: (Int) -> Double) -> Double {
    let drawn = Set(features)
    guard output.flattenedSize == o.count, o.indices.allSatisfy({ drawn.contains($0) || o[$0] == s[$0] })
    else { return -.infinity }
    return features.indices.reduce(0) { $0 + term($1) }
  }
}

extension Space.Element {
  /// True if all values are integers or Booleans.
  var isWhole: Bool {
    switch self {
    case .float16, .float32, .float64: false
    case .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64: true
    }
  }
}
