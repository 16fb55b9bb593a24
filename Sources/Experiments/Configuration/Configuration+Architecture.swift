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
    architecture.standardizes = algorithm.normalizesObservations
    if case .recurrent(let cell) = memory { architecture.recurrence = Recurrence(cell, size: memorySize) }
    architecture.inputs = try inputs(of: observations)
    return architecture
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
      // Standardized numbers need no scale.
      let isScaled = leaf.isLargePicture && !algorithm.normalizesObservations
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
    algorithm.normalizesObservations = run.algorithm.normalizesObservations
    (frameStack, alsoObserves, masksActions) = (run.frameStack, run.alsoObserves, run.masksActions)
    (emissions, memory, memorySize) = (run.emissions, run.memory, run.memorySize)
    imageLayout = run.imageLayout
  }
}
