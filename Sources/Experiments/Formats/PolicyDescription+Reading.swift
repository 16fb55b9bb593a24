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
  /// - Throws: Foundation's `DecodingError`, also for a format that it does not know and for numbers that contradict each other.
  public init(from decoder: any Decoder) throws {
    let content = try decoder.container(keyedBy: Key.self)
    guard Self.readFormats.contains(try content.decode(Int.self, forKey: .format)) else {
      throw DecodingError.dataCorruptedError(forKey: .format, in: content, debugDescription: "unknown format")
    }
    environment = try content.decode(String.self, forKey: .environment)
    weights = try content.decode(String.self, forKey: .weights)
    observationSpace = try content.decode(DescribedSpace.self, forKey: .observationSpace).space
    emissions = try content.decode([String].self, forKey: .emission)
    var appended = try content.nestedUnkeyedContainer(forKey: .alsoObserve)
    alsoObserve = try DescribedSpace.leaves(in: &appended)
    stacks = try content.decode([DescribedStack].self, forKey: .stacks).map { stack in
      // ObservationStages.Stack has at least one frame.
      guard stack.frames > 0, stack.run > 0 else {
        throw DecodingError.dataCorruptedError(forKey: .stacks, in: content, debugDescription: "no frames")
      }
      return ObservationStages.Stack(frames: stack.frames, run: stack.run)
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
    if let contradiction {
      throw DecodingError.dataCorruptedError(
        forKey: .inputs, in: content, debugDescription: contradiction)
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
        DescribedSpace.elementCount([image.height, image.width, image.channels]) != nil
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
  private enum CodingKeys: String, CodingKey { case name, leaf, values, mask, parameters, units }

  /// Reads a factor.
  public init(from decoder: any Decoder) throws {
    let content = try decoder.container(keyedBy: CodingKeys.self)
    name = try content.decode(String.self, forKey: .name)
    leaf = try content.decode(Int.self, forKey: .leaf)
    values = try content.decode(DescribedRange.self, forKey: .values).range
    mask = try content.decodeIfPresent(DescribedRange.self, forKey: .mask)?.range
    parameters = try content.decode([PolicyDescription.Parameter].self, forKey: .parameters)
    units = try content.decodeIfPresent(PolicyDescription.Units.self, forKey: .units)
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
