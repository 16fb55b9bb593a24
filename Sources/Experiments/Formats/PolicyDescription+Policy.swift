internal import AscentEnvironments
internal import AscentPolicies
internal import AscentPolicyGradients

extension PolicyDescription {
  /// Describes the policy of a configuration in its environment.
  ///
  /// - Throws: ``ExperimentError/learner(_:)`` when the settings do not fit the spaces.
  init(_ configuration: Configuration, _ lanes: Lanes) throws(ExperimentError) {
    self.init(
      try configuration.policy(in: lanes), in: lanes, environment: configuration.environment,
      emissions: configuration.emissions.map(\.typed))
  }

  /// Describes a policy that ``PolicyBuilder`` made.
  init(_ policy: Policy, in lanes: Lanes, environment: String, emissions: [String]) {
    let stages = lanes.observationStages
    (self.environment, self.emissions) = (environment, emissions)
    observationSpace = stages.environment
    (alsoObserve, stacks, observed) = (stages.appended, stages.stacks, "\(lanes.observationSpace)")
    actionSpace = lanes.actionSpace
    (featureSize, maskSize, inputs, layers, distributions) = (0, 0, [], [], [])
    describe(policy)
  }

  /// Describes the computation of a policy for the described spaces.
  mutating func describe(_ policy: Policy) {
    let outline = policy.outline
    (featureSize, maskSize) = (policy.featureSize, policy.maskSize)
    normalizer = nil
    if policy.standardizes {
      normalizer = Normalizer(
        mean: "observations.mean", scale: "observations.scale",
        bound: policy.architecture.standardizes ? Double(Policy.standardBound) : nil,
        indices: policy.indexColumns)
    }
    inputs = outline.inputs.map { Input($0) }
    memory = outline.memory.map { memory in
      Memory(
        cell: memory.recurrence.cell.rawValue, units: memory.recurrence.size, outer: Map(memory.outer),
        inner: Map(memory.inner))
    }
    layers = outline.layers.map { Map($0) }
    let named = actionSpace.factorNames(boxes: policy.boxes?.name ?? "")
    distributions = zip(named, outline.factors).map { Distribution($0, $1, policy.actionCoordinates) }
    switch policy.architecture.critic {
    case .none: value = nil
    case .shared: value = .output(outline.factors.reduce(0) { max($0, $1.outputs.upperBound) })
    case .separate: value = .network("critic")
    }
  }

  /// The part in which another description of the same policy differs; nil if there is none.
  ///
  /// The source of V does not count, which other algorithms have elsewhere.
  func difference(from other: PolicyDescription) -> String? {
    let haveLeaves = { (ours: [Space.Leaf], theirs: [Space.Leaf]) in
      ours.map(\.path) == theirs.map(\.path) && ours.map(\.kind) == theirs.map(\.kind)
    }
    let parts = [
      ("observations", haveLeaves(observationSpace.leaves, other.observationSpace.leaves)),
      ("also_observe", haveLeaves(alsoObserve, other.alsoObserve)), ("stacks", stacks == other.stacks),
      ("actions", haveLeaves(actionSpace.leaves, other.actionSpace.leaves)),
      ("features", featureSize == other.featureSize && maskSize == other.maskSize && inputs == other.inputs),
      ("normalizer", normalizer == other.normalizer), ("memory", memory == other.memory),
      ("layers", layers == other.layers), ("distributions", distributions == other.distributions),
    ]
    return parts.first { !$0.1 }?.0
  }

  /// The part in which the settings of a run differ, as far as they say it without the environment; nil if there is none.
  func difference(from run: Configuration) -> String? {
    let choices = ["categorical", "bernoulli"]
    let isOther = distributions.contains { $0.name != run.distribution.name && !choices.contains($0.name) }
    if isOther { return "distributions" }
    if distributions.contains(where: { $0.name == run.distribution.name && $0.units != units($0, run) }) {
      return "distributions"
    }
    if run.algorithm.standardization == .all, normalizer?.bound == nil { return "normalizer" }
    if run.algorithm.standardization == .none, normalizer?.bound != nil { return "normalizer" }
    switch (memory, run.memory) {
    case (let memory?, .recurrent(let cell)):
      return memory.cell == cell.rawValue && memory.units == run.memorySize ? nil : "memory"
    case (nil, .recurrent), (_?, _): return "memory"
    case (nil, _): return nil
    }
  }
}

