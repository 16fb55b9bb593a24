internal import Environments
internal import Policies
internal import PolicyGradients

/// A training run in memory: its environment and its learner, at the border of an iteration.
///
/// Every process of a run has one, and so has whoever makes a run again; only ``Training`` writes files.
struct OpenedRun: ~Copyable {
  let configuration: Configuration
  let environment: OpenedEnvironment
  var learner: Learner

  /// Opens the environment and makes the learner, at the beginning of the run.
  ///
  /// - Parameters:
  ///   - configuration: the settings.
  ///   - host: what names mean, and the Python of hosted environments.
  ///   - collective: the processes of the run.
  ///   - hosted: the lanes of this process; nil for all.
  /// - Throws: ``ExperimentError``.
  init(
    _ configuration: Configuration, host: Host, with collective: any Collective = Alone(),
    hosted: Range<Int>? = nil
  ) throws(ExperimentError) {
    guard !configuration.algorithm.isOfDemonstrations else {
      throw .usage("maximum-likelihood fits demonstrations and looks at no reward; see ascent clone")
    }
    let algorithm: Algorithm
    do {
      algorithm = try configuration.algorithm.algorithm()
    } catch {
      throw .learner(error)
    }
    let environment = try OpenedEnvironment(
      configuration, .training(configuration, hosted: hosted), host: host)
    let learner = try Self.learner(algorithm, configuration, environment.lanes, with: collective)
    self.init(configuration, environment, learner)
  }

  private init(_ configuration: Configuration, _ environment: OpenedEnvironment, _ learner: consuming Learner)
  {
    (self.configuration, self.environment) = (configuration, environment)
    self.learner = learner
  }

  private static func learner(
    _ algorithm: Algorithm, _ configuration: Configuration, _ lanes: Lanes, with collective: any Collective
  ) throws(ExperimentError) -> Learner {
    let policy = try configuration.policy(in: lanes)
    var learner: Learner
    do {
      learner = try Learner(
        algorithm, policy: policy, lanes: lanes, generator: configuration.generator, with: collective)
    } catch {
      throw .learner(error)
    }
    guard !configuration.beginFrom.isEmpty else { return learner }
    learner.begin(
      with: try PolicyFile.load(
        from: RunFolder(configuration.beginFrom), like: learner.parameters, lanes: lanes, actorOnly: true))
    return learner
  }

  /// Whether steps are left.
  var hasStepsLeft: Bool { learner.steps < configuration.steps }

  /// Makes one iteration with the steps that are left; nil when it was interrupted.
  mutating func iterate(_ isInterrupted: () -> Bool) throws(LearnerError) -> Learner.Report? {
    try learner.iterate(budget: configuration.steps - learner.steps, isInterrupted: isInterrupted)
  }

  // MARK: Checkpoints

  /// The text that must be equal for a run to be resumed: every setting that decides a bit, and the versions.
  var identity: String {
    var same = configuration
    same.steps = 1
    (same.checkpointEverySteps, same.checkpointEverySeconds) = (0, 0)
    return same.toml(records: [("versions", environment.versions)])
  }

  /// The file of a checkpoint that is taken now.
  var checkpoint: [UInt8] {
    Checkpoint(state: learner.state, episodesBegun: environment.lanes.episodesBegun)
      .encoded(settings: identity)
  }

  /// Reads a checkpoint of this run.
  ///
  /// - Throws: ``ExperimentError/damaged(file:reason:)``, or ``ExperimentError/usage(_:)`` for one of a run with other settings.
  func checkpoint(in file: String) throws(ExperimentError) -> Checkpoint {
    try Checkpoint(
      AtomicFile.read(file), file: file, settings: identity, like: learner.state, lanes: environment.lanes)
  }

  /// Puts the learner and the lanes where a checkpoint was taken.
  mutating func restore(_ checkpoint: Checkpoint) throws(ExperimentError) {
    environment.lanes.restore(episodesBegun: checkpoint.episodesBegun)
    do {
      try learner.restore(checkpoint.state)
    } catch {
      throw .learner(error)
    }
  }

  // MARK: Faults

  /// Records what is needed to make a fault again, in whichever process has the lane.
  func recordFault(_ error: LearnerError, in file: String) {
    guard case .environment(let fault) = error else { return }
    let lanes = environment.lanes
    // A vector is brought back by all its steps since it was started anew, and these by the run alone.
    let actions =
      lanes.areVectors || fault.step == 0 ? [] : learner.actionsUpToFault(lane: fault.lane)
    FaultRecord.write(fault, after: actions, in: lanes, of: configuration.environment, to: file)
  }
}
