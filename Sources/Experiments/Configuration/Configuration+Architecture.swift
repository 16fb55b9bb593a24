internal import AscentEnvironments
internal import AscentPolicies
internal import AscentPolicyGradients

extension Configuration {
  /// The networks that the settings describe, for a space of observations.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` for convolutions on observations that are not images.
  func architecture(for observations: Space) throws(ExperimentError) -> Architecture {
    let critic: Architecture.Critic = trunk == .shared ? .shared : .separate
    var architecture = network
    architecture.critic = algorithm.needsCritic ? critic : .none
    if case .recurrent(let cell) = memory { architecture.recurrence = Recurrence(cell, size: memorySize) }
    architecture.inputs = try inputs(of: observations)
    architecture.standardizes = observations.leaves.contains(where: isStandardized)
    if architecture.standardizes { architecture.unstandardized = unstandardized(of: observations) }
    return architecture
  }

  /// True if the features of a leaf are standardized.
  private func isStandardized(_ leaf: Space.Leaf) -> Bool {
    switch algorithm.standardization {
    case .none: false
    case .boxes: leaf.isMeasured
    case .all: true
    }
  }

  /// The columns of the leaves that are left as they are beside standardized ones.
  private func unstandardized(of observations: Space) -> [Range<Int>] {
    var (ranges, next) = ([Range<Int>](), 0)
    for leaf in observations.leaves {
      let end = next + leaf.kind.flattenedSize
      if !isStandardized(leaf) { ranges.append(next..<end) }
      next = end
    }
    return ranges
  }

  /// The groups of features of an observation; empty if all features are numbers.
  private func inputs(of observations: Space) throws(ExperimentError) -> [Network.Input] {
    let pictures = observations.leaves.filter { isConvolved($0, in: observations) }
    guard network.convolutions.isEmpty || !pictures.isEmpty else {
      throw .usage(
        "policy.convolutions need images, rows × columns × channels; the observations are \(observations)")
    }
    let inputs = observations.leaves.flatMap { leaf -> [Network.Input] in
      if isConvolved(leaf, in: observations), let picture = leaf.picture {
        return [Network.Input(.image(Network.Image(picture)), scale: leaf.pictureScale)]
      }
      // Standardized numbers need no scale; beside them, those of pictures need one, since all are clamped.
      let isScaled =
        !isStandardized(leaf)
        && (leaf.isLargePicture || observations.leaves.contains(where: isStandardized))
      return PolicyBuilder.inputs(of: leaf.kind, scale: isScaled ? leaf.pictureScale : 1)
    }
    let isPlain = inputs.allSatisfy { $0.scale == 1 && $0 == Network.Input(.numbers($0.columns)) }
    return isPlain ? [] : inputs
  }

  /// True if convolutions are applied to a leaf of the observations: a picture of three or four axes, or a box of two
  /// axes if there are no such pictures.
  func isConvolved(_ leaf: Space.Leaf, in observations: Space) -> Bool {
    guard !network.convolutions.isEmpty, let picture = leaf.picture else { return false }
    return picture.isFlat == observations.leaves.allSatisfy { $0.picture?.isFlat ?? true }
  }
}

extension Space.Leaf {
  /// True for a box of numbers of which a mean and a deviation say something: not for pictures and bits, unless they would
  /// be clamped.
  fileprivate var isMeasured: Bool {
    guard case .box(_, let low, let high, let element) = kind else { return false }
    let bound = Double(Policy.standardBound) / Double(pictureScale)
    let isClamped = low.contains { $0 < -bound } || high.contains { $0 > bound }
    let isBits =
      element != .float16 && element != .float32 && element != .float64 && high.allSatisfy { $0 <= 1 }
      && low.allSatisfy { $0 >= 0 }
    let isPicture = picture.map { !$0.isFlat || element == .uint8 } ?? false
    return isClamped || !(isBits || isPicture)
  }
}

extension Network.Image {
  /// The image that a picture of the observations is for convolutions; frames are channels.
  fileprivate init(_ picture: Picture) {
    let frames = picture.frames ?? 1
    let planes = picture.axes == .channelsFirst ? frames * picture.channels : frames
    self.init(
      height: picture.height, width: picture.width, channels: frames * picture.channels, planes: planes)
  }
}

extension Configuration {
  /// True if the policy has a recurrent layer.
  var remembers: Bool {
    if case .recurrent = memory { true } else { false }
  }

  /// Copies the settings that determine a policy's arrays from `run`: networks, distributions and observations.
  public mutating func takePolicy(of run: Configuration) {
    var taken = run.network
    // How arrays begin does not determine them.
    taken.initialization = network.initialization
    (taken.logDeviation, taken.headGain) = (network.logDeviation, network.headGain)
    (network, trunk, distribution, actionUnits) = (taken, run.trunk, run.distribution, run.actionUnits)
    algorithm.standardization = run.algorithm.standardization
    (frameStack, alsoObserves, masksActions) = (run.frameStack, run.alsoObserves, run.masksActions)
    (emissions, memory, memorySize) = (run.emissions, run.memory, run.memorySize)
    imageLayout = run.imageLayout
  }
}
