internal import AscentEnvironments
internal import AscentPolicies
internal import AscentPolicyGradients
internal import AscentRegistries

extension PolicyDescription {
  /// The space of the observations that the policy receives, after all stages.
  var receivedSpace: Space {
    var space = observationSpace
    space.leaves += alsoObserve
    return stacks.reduce(space) { $0.stacked($1.frames) }
  }

  /// Makes the policy that is described; the widths of its layers are those of the arrays.
  ///
  /// - Throws: ``LearnerError`` if the description contradicts itself or the arrays.
  func policy(_ arrays: PolicyFile.Arrays, _ catalog: Catalog) throws(LearnerError) -> Policy {
    let boxes = try distribution(catalog)
    let policy = try PolicyBuilder.policy(
      observing: receivedSpace, acting: actionSpace, maskSize: maskSize, boxes: boxes,
      architecture: try architecture(arrays),
      in: distributions.contains { $0.units != nil } ? .box : .environment)
    guard policy.featureSize == featureSize else {
      throw .contradiction("it has \(featureSize) features, and its spaces \(policy.featureSize)")
    }
    let own = distributions.map { PolicyDescription.Units(policy.actionCoordinates[$0.values]) }
    guard own == distributions.map(\.units) else {
      throw .contradiction("the units of its distributions are not those of its boxes")
    }
    return policy
  }

  /// The distribution of boxes; the default where there are none.
  private func distribution(_ catalog: Catalog) throws(LearnerError) -> BoxDistribution {
    let isOfIndices = ["categorical", "bernoulli"]
    guard let name = distributions.map(\.name).first(where: { !isOfIndices.contains($0) }) else {
      return .gaussian
    }
    do throws(UnknownName) {
      return try catalog.distributions.entry(named: name)
    } catch {
      throw .contradiction("\(error)")
    }
  }

  private func architecture(_ arrays: PolicyFile.Arrays) throws(LearnerError) -> Architecture {
    var architecture = Architecture(
      hidden: try layers.dropLast().map { layer throws(LearnerError) in
        try arrays.width(layer.weight)
      })
    let convolutions = inputs.lazy.compactMap { input -> [Convolution]? in
      if case .image(_, let convolutions) = input { convolutions } else { nil }
    }.first
    architecture.convolutions = try (convolutions ?? []).map { convolution throws(LearnerError) in
      Network.Convolution(
        filters: try arrays.width(convolution.map.weight), side: convolution.side, stride: convolution.stride)
    }
    let named = (convolutions?.map(\.map) ?? []) + layers
    if let name = named.lazy.compactMap(\.activation).first {
      guard let activation = Activation(rawValue: name) else {
        throw .contradiction("there is no activation \(name)")
      }
      architecture.activation = activation
    }
    architecture.inputs = networkInputs(arrays)
    architecture.standardizes = normalizer?.bound != nil
    if let memory {
      guard let cell = Recurrence.Cell(rawValue: memory.cell) else {
        throw .contradiction("there is no cell \(memory.cell)")
      }
      architecture.recurrence = Recurrence(cell, size: memory.units)
    }
    switch value {
    case nil: architecture.critic = .none
    case .output: architecture.critic = .shared
    case .network: architecture.critic = .separate
    }
    return architecture
  }

  /// The groups of features; empty if all are numbers as they are.
  private func networkInputs(_ arrays: PolicyFile.Arrays) -> [Network.Input] {
    let isScaled = normalizer.map { $0.bound == nil } ?? false
    let scales = isScaled ? arrays["observations.scale"]?.floats ?? [] : []
    var column = 0
    let all = inputs.map { input -> Network.Input in
      defer { column += input.columns }
      let scale = scales.indices.contains(column) ? scales[column] : 1
      return switch input {
      case .numbers(let count): Network.Input(.numbers(count), scale: scale)
      case .index(let count): Network.Input(.index(count: count))
      case .image(let image, _):
        Network.Input(
          .image(
            Network.Image(
              height: image.height, width: image.width, channels: image.channels, planes: image.planes)),
          scale: scale)
      }
    }
    return all.allSatisfy { $0.scale == 1 && $0 == Network.Input(.numbers($0.columns)) } ? [] : all
  }
}
