internal import Randomness

/// Where an emission finds what it needs in a space.
struct EmissionFit {
  private let emission: Emission
  private let space: Space
  /// The values of an observation: their features, their leaf, and how many choices a discrete one has.
  let values: [(range: Range<Int>, leaf: Int, choices: Int?)]

  init(_ emission: Emission, _ space: Space) {
    self.emission = emission
    self.space = space
    var values: [(range: Range<Int>, leaf: Int, choices: Int?)] = []
    var next = 0
    func add(_ width: Int, _ leaf: Int, choices: Int?) {
      values.append((next..<next + width, leaf, choices))
      next += width
    }
    for (index, leaf) in space.leaves.enumerated() {
      switch leaf.kind {
      case .box: for _ in 0..<leaf.kind.valueCount { add(1, index, choices: nil) }
      case .discrete(let count, _): add(count, index, choices: count)
      case .multiDiscrete(let counts, _, _): for count in counts { add(count, index, choices: count) }
      case .multiBinary: for _ in 0..<leaf.kind.valueCount { add(1, index, choices: 2) }
      }
    }
    self.values = values
  }

  /// The probability, as what draws with it.
  func chance(_ p: Double) throws(EmissionError) -> Bernoulli {
    do { return try Bernoulli(probability: p) } catch {
      throw .argument(emission.typed, allowed: "a probability from 0 to 1")
    }
  }

  /// Laplace noise of scale 1.
  func laplace() throws(EmissionError) -> Laplace {
    do { return try Laplace(scale: 1) } catch { throw .argument(emission.typed, allowed: "\(error)") }
  }

  /// The numbers of boxes, each with its scale.
  func numbers(_ scales: [Double]) throws(EmissionError) -> EmissionLayer.Numbers {
    let boxes = boxes
    guard !boxes.isEmpty else {
      throw .space(emission.typed, needs: "the numbers of a box", found: "\(space)")
    }
    guard scales.count == 1 || scales.count == boxes.count else {
      throw .count(emission.typed, given: scales.count, features: boxes.count)
    }
    return EmissionLayer.Numbers(
      features: boxes.map(\.feature),
      scales: scales.count == 1 ? Array(repeating: scales[0], count: boxes.count) : scales,
      whole: boxes.map { box in
        guard case .box(_, _, _, let element) = space.leaves[box.leaf].kind else { return nil }
        return element.isWhole ? box.bounds : nil
      })
  }

  /// The numbers that a Poisson distribution may have for its mean.
  func counts() throws(EmissionError) -> [Int] {
    let boxes = boxes
    guard !boxes.isEmpty, boxes.allSatisfy({ $0.bounds.lowerBound >= 0 }) else {
      throw .space(emission.typed, needs: "the numbers of a box, none below 0", found: "\(space)")
    }
    return boxes.map(\.feature)
  }

  /// The discrete values.
  func choices() throws(EmissionError) -> [(range: Range<Int>, draw: UniformInteger)] {
    var found: [(range: Range<Int>, draw: UniformInteger)] = []
    for value in values {
      guard let count = value.choices, let draw = try? UniformInteger(count: count) else { continue }
      found.append((value.range, draw))
    }
    guard !found.isEmpty else {
      throw .space(emission.typed, needs: "discrete values", found: "\(space)")
    }
    return found
  }

  /// The features that these numbers and names mean.
  func hidden(_ names: [String]) throws(EmissionError) -> Set<Int> {
    let leaves = space.leaves.map(\.path).filter { !$0.isEmpty }
    let called = leaves.isEmpty ? "" : " or the leaves " + leaves.joined(separator: ", ")
    var hidden: Set<Int> = []
    for name in names {
      if let leaf = space.leaves.firstIndex(where: { $0.path == name }) {
        for value in values where value.leaf == leaf { hidden.formUnion(value.range) }
        continue
      }
      guard let feature = Int(name), let value = values.first(where: { $0.range.contains(feature) }) else {
        throw .space(
          emission.typed, needs: "features from 0 to \(space.flattenedSize - 1)\(called)", found: "\(space)")
      }
      guard value.range.count == 1 else {
        throw .space(
          emission.typed, needs: "whole values: feature \(feature) is a part of a discrete one\(called)",
          found: "\(space)")
      }
      hidden.insert(feature)
    }
    return hidden
  }

  /// The space without these features; what is left of a box or of bits lies flat.
  func without(_ hidden: Set<Int>) -> Space {
    var leaves: [Space.Leaf] = []
    for (index, leaf) in space.leaves.enumerated() {
      let own = values.filter { $0.leaf == index }
      let kept = own.indices.filter { hidden.isDisjoint(with: own[$0].range) }
      guard !kept.isEmpty else { continue }
      guard kept.count < own.count else {
        leaves.append(leaf)
        continue
      }
      switch leaf.kind {
      case .box(_, let low, let high, let element):
        leaves.append(
          Space.Leaf(
            path: leaf.path,
            kind: .box(
              shape: [kept.count], low: kept.map { low[$0] }, high: kept.map { high[$0] }, element: element)))
      case .multiDiscrete(let counts, let starts, _):
        leaves.append(
          Space.Leaf(
            path: leaf.path,
            kind: .multiDiscrete(
              counts: kept.map { counts[$0] }, starts: kept.map { starts[$0] }, shape: [kept.count])))
      case .multiBinary: leaves.append(Space.Leaf(path: leaf.path, kind: .multiBinary(shape: [kept.count])))
      case .discrete: leaves.append(leaf)
      }
    }
    return Space(leaves: leaves)
  }

  /// The space in which the kth number of the boxes has other bounds; whole numbers keep theirs unless said.
  func widened(wholeNumbersToo: Bool = false, _ bounds: (Int, ClosedRange<Double>) -> ClosedRange<Double>)
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

  /// The space with 0 in each box.
  var withZero: Space {
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
        return Space.Leaf(path: leaf.path, kind: .box(shape: shape, low: low, high: high, element: element))
      })
  }

  private var boxes: [(leaf: Int, bounds: ClosedRange<Double>, feature: Int)] {
    let (low, high) = space.valueBounds
    return values.indices.compactMap { k in
      guard values[k].choices == nil else { return nil }
      return (values[k].leaf, low[k]...high[k], values[k].range.lowerBound)
    }
  }
}

extension Space.Element {
  /// Whether it holds whole numbers only.
  var isWhole: Bool {
    switch self {
    case .float16, .float32, .float64: false
    default: true
    }
  }
}
