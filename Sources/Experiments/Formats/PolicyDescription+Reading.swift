internal import AscentEnvironments

extension PolicyDescription: Decodable {
  private enum Key: String, CodingKey {
    case format, environment, weights, emission, stacks, observed, normalizer, inputs, memory, layers,
      distributions,
      value
    case observationSpace = "observation_space"
    case alsoObserve = "also_observe"
    case featureSize = "feature_size"
    case maskSize = "mask_size"
    case actionSpace = "action_space"
  }

  /// Reads the content of policy.json.
  ///
  /// - Throws: Foundation's `DecodingError`, also for another ``currentFormat`` and for numbers that contradict each other.
  public init(from decoder: any Decoder) throws {
    let content = try decoder.container(keyedBy: Key.self)
    guard try content.decode(Int.self, forKey: .format) == Self.currentFormat else {
      throw DecodingError.dataCorruptedError(forKey: .format, in: content, debugDescription: "unknown format")
    }
    environment = try content.decode(String.self, forKey: .environment)
    weights = try content.decode(String.self, forKey: .weights)
    observationSpace = try content.decode(DescribedSpace.self, forKey: .observationSpace).space
    emissions = try content.decode([String].self, forKey: .emission)
    alsoObserve = try content.decode([DescribedLeaf].self, forKey: .alsoObserve).map(\.leaf)
    stacks = try content.decode([DescribedStack].self, forKey: .stacks).map {
      ObservationStages.Stack(frames: $0.frames, run: $0.run)
    }
    observed = try content.decode(String.self, forKey: .observed)
    featureSize = try content.decode(Int.self, forKey: .featureSize)
    maskSize = try content.decode(Int.self, forKey: .maskSize)
    normalizer = try content.decodeIfPresent(Normalizer.self, forKey: .normalizer)
    inputs = try content.decode([Input].self, forKey: .inputs)
    memory = try content.decodeIfPresent(Memory.self, forKey: .memory)
    layers = try content.decode([Map].self, forKey: .layers)
    actionSpace = try content.decode(DescribedSpace.self, forKey: .actionSpace).space
    distributions = try content.decode([Distribution].self, forKey: .distributions)
    value = try content.decodeIfPresent(Value.self, forKey: .value)
    guard inputs.reduce(0, { $0 + $1.columns }) == featureSize, !layers.isEmpty, !distributions.isEmpty,
      distributions.allSatisfy({ actionSpace.leaves.indices.contains($0.leaf) })
    else {
      throw DecodingError.dataCorruptedError(forKey: .inputs, in: content, debugDescription: "wrong sizes")
    }
  }
}

extension PolicyDescription.Convolution: Decodable {
  private enum CodingKeys: String, CodingKey { case side, stride }

  /// Reads a map with the keys of a convolution beside its own.
  public init(from decoder: any Decoder) throws {
    let content = try decoder.container(keyedBy: CodingKeys.self)
    map = try PolicyDescription.Map(from: decoder)
    side = try content.decode(Int.self, forKey: .side)
    stride = try content.decode(Int.self, forKey: .stride)
    guard side > 0, stride > 0 else {
      throw DecodingError.dataCorruptedError(forKey: .side, in: content, debugDescription: "not positive")
    }
  }
}

extension PolicyDescription.Input: Decodable {
  private enum CodingKeys: String, CodingKey {
    case kind, columns, count, height, width, channels, planes, convolutions
  }

  /// Reads one of the kinds.
  public init(from decoder: any Decoder) throws {
    let content = try decoder.container(keyedBy: CodingKeys.self)
    func number(_ key: CodingKeys) throws -> Int {
      let number = try content.decode(Int.self, forKey: key)
      guard (1...1 << 26).contains(number) else {
        throw DecodingError.dataCorruptedError(forKey: key, in: content, debugDescription: "out of range")
      }
      return number
    }
    switch try content.decode(String.self, forKey: .kind) {
    case "numbers": self = .numbers(try number(.columns))
    case "index": self = .index(count: try number(.count))
    case "image":
      let image = PolicyDescription.Image(
        height: try number(.height), width: try number(.width), channels: try number(.channels),
        planes: try number(.planes))
      guard image.channels % image.planes == 0,
        elementCount([image.height, image.width, image.channels]) != nil
      else {
        throw DecodingError.dataCorruptedError(forKey: .planes, in: content, debugDescription: "wrong sizes")
      }
      self = .image(
        image, try content.decode([PolicyDescription.Convolution].self, forKey: .convolutions))
    default:
      throw DecodingError.dataCorruptedError(forKey: .kind, in: content, debugDescription: "unknown kind")
    }
  }
}

