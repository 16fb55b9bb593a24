internal import AscentEnvironments

/// A space as policy.json has it: its leaves.
struct DescribedSpace: Decodable {
  private enum CodingKeys: String, CodingKey { case leaves }
  let space: Space

  init(from decoder: any Decoder) throws {
    let content = try decoder.container(keyedBy: CodingKeys.self)
    var list = try content.nestedUnkeyedContainer(forKey: .leaves)
    space = Space(leaves: try Self.leaves(in: &list))
  }

  /// The largest number of features of a policy.
  private static let mostFeatures = 1 << 24
  /// The largest number of choices of a policy, as each has a parameter at least.
  fileprivate static let mostChoices = 1 << 26

  /// The leaves of a list; a list of more values than any policy has is refused before its bounds fill the memory.
  static func leaves(in list: inout any UnkeyedDecodingContainer) throws -> [Space.Leaf] {
    var (leaves, values, choices) = ([Space.Leaf](), 0, 0)
    while !list.isAtEnd {
      leaves.append(try list.decode(DescribedLeaf.self).leaf)
      let kind = leaves[leaves.count - 1].kind
      values += kind.valueCount
      for count in kind.discreteCounts where choices <= mostChoices { choices += count }
      guard values <= mostFeatures, choices <= mostChoices else {
        throw DecodingError.dataCorruptedError(in: list, debugDescription: "too many values")
      }
    }
    return leaves
  }

  /// The product of the extents; nil if one is negative or the product is beyond what any policy has.
  static func elementCount(_ shape: [Int]) -> Int? {
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow, product <= mostFeatures else { return nil }
      count = product
    }
    return count
  }
}

private struct DescribedLeaf: Decodable {
  private enum CodingKeys: String, CodingKey {
    case path, keys, type, shape, dtype, low, high, axes, counts, starts
  }
  private(set) var leaf: Space.Leaf

  init(from decoder: any Decoder) throws {
    let content = try decoder.container(keyedBy: CodingKeys.self)
    let path = try content.decode(String.self, forKey: .path)
    let counts = try content.decodeIfPresent([Int].self, forKey: .counts) ?? []
    let starts = try content.decodeIfPresent([Int].self, forKey: .starts) ?? []
    let shape = try content.decodeIfPresent([Int].self, forKey: .shape) ?? []
    guard let size = DescribedSpace.elementCount(shape), counts.count == starts.count,
      counts.allSatisfy({ (1...DescribedSpace.mostChoices).contains($0) })
    else {
      throw DecodingError.dataCorruptedError(forKey: .shape, in: content, debugDescription: "wrong sizes")
    }
    switch try content.decode(String.self, forKey: .type) {
    case "box":
      guard let element = Space.Element(rawValue: try content.decode(String.self, forKey: .dtype)),
        let low = try content.decodeIfPresent(DescribedBounds.self, forKey: .low).list(
          size, none: -.infinity),
        let high = try content.decodeIfPresent(DescribedBounds.self, forKey: .high).list(
          size, none: .infinity)
      else {
        throw DecodingError.dataCorruptedError(forKey: .dtype, in: content, debugDescription: "no box")
      }
      var box = Space.Leaf(path: path, kind: .box(shape: shape, low: low, high: high, element: element))
      let axes = try content.decodeIfPresent(String.self, forKey: .axes)
      if axes == "channels-first" { box.axes = .channelsFirst }
      leaf = box
    case "discrete" where counts.count == 1:
      leaf = Space.Leaf(path: path, kind: .discrete(count: counts[0], start: starts[0]))
    case "multi-discrete" where size == counts.count:
      leaf = Space.Leaf(path: path, kind: .multiDiscrete(counts: counts, starts: starts, shape: shape))
    case "multi-binary": leaf = Space.Leaf(path: path, kind: .multiBinary(shape: shape))
    default:
      throw DecodingError.dataCorruptedError(forKey: .type, in: content, debugDescription: "unknown type")
    }
    leaf.keys = try content.decodeIfPresent([DescribedKey].self, forKey: .keys)?.map(\.key)
  }
}

private struct DescribedKey: Decodable {
  let key: Space.Leaf.Key

  init(from decoder: any Decoder) throws {
    let content = try decoder.singleValueContainer()
    if let number = try? content.decode(Int.self) {
      key = .number(number)
    } else {
      key = .text(try content.decode(String.self))
    }
  }
}

/// A bound for all elements, or one for each, in which null stands for none.
private enum DescribedBounds: Decodable {
  case all(Double)
  case each([Double?])

  init(from decoder: any Decoder) throws {
    let content = try decoder.singleValueContainer()
    if let number = try? content.decode(Double.self) {
      self = .all(number)
    } else {
      self = .each(try content.decode([Double?].self))
    }
  }
}

extension DescribedBounds? {
  /// The bounds of `count` elements, with `none` for null; nil if there are not as many.
  fileprivate func list(_ count: Int, none: Double) -> [Double]? {
    switch self {
    case nil: Array(repeating: none, count: count)
    case .all(let bound): Array(repeating: bound, count: count)
    case .each(let bounds): bounds.count == count ? bounds.map { $0 ?? none } : nil
    }
  }
}
