internal import AscentEnvironments

// What a description must fulfil before anything is computed or written from it: every size, index and name, since the file
// may be damaged or somebody else's.
extension PolicyDescription {
  /// The largest number of network outputs, features and choices; a policy has at most as many parameters.
  private static let most = 1 << 26

  /// A sentence about what contradicts itself; nil if nothing does.
  var contradiction: String? {
    if weights != Self.weightsName { return "its arrays are in the file \(Self.weightsName)" }
    if let name = arrayNames.first(where: { $0.wholeMatch(of: /[A-Za-z][A-Za-z0-9_.]{0,99}/) == nil }) {
      return "'\(name)' is no name of an array"
    }
    if let sentence = contradictionOfSizes ?? contradictionOfActions { return sentence }
    if let normalizer, !normalizer.indices.allSatisfy((0..<featureSize).contains) {
      return "an index of the normalizer is no feature"
    }
    if let memory, !(1...65_536).contains(memory.units) { return "its memory has \(memory.units) units" }
    return nil
  }

  private var contradictionOfSizes: String? {
    let appended = Space(leaves: alsoObserve).flattenedSize
    var size = observationSpace.flattenedSize + appended
    for stack in stacks {
      guard (1...Self.most).contains(stack.frames), stack.run > 0, size % stack.run == 0,
        case (let product, let overflow) = size.multipliedReportingOverflow(by: stack.frames), !overflow,
        product <= Self.most
      else { return "a stack does not fit the observations" }
      size = product
    }
    guard size == featureSize, inputs.reduce(0, { $0 + $1.columns }) == featureSize else {
      return "its inputs are not the \(size) features of its spaces"
    }
    return (0...Self.most).contains(maskSize) && !layers.isEmpty ? nil : "it has no layers"
  }

  private var contradictionOfActions: String? {
    let values = 0..<actionSpace.valueCount
    let isWhole = distributions.allSatisfy { factor in
      actionSpace.leaves.indices.contains(factor.leaf) && !factor.values.isEmpty
        && values.contains(factor.values) && factor.mask.map((0..<maskSize).contains) ?? true
        && factor.parameters.allSatisfy { $0.outputs.map((0..<Self.most).contains) ?? true }
        && factor.units.map { $0.fit(factor.values.count) } ?? true
    }
    return isWhole && !distributions.isEmpty ? nil : "its distributions do not fit the actions"
  }

  /// The names of all arrays.
  private var arrayNames: [String] {
    var maps = layers + [memory?.outer, memory?.inner].compactMap(\.self)
    for case .image(_, let convolutions) in inputs { maps += convolutions.map(\.map) }
    var names = maps.flatMap { [$0.weight, $0.bias] }
    if let normalizer { names += [normalizer.mean, normalizer.scale] }
    names += distributions.flatMap { $0.parameters.compactMap(\.array) }
    if case .network(let name) = value { names.append(name) }
    return names
  }
}

extension PolicyDescription.Units {
  /// True if there is a finite middle and a positive half width for each of `count` numbers.
  fileprivate func fit(_ count: Int) -> Bool {
    middle.count == count && half.count == count && middle.allSatisfy(\.isFinite)
      && half.allSatisfy { $0 > 0 && $0.isFinite }
  }
}