extension PolicyDescription {
  /// The units that the settings of a run give to the numbers of a box.
  private func units(_ factor: Distribution, _ run: Configuration) -> Units? {
    let all = actionSpace.valueBounds
    let bounds = ValueBounds(
      low: all.low[factor.values].map { Float($0) }, high: all.high[factor.values].map { Float($0) })
    guard bounds.areFinite || !run.distribution.needsBounds else { return nil }
    let coordinates = run.distribution.family(bounds, in: run.actionUnits).coordinates ?? []
    return Units(coordinates.map(Optional.some)[...])
  }
}

extension PolicyDescription.Map {
  fileprivate init(_ map: PolicyOutline.Map) {
    self.init(weight: map.weight, bias: map.bias, activation: map.activation?.rawValue)
  }
}

extension PolicyDescription.Input {
  fileprivate init(_ outlined: PolicyOutline.Input) {
    switch outlined.input.kind {
    case .numbers(let count): self = .numbers(count)
    case .index(let count): self = .index(count: count)
    // Without convolutions, a picture is its numbers.
    case .image(let image) where outlined.convolutions.isEmpty: self = .numbers(image.size)
    case .image(let image):
      self = .image(
        PolicyDescription.Image(
          height: image.height, width: image.width, channels: image.channels, planes: image.planes),
        outlined.convolutions.map {
          PolicyDescription.Convolution(
            map: PolicyDescription.Map($0.map), side: $0.side, stride: $0.stride)
        })
    }
  }
}

extension PolicyDescription.Distribution {
  fileprivate init(
    _ leaf: (name: String, leaf: Int), _ factor: PolicyOutline.Factor, _ coordinates: [ActionCoordinate?]
  ) {
    units = PolicyDescription.Units(coordinates[factor.values])
    (name, self.leaf) = leaf
    (values, mask) = (factor.values, factor.mask)
    let (first, n) = (factor.outputs.lowerBound, factor.values.count)
    func outputs(_ name: String, _ range: Range<Int>) -> PolicyDescription.Parameter {
      PolicyDescription.Parameter(name: name, outputs: range)
    }
    switch name {
    case "categorical", "bernoulli": parameters = [outputs("logits", factor.outputs)]
    case BoxDistribution.networkGaussian.name:
      parameters = [
        outputs("mean", first..<first + n), outputs("log_deviation", first + n..<first + 2 * n),
      ]
    case BoxDistribution.beta.name:
      parameters = [outputs("y", first..<first + n), outputs("z", first + n..<first + 2 * n)]
    case BoxDistribution.gaussian.name, BoxDistribution.squashed.name, BoxDistribution.exploring.name:
      parameters = [outputs("mean", factor.outputs)]
    default: parameters = [outputs("outputs", factor.outputs)]
    }
    guard let array = factor.array else { return }
    let isOurs = parameters[0].name == "mean"
    parameters.append(
      PolicyDescription.Parameter(name: isOurs ? "log_deviation" : "parameters", array: array))
  }
}

extension PolicyDescription.Units {
  /// The units of some numbers; nil if all are the environment's, or squashed.
  init?(_ coordinates: ArraySlice<ActionCoordinate?>) {
    let units = coordinates.map { $0?.units ?? (middle: 0, half: 1) }
    guard units.contains(where: { $0.middle != 0 || $0.half != 1 }) else { return nil }
    (middle, half) = (units.map(\.middle), units.map(\.half))
  }
}

extension Space {
  /// The name of each factor's distribution and the number of its leaf, in the order in which ``PolicyBuilder`` makes
  /// factors.
  fileprivate func factorNames(boxes: String) -> [(name: String, leaf: Int)] {
    leaves.enumerated().flatMap { number, leaf -> [(name: String, leaf: Int)] in
      switch leaf.kind {
      case .box: [(boxes, number)]
      case .multiBinary: [("bernoulli", number)]
      case .discrete, .multiDiscrete:
        leaf.kind.discreteCounts.map { _ in ("categorical", number) }
      }
    }
  }
}
