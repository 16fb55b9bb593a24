public import AscentEnvironments
public import AscentPolicies
public import AscentPolicyGradients
public import AscentRandomness

extension Learner {
  /// Writes everything that the next iteration depends on to a file, as a whole.
  ///
  /// - Parameter path: the file.
  /// - Throws: ``ExperimentError`` when it cannot be written.
  public borrowing func checkpoint(to path: String) throws(ExperimentError) {
    let checkpoint = Checkpoint(state: state, episodesBegun: lanes.episodesBegun)
    var writer = try AtomicFile.Writer(path)
    try checkpoint.file(settings: identity).write(to: &writer)
    try writer.commit()
  }

  /// Makes a learner in the state that ``checkpoint(to:)`` wrote: its next iterations have the bits of those that the other
  /// learner made after it.
  ///
  /// The algorithm, the policy and the lanes must be made as they were for the other learner, the lanes new. The spaces, the
  /// number of lanes, the seed, the generator and the versions are compared; an algorithm's numbers are not.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - algorithm: the algorithm.
  ///   - policy: the policy.
  ///   - lanes: lanes in which no episode has begun.
  ///   - generator: the generator of the streams.
  /// - Throws: ``ExperimentError/damaged(file:reason:)``, ``ExperimentError/usage(_:)`` for a checkpoint of another learner,
  ///   ``ExperimentError/learner(_:)`` if an environment does not come back to the recorded observation.
  public init(
    resuming path: String, _ algorithm: Algorithm, policy: Policy, lanes: Lanes,
    generator: RandomGenerator = .philox
  ) throws(ExperimentError) {
    var learner = try Self.made(algorithm, policy, lanes, generator)
    let checkpoint = try Checkpoint(
      Safetensors.bytes(of: path), file: path, settings: (learner.identity, false), like: learner.state,
      lanes: lanes)
    lanes.restore(episodesBegun: checkpoint.episodesBegun)
    do throws(LearnerError) {
      try learner.restore(checkpoint.state)
    } catch {
      throw .learner(error)
    }
    self = learner
  }

  private static func made(
    _ algorithm: Algorithm, _ policy: Policy, _ lanes: Lanes, _ generator: RandomGenerator
  ) throws(ExperimentError) -> Learner {
    do throws(LearnerError) {
      return try Learner(algorithm, policy: policy, lanes: lanes, generator: generator)
    } catch {
      throw .learner(error)
    }
  }

  /// The text that must be equal for a checkpoint to be this learner's.
  private var identity: String {
    """
    algorithm = \(algorithmName)
    observations = \(lanes.observationSpace)
    actions = \(lanes.actionSpace)
    lanes = \(lanes.count)
    seed = \(lanes.seed)
    generator = \(generator.rawValue)
    ascent = \(AscentVersion.current)
    gsl = \(RandomGenerator.libraryVersion)
    """
  }
}
