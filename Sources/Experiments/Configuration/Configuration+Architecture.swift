internal import Environments
internal import Policies
internal import PolicyGradients

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
    guard !network.convolutions.isEmpty else { return architecture }
    guard let image = observations.image else {
      throw .usage(
        "policy.convolutions need images, rows × columns × channels; the observations are \(observations)")
    }
    architecture.image = Network.Image(height: image.height, width: image.width, channels: image.channels)
    if case .box(_, _, _, .uint8) = observations.leaves[0].kind { architecture.inputScale = 1 / 255 }
    return architecture
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
    (network, trunk, distribution) = (taken, run.trunk, run.distribution)
    algorithm.normalizesObservations = run.algorithm.normalizesObservations
    (frameStack, alsoObserves, masksActions) = (run.frameStack, run.alsoObserves, run.masksActions)
    (emissions, memory, memorySize) = (run.emissions, run.memory, run.memorySize)
  }
}
