internal import AscentRandomness

/// Hides features: o is s without them.
struct HideEmission: EmissionLayer {
  let output: Space
  /// The features that remain, in their order.
  private let kept: [Int]

  init(_ names: [String], _ fit: EmissionFit) throws(EmissionError) {
    let hidden = try Self.features(names, fit)
    kept = (0..<fit.space.flattenedSize).filter { !hidden.contains($0) }
    output = Self.space(without: hidden, fit)
    guard output.flattenedSize > 0 else {
      throw fit.mismatch(needs: "at least one feature that is not hidden")
    }
  }

  var isFunction: Bool { true }

  func emit(_ features: inout [Float], from stream: RandomStream) {
    for (to, from) in kept.enumerated() { features[to] = features[from] }
  }

  func logDensity(of o: [Float], given s: [Float]) -> Double? { nil }

  /// Returns the features with these names: indices counted from 0, or paths of leaves.
  private static func features(_ names: [String], _ fit: EmissionFit) throws(EmissionError) -> Set<Int> {
    let leaves = fit.space.leaves.map(\.path).filter { !$0.isEmpty }
    let called = leaves.isEmpty ? "" : " or the leaves " + leaves.joined(separator: ", ")
    var hidden: Set<Int> = []
    for name in names {
      if let leaf = fit.space.leaves.firstIndex(where: { $0.path == name }) {
        for value in fit.values where value.leaf == leaf { hidden.formUnion(value.range) }
        continue
      }
      guard let feature = Int(name), let value = fit.values.first(where: { $0.range.contains(feature) })
      else { throw fit.mismatch(needs: "features from 0 to \(fit.space.flattenedSize - 1)\(called)") }
      guard value.range.count == 1 else {
        throw fit.mismatch(needs: "whole values: feature \(feature) is a part of a discrete one\(called)")
      }
      hidden.insert(feature)
    }
    return hidden
  }

  /// Returns the space without these features; a leaf that loses some of its values becomes flat.
  private static func space(without hidden: Set<Int>, _ fit: EmissionFit) -> Space {
    var leaves: [Space.Leaf] = []
    for (index, leaf) in fit.space.leaves.enumerated() {
      let own = fit.values.filter { $0.leaf == index }
      let kept = own.indices.filter { hidden.isDisjoint(with: own[$0].range) }
      guard !kept.isEmpty else { continue }
      guard kept.count < own.count else {
        leaves.append(leaf)
        continue
      }
      var rest = Space.Leaf(path: leaf.path, kind: leaf.kind.keeping(kept))
      rest.keys = leaf.keys
      leaves.append(rest)
    }
    return Space(leaves: leaves)
  }
}

extension Space.Kind {
  /// Returns the kind with only some of its values.
  fileprivate func keeping(_ kept: [Int]) -> Space.Kind {
    switch self {
    case .box(_, let low, let high, let element):
      .box(shape: [kept.count], low: kept.map { low[$0] }, high: kept.map { high[$0] }, element: element)
    case .multiDiscrete(let counts, let starts, _):
      .multiDiscrete(
        counts: kept.map { counts[$0] }, starts: kept.map { starts[$0] }, shape: [kept.count])
    case .multiBinary: .multiBinary(shape: [kept.count])
    case .discrete: self
    }
  }
}

extension EmissionEntry {
  /// The emission `hide=1,3`.
  public static let hide = EmissionEntry(
    "hide", form: "=1,3", help: "removes features 1 and 3, or the leaves with these names"
  ) { arguments throws(EmissionError) in
    guard arguments.values.allSatisfy({ !$0.isEmpty }) else {
      throw .argument(arguments.text, allowed: "numbers of features, counted from 0, or names of leaves")
    }
    let names = arguments.values
    return Emission(typed: "hide=" + names.joined(separator: ",")) { fit throws(EmissionError) in
      try HideEmission(names, fit)
    }
  }
}
