internal import AscentEnvironments

extension PolicyDescription {
  /// The description as it is written, with the keys in the order in which an observation is processed.
  public var json: JSON {
    .object([
      ("format", .integer(Self.currentFormat)), ("environment", .text(environment)),
      ("weights", .text(weights)),
      ("observation_space", observationSpace.json), ("emission", .array(emissions.map { .text($0) })),
      ("also_observe", .array(alsoObserve.map(\.json))),
      (
        "stacks",
        .array(stacks.map { .object([("frames", .integer($0.frames)), ("run", .integer($0.run))]) })
      ),
      ("observed", .text(observed)), ("most_one_hot", .integer(Space.mostOneHot)),
      ("feature_size", .integer(featureSize)), ("mask_size", .integer(maskSize)),
      ("normalizer", normalizer?.json ?? .null), ("inputs", .array(inputs.map(\.json))),
      ("memory", memory?.json ?? .null), ("layers", .array(layers.map(\.json))),
      ("action_space", actionSpace.json), ("distributions", .array(distributions.map(\.json))),
      ("value", value?.json ?? .null),
    ])
  }
}

extension PolicyDescription.Normalizer {
  fileprivate var json: JSON {
    .object([
      ("mean", .text(mean)), ("scale", .text(scale)), ("bound", bound.map { .number($0) } ?? .null),
      ("indices", .array(indices.map { .integer($0) })),
    ])
  }
}

extension PolicyDescription.Map {
  fileprivate var pairs: [(String, JSON)] {
    [
      ("weight", .text(weight)), ("bias", .text(bias)), ("activation", activation.map { .text($0) } ?? .null),
    ]
  }
  fileprivate var json: JSON { .object(pairs) }
}

extension PolicyDescription.Input {
  fileprivate var json: JSON {
    switch self {
    case .numbers(let count): .object([("kind", .text("numbers")), ("columns", .integer(count))])
    case .index(let count):
      .object([("kind", .text("index")), ("columns", .integer(1)), ("count", .integer(count))])
    case .image(let image, let convolutions):
      .object([
        ("kind", .text("image")), ("columns", .integer(columns)), ("height", .integer(image.height)),
        ("width", .integer(image.width)), ("channels", .integer(image.channels)),
        ("planes", .integer(image.planes)), ("convolutions", .array(convolutions.map(\.json))),
      ])
    }
  }
}

extension PolicyDescription.Convolution {
  fileprivate var json: JSON {
    .object(map.pairs + [("side", .integer(side)), ("stride", .integer(stride))])
  }
}

extension PolicyDescription.Memory {
  fileprivate var json: JSON {
    .object([
      ("cell", .text(cell)), ("units", .integer(units)), ("gates", .array(gates.map { .text($0) })),
      ("outer", outer.json), ("inner", inner.json),
    ])
  }
}

extension PolicyDescription.Distribution {
  fileprivate var json: JSON {
    .object(
      [
        ("name", .text(name)), ("leaf", .integer(leaf)), ("values", values.json),
        ("mask", mask?.json ?? .null), ("parameters", .array(parameters.map(\.json))),
      ] + (units.map { [("units", $0.json)] } ?? []))
  }
}

extension PolicyDescription.Units {
  fileprivate var json: JSON {
    .object([
      ("middle", .array(middle.map { .single($0) })), ("half", .array(half.map { .single($0) })),
    ])
  }
}

extension PolicyDescription.Parameter {
  fileprivate var json: JSON {
    let source = outputs.map { ("outputs", $0.json) } ?? ("array", array.map { .text($0) } ?? .null)
    return .object([("name", .text(name)), source])
  }
}

extension PolicyDescription.Value {
  fileprivate var json: JSON {
    switch self {
    case .output(let number): .object([("output", .integer(number))])
    case .network(let prefix): .object([("network", .text(prefix))])
    }
  }
}

extension Range<Int> {
  /// The first index and the one after the last.
  fileprivate var json: JSON { .array([.integer(lowerBound), .integer(upperBound)]) }
}

extension Space {
  /// The space in words and as its leaves.
  fileprivate var json: JSON {
    .object([("text", .text("\(self)")), ("leaves", .array(leaves.map(\.json)))])
  }
}

extension Space.Leaf.Key {
  fileprivate var json: JSON {
    switch self {
    case .text(let text): .text(text)
    case .number(let number): .integer(number)
    }
  }
}

extension Space.Leaf {
  /// The path, the type, and what the type needs.
  fileprivate var json: JSON {
    func integers(_ list: [Int]) -> JSON { .array(list.map { .integer($0) }) }
    var pairs: [(String, JSON)] = [("path", .text(path))]
    if let keys { pairs.append(("keys", .array(keys.map(\.json)))) }
    switch kind {
    case .box(let shape, let low, let high, let element):
      let isLast = axes == .channelsLast
      pairs += [
        ("type", .text("box")), ("shape", integers(shape)), ("dtype", .text(element.rawValue)),
        ("low", Self.bounds(low)), ("high", Self.bounds(high)),
        ("axes", picture == nil ? .null : .text(isLast ? "channels-last" : "channels-first")),
      ]
    case .discrete(let count, let start):
      pairs += [("type", .text("discrete")), ("counts", integers([count])), ("starts", integers([start]))]
    case .multiDiscrete(let counts, let starts, let shape):
      pairs += [
        ("type", .text("multi-discrete")), ("shape", integers(shape)), ("counts", integers(counts)),
        ("starts", integers(starts)),
      ]
    case .multiBinary(let shape): pairs += [("type", .text("multi-binary")), ("shape", integers(shape))]
    }
    return .object(pairs)
  }

  /// One number if all bounds are equal, else a list; null for a bound that is infinite.
  private static func bounds(_ list: [Double]) -> JSON {
    guard let first = list.first, list.allSatisfy({ $0 == first }) else {
      return .array(list.map { .number($0) })
    }
    return .number(first)
  }
}
