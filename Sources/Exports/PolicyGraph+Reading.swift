internal import AscentEnvironments
internal import AscentExperiments
internal import AscentPolicies

/// Makes a ``PolicyGraph`` from a description and the arrays that it names.
struct PolicyGraphReader {
  let description: PolicyDescription
  private let named: [String: Safetensors.Tensor]
  /// The file of the arrays, for errors.
  private let file: String

  init(_ description: PolicyDescription, _ arrays: Safetensors, file: String) {
    (self.description, self.file) = (description, file)
    named = Dictionary(arrays.tensors.map { ($0.name, $0) }) { first, _ in first }
  }

  /// Reads the graph.
  ///
  /// - Throws: ``ExperimentError/damaged(file:reason:)`` if an array is missing or has another size, and
  ///   ``ExperimentError/usage(_:)`` for a distribution of another package.
  func graph() throws(ExperimentError) -> PolicyGraph {
    var (operations, width) = try inputs()
    if let memory = description.memory {
      guard let cell = Recurrence.Cell(rawValue: memory.cell) else {
        throw lacks("the cell \(memory.cell)")
      }
      let gates = memory.gates.count * memory.units
      let recurrence = PolicyGraph.Recurrence(
        cell: cell, units: memory.units, outer: try map(memory.outer, inputs: width, outputs: gates),
        inner: try map(memory.inner, inputs: memory.units, outputs: gates))
      operations.append(.recurrence(recurrence))
      width = memory.units
    }
    for layer in description.layers {
      let map = try map(layer, inputs: width)
      if operations.isEmpty, hasIndices {
        operations.append(.blocks(blocks, map))
      } else {
        operations.append(.affine(map))
      }
      width = map.outputs
    }
    var factors: [PolicyGraph.Factor] = []
    for distribution in description.distributions { factors.append(try factor(distribution, of: width)) }
    let states = description.memory.map { $0.units * ($0.cell == "lstm" ? 2 : 1) }
    return PolicyGraph(
      featureSize: description.featureSize, maskSize: description.maskSize,
      actionSize: description.actionSpace.valueCount, stateSize: states ?? 0, normalizer: try normalizer(),
      operations: operations, outputSize: width, factors: factors)
  }

  // MARK: Arrays

  private func lacks(_ what: String) -> ExperimentError {
    .damaged(file: file, reason: "it lacks \(what) of policy.json")
  }

  private func contradicts(_ reason: String) -> ExperimentError {
    .damaged(file: file, reason: "it does not fit policy.json: \(reason)")
  }

  private func numbers(_ name: String, _ count: Int? = nil) throws(ExperimentError) -> [Float] {
    guard let tensor = named[name], tensor.element == .float32 else { throw lacks("the array '\(name)'") }
    let floats = tensor.floats
    guard count.map({ $0 == floats.count }) ?? true, floats.allSatisfy(\.isFinite) else {
      throw contradicts("the array '\(name)' has another size, or a number that is not finite")
    }
    return floats
  }

  private func map(
    _ map: PolicyDescription.Map, inputs: Int, outputs: Int? = nil
  ) throws(ExperimentError) -> PolicyGraph.Map {
    let bias = try numbers(map.bias, outputs)
    let activation = map.activation.map { Activation(rawValue: $0) }
    guard activation != .some(nil) else { throw lacks("the activation function \(map.activation ?? "")") }
    let name = map.weight.hasSuffix(".weight") ? String(map.weight.dropLast(7)) : map.weight
    return PolicyGraph.Map(
      name: name, inputs: inputs, outputs: bias.count,
      weight: try numbers(map.weight, inputs * bias.count), bias: bias, activation: activation ?? nil)
  }

  private func normalizer() throws(ExperimentError) -> PolicyGraph.Normalizer? {
    guard let normalizer = description.normalizer else { return nil }
    return PolicyGraph.Normalizer(
      mean: try numbers(normalizer.mean, description.featureSize),
      scale: try numbers(normalizer.scale, description.featureSize),
      bound: normalizer.bound.map { Float($0) } ?? .infinity, indexColumns: normalizer.indices)
  }

  // MARK: Inputs

  private var hasIndices: Bool {
    description.inputs.contains { if case .index = $0 { true } else { false } }
  }