extension PolicyDescription.Distribution: Decodable {
  private enum CodingKeys: String, CodingKey { case name, leaf, values, mask, parameters }

  /// Reads a factor.
  public init(from decoder: any Decoder) throws {
    let content = try decoder.container(keyedBy: CodingKeys.self)
    name = try content.decode(String.self, forKey: .name)
    leaf = try content.decode(Int.self, forKey: .leaf)
    values = try content.decode(DescribedRange.self, forKey: .values).range
    mask = try content.decodeIfPresent(DescribedRange.self, forKey: .mask)?.range
    parameters = try content.decode([PolicyDescription.Parameter].self, forKey: .parameters)
  }
}

extension PolicyDescription.Parameter: Decodable {
  private enum CodingKeys: String, CodingKey { case name, outputs, array }

  /// Reads a parameter.
  public init(from decoder: any Decoder) throws {
    let content = try decoder.container(keyedBy: CodingKeys.self)
    name = try content.decode(String.self, forKey: .name)
    outputs = try content.decodeIfPresent(DescribedRange.self, forKey: .outputs)?.range
    array = try content.decodeIfPresent(String.self, forKey: .array)
  }
}

extension PolicyDescription.Value: Decodable {
  private enum CodingKeys: String, CodingKey { case output, network }

  /// Reads one of the two sources.
  public init(from decoder: any Decoder) throws {
    let content = try decoder.container(keyedBy: CodingKeys.self)
    if let output = try content.decodeIfPresent(Int.self, forKey: .output) {
      self = .output(output)
    } else {
      self = .network(try content.decode(String.self, forKey: .network))
    }
  }
}

private struct DescribedStack: Decodable { var frames, run: Int }

/// [first, end].
private struct DescribedRange: Decodable {
  let range: Range<Int>

  init(from decoder: any Decoder) throws {
    let content = try decoder.singleValueContainer()
    let ends = try content.decode([Int].self)
    guard ends.count == 2, 0 <= ends[0], ends[0] <= ends[1] else {
      throw DecodingError.dataCorruptedError(in: content, debugDescription: "not a range")
    }
    range = ends[0]..<ends[1]
  }
}

/// The product of the extents; nil if one is negative or the product is beyond what any policy has.
private func elementCount(_ shape: [Int]) -> Int? {
  var count = 1
  for extent in shape {
    let (product, overflow) = count.multipliedReportingOverflow(by: extent)
    guard extent >= 0, !overflow, product <= 1 << 26 else { return nil }
    count = product
  }
  return count
}

private struct DescribedSpace: Decodable {
  private enum CodingKeys: String, CodingKey { case leaves }
  let space: Space

  init(from decoder: any Decoder) throws {
    let content = try decoder.container(keyedBy: CodingKeys.self)
    space = Space(leaves: try content.decode([DescribedLeaf].self, forKey: .leaves).map(\.leaf))
  }
}

private struct DescribedLeaf: Decodable {
  private enum CodingKeys: String, CodingKey {
    case path, type, shape, dtype, low, high, axes, counts, starts
  }
  let leaf: Space.Leaf

  init(from decoder: any Decoder) throws {
    let content = try decoder.container(keyedBy: CodingKeys.self)
    let path = try content.decode(String.self, forKey: .path)
    let counts = try content.decodeIfPresent([Int].self, forKey: .counts) ?? []
    let starts = try content.decodeIfPresent([Int].self, forKey: .starts) ?? []
    let shape = try content.decodeIfPresent([Int].self, forKey: .shape) ?? []
    guard let size = elementCount(shape), counts.count == starts.count, counts.allSatisfy({ $0 > 0 }) else {
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
