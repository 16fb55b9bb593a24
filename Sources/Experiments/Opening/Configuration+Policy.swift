internal import AscentEnvironments
internal import AscentPolicies
internal import AscentPolicyGradients
internal import AscentRandomness

extension Configuration {
  /// The policy that the settings describe, for the spaces of `lanes`.
  ///
  /// - Throws: ``ExperimentError/learner(_:)`` when the settings do not fit the spaces.
  func policy(in lanes: Lanes) throws(ExperimentError) -> Policy {
    let architecture = try architecture(for: lanes.observationSpace)
    do {
      return try PolicyBuilder.policy(
        observing: lanes.observationSpace, acting: lanes.actionSpace, maskSize: lanes.maskSize,
        boxes: distribution, architecture: architecture, in: actionUnits)
    } catch {
      throw .learner(error)
    }
  }

  /// The initial parameters of a run of this configuration.
  func initialParameters(of policy: Policy) throws(ExperimentError) -> Parameters {
    do {
      let key = StreamKey(seed: seed, purpose: .parameters)
      return policy.initialParameters(from: try RandomStream(key, generator: generator))
    } catch {
      throw ExperimentError(error)
    }
  }
}