  /// The operations before the memory and the affine layers, and the number of features behind them.
  ///
  /// They are those of the library, so that sums have the same order: where an affine layer reads indices, it adds rows
  /// of its weights; a memory, and noise that is multiplied by the features, need one-hot vectors.
  private func inputs() throws(ExperimentError) -> ([PolicyGraph.Operation], width: Int) {
    let isWhole = description.inputs.count == 1
    if isWhole, case .image(let image, let convolutions) = description.inputs[0], image.planes == 1 {
      let layers = try self.convolutions(convolutions, of: image)
      return (layers.map { .convolution($0) }, layers.last?.size ?? description.featureSize)
    }
    var (parts, column, output, hasImages) = ([PolicyGraph.Part](), 0, 0, false)
    for input in description.inputs {
      let part: PolicyGraph.Part
      switch input {
      case .numbers(let count):
        part = PolicyGraph.Part(kind: .numbers, column: column, output: output, size: count)
      case .index(let count):
        part = PolicyGraph.Part(kind: .index, column: column, output: output, size: count)
      case .image(let image, let convolutions):
        let layers = try self.convolutions(convolutions, of: image)
        guard let last = layers.last else { throw lacks("the convolutions of a picture") }
        hasImages = true
        let kind = PolicyGraph.Part.Kind.image(PolicyGraph.Image(image), layers)
        part = PolicyGraph.Part(kind: kind, column: column, output: output, size: last.size)
      }
      parts.append(part)
      (column, output) = (column + input.columns, output + part.size)
    }
    let readsFeatures =
      description.layers.count == 1
      && description.distributions.contains { $0.name == BoxDistribution.exploring.name }
    guard hasImages || hasIndices && (description.memory != nil || readsFeatures) else {
      return ([], output)
    }
    return ([.parts(parts)], output)
  }

  private func convolutions(
    _ convolutions: [PolicyDescription.Convolution], of image: PolicyDescription.Image
  ) throws(ExperimentError) -> [PolicyGraph.Convolution] {
    var (image, layers) = (PolicyGraph.Image(image), [PolicyGraph.Convolution]())
    image.planes = 1
    for convolution in convolutions {
      guard convolution.side <= min(image.height, image.width) else {
        throw contradicts("the patches of '\(convolution.map.weight)' are larger than the picture")
      }
      let layer = PolicyGraph.Convolution(
        map: try map(convolution.map, inputs: convolution.side * convolution.side * image.channels),
        image: image, side: convolution.side, stride: convolution.stride)
      layers.append(layer)
      image = layer.result
    }
    return layers
  }

  private var blocks: [PolicyGraph.Block] {
    var (blocks, column, row) = ([PolicyGraph.Block](), 0, 0)
    for input in description.inputs {
      var (isIndex, count) = (false, input.columns)
      if case .index(let choices) = input { (isIndex, count) = (true, choices) }
      blocks.append(PolicyGraph.Block(isIndex: isIndex, column: column, row: row, count: count))
      (column, row) = (column + input.columns, row + count)
    }
    return blocks
  }

  // MARK: Distributions

  private func factor(
    _ distribution: PolicyDescription.Distribution, of outputs: Int
  ) throws(ExperimentError) -> PolicyGraph.Factor {
    let count = distribution.values.count
    func range(_ name: String, _ count: Int?) throws(ExperimentError) -> Range<Int> {
      guard let range = distribution.parameters.first(where: { $0.name == name })?.outputs, !range.isEmpty,
        range.upperBound <= outputs, count.map({ $0 == range.count }) ?? true
      else { throw lacks("the outputs '\(name)'") }
      return range
    }
    let found: PolicyGraph.Distribution
    switch distribution.name {
    case "categorical": found = .categorical(logits: try range("logits", nil))
    case "bernoulli": found = .bernoulli(logits: try range("logits", count))
    case BoxDistribution.beta.name:
      found = .beta(y: try range("y", count), z: try range("z", count), try bounds(distribution))
    case BoxDistribution.gaussian.name, BoxDistribution.networkGaussian.name, BoxDistribution.exploring.name,
      BoxDistribution.squashed.name:
      found = .gaussian(
        mean: try range("mean", count), try deviation(distribution), try units(distribution))
    default:
      throw .usage(
        "policy.distribution = \(distribution.name) is of another package, whose actions only it can compute; "
          + "export needs one of Ascent's distributions, or --format numpy for the description and the arrays"
      )
    }
    return PolicyGraph.Factor(
      distribution: found, value: distribution.values.lowerBound, valueCount: count,
      mask: distribution.mask?.lowerBound ?? 0)
  }

  private func units(
    _ distribution: PolicyDescription.Distribution
  ) throws(ExperimentError) -> PolicyGraph.Units {
    if distribution.name == BoxDistribution.squashed.name { return .squashed(try bounds(distribution)) }
    return distribution.units.map { .box($0) } ?? .environment
  }

  private func deviation(
    _ distribution: PolicyDescription.Distribution
  ) throws(ExperimentError) -> PolicyGraph.Deviation {
    guard let parameter = distribution.parameters.first(where: { $0.name == "log_deviation" }) else {
      throw lacks("log_deviation")
    }
    if let outputs = parameter.outputs { return .outputs(outputs) }
    let numbers = try numbers(parameter.array ?? "")
    return distribution.name == BoxDistribution.exploring.name ? .exploring(numbers) : .numbers(numbers)
  }

  private func bounds(
    _ distribution: PolicyDescription.Distribution
  ) throws(ExperimentError) -> ValueBounds {
    guard case .box(_, let low, let high, _) = description.actionSpace.leaves[distribution.leaf].kind,
      low.count == distribution.values.count
    else { throw lacks("the bounds of actions") }
    return ValueBounds(low: low.map { Float($0) }, high: high.map { Float($0) })
  }
}

extension PolicyGraph.Image {
  init(_ image: PolicyDescription.Image) {
    self.init(
      height: image.height, width: image.width, channels: image.channels, planes: image.planes)
  }
}
