internal import Environments
internal import Policies
internal import PolicyGradients
internal import Randomness

extension Configuration {
  /// The policy that the settings describe, in such lanes.
  ///
  /// - Throws: ``ExperimentError/learner(_:)`` when no such policy acts there.
  func policy(in lanes: Lanes) throws(ExperimentError) -> Policy {
    let architecture = try architecture(for: lanes.observationSpace)
    do {
      return try PolicyBuilder.policy(
        observing: lanes.observationSpace, acting: lanes.actionSpace, maskSize: lanes.maskSize,
        boxes: distribution, architecture: architecture)
    } catch {
      throw .learner(error)
    }
  }

  /// The parameters that a run of the configuration begins with.
  func initialParameters(of policy: Policy) throws(ExperimentError) -> Parameters {
    do {
      let key = StreamKey(seed: seed, purpose: .parameters)
      return policy.initialParameters(from: try RandomStream(key, generator: generator))
    } catch {
      throw ExperimentError(error)
    }
  }
}
