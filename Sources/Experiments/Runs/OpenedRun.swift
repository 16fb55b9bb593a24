internal import AscentEnvironments
internal import AscentPolicies
internal import AscentPolicyGradients

/// A training run in memory: its environment and its learner, between two iterations.
///
/// Every process of a run has one, and every ``Rerun``; only ``Training`` writes the files of a run.
struct OpenedRun: ~Copyable {
  let configuration: Configuration
  let environment: OpenedEnvironment
  var learner: Learner
  /// The step budgets, of which the one for the present step counts.
  var budgets: Budgets
  /// Notices about the policy with which the run begins.
  let notices: [String]

  /// Opens the environment and makes the learner, at the beginning of the run.
  ///
  /// - Parameters:
  ///   - configuration: the settings.
  ///   - host: the catalog of names, and the Python of hosted environments.
  ///   - collective: the processes of the run.
  ///   - hosted: the lanes of this process; nil for all.
  ///   - beginning: the policy of a run that begins from another one.
  /// - Throws: ``ExperimentError``.
  init(
    _ configuration: Configuration, host: Host, with collective: any Collective = Alone(),
    hosted: Range<Int>? = nil, from beginning: PolicyBeginning = .named
  ) throws(ExperimentError) {
    guard !configuration.algorithm.isOfDemonstrations else {
      throw .usage("maximum-likelihood fits demonstrations and uses no rewards; see ascent clone")
    }
    try configuration.checkNames()
    let algorithm: Algorithm
    do {
      algorithm = try configuration.algorithm.algorithm()
    } catch {
      throw .learner(error)
    }
    let environment = try OpenedEnvironment(
      configuration, .training(configuration, hosted: hosted), host: host)
    if collective.rank == 0 {
      // Each process has all lanes; those on other machines have memory of their own.
      let processes = (collective as? any Team)?.spansMachines ?? false ? 1 : collective.count
      try RolloutMemory(of: configuration, in: environment.lanes, processes: processes)
        .check(available: RolloutMemory.available)
    }
    var learner = try Self.learner(algorithm, configuration, environment.lanes, with: collective)
    var notices: [String] = []
    switch beginning {
    case _ where configuration.beginFrom.isEmpty: break
    case .later: break
    case .copy(let file):
      learner.begin(with: try PolicyFile.weights(in: file, like: learner.parameters).parameters)
    case .named:
      let source = RunFolder(configuration.located(configuration.beginFrom))
      let loaded = try PolicyFile.load(
        from: source, like: learner.parameters, lanes: environment.lanes, actorOnly: true)
      learner.begin(with: loaded.parameters)
      notices = [source.notice(ofPolicyAfter: loaded.steps, host.catalog)].compactMap(\.self)
    }
    self.init(configuration, environment, learner, notices)
  }

  /// Replaces the initial parameters by those of the bytes of a file of this run.
  mutating func begin(from bytes: [UInt8], file: String) throws(ExperimentError) {
    let arrays = try PolicyFile.Arrays(bytes, file: file)
    learner.begin(with: try arrays.filling(learner.parameters, actorOnly: false))
  }

  private init(
    _ configuration: Configuration, _ environment: OpenedEnvironment, _ learner: consuming Learner,
    _ notices: [String]
  ) {
    (self.configuration, self.environment, self.notices) = (configuration, environment, notices)
    self.learner = learner
    budgets = Budgets(configuration.steps)
  }

  private static func learner(
    _ algorithm: Algorithm, _ configuration: Configuration, _ lanes: Lanes, with collective: any Collective
  ) throws(ExperimentError) -> Learner {
    let policy = try configuration.policy(in: lanes)
    do {
      return try Learner(
        algorithm, policy: policy, lanes: lanes, generator: configuration.generator, with: collective)
    } catch {
      throw .learner(error)
    }
  }

  /// True if the step budget is not used up.
  var hasStepsLeft: Bool { learner.steps < budgets.last }

  /// Makes one iteration with the remaining steps; returns nil when it was interrupted.
  mutating func iterate(_ isInterrupted: () -> Bool) throws(LearnerError) -> Learner.Report? {
    try learner.iterate(
      budget: budgets.budget(after: learner.steps) - learner.steps, isInterrupted: isInterrupted)
  }

  // MARK: Checkpoints

  /// The text that must be equal for a run to be resumed: the versions, and every setting that affects the results so
  /// far.
  private var identity: String {
    var same = configuration
    same.steps = 1
    (same.checkpointEverySteps, same.checkpointEverySeconds) = (0, 0)
    // Files of earlier versions have neither of the two tables.
    let isEvaluated = configuration.evaluateEverySteps > 0
    return same.toml(
      records: [("versions", environment.versions)],
      omitting: isEvaluated ? ["tensorboard"] : ["tensorboard", "evaluation"])
  }

  /// A checkpoint file of the present state.
  ///
  /// `metrics` is the SHA-256 of the rows of metrics.csv, and `recent` are the last episodes that ended.
  func checkpoint(
    metrics: [UInt8], recent: RecentEpisodes, evaluations: EvaluationRecord
  ) -> Safetensors {
    var checkpoint = Checkpoint(
      state: learner.state, episodesBegun: environment.lanes.episodesBegun, metrics: metrics)
    (checkpoint.recent, checkpoint.evaluations) = (recent, evaluations)
    return checkpoint.file(settings: identity)
  }

  /// Reads a checkpoint of this run.
  ///
  /// - Parameters:
  ///   - file: the path.
  ///   - acceptsVersions: true if other versions of packages may have written it.
  /// - Returns: the checkpoint.
  /// - Throws: ``ExperimentError/damaged(file:reason:)``, or ``ExperimentError/usage(_:)`` when the settings differ.
  func checkpoint(
    in file: String, acceptsVersions: Bool = false
  ) throws(ExperimentError) -> Checkpoint {
    try checkpoint(Safetensors.bytes(of: file), file: file, acceptsVersions: acceptsVersions)
  }

  /// Takes the bytes of a checkpoint of this run; `file` names them in messages.
  func checkpoint(
    _ bytes: [UInt8], file: String, acceptsVersions: Bool
  ) throws(ExperimentError) -> Checkpoint {
    try Checkpoint(
      bytes, file: file, settings: (identity, acceptsVersions), like: learner.state, lanes: environment.lanes)
  }

  /// Restores the learner and the lanes from a checkpoint.
  mutating func restore(_ checkpoint: Checkpoint) throws(ExperimentError) {
    environment.lanes.restore(episodesBegun: checkpoint.episodesBegun)
    do {
      try learner.restore(checkpoint.state)
    } catch {
      throw .learner(error)
    }
  }

  // MARK: Faults

  /// Writes the record of an environment's fault; called in the process that hosts the lane.
  func recordFault(_ error: LearnerError, in file: String) {
    guard case .environment(let fault) = error else { return }
    let lanes = environment.lanes
    // A vector is restored by all its steps since its restart, which only the run can repeat.
    let actions =
      lanes.areVectors || fault.step == 0 ? [] : learner.actionsUpToFault(lane: fault.lane)
    FaultRecord.write(fault, after: actions, in: lanes, of: configuration.environment, to: file)
  }
}

/// The place of the initial policy of a run that begins from another one (`policy.from`).
enum PolicyBeginning {
  /// The run that the settings name.
  case named
  /// The copy in the folder of this run, or of the one that is repeated.
  case copy(String)
  /// It is read later, or a checkpoint replaces it.
  case later

  /// The place for a run in this folder, or for its repetition: it does not depend on the other run if there is a copy.
  init(of folder: RunFolder) {
    self = FilePlace.status(folder.beginningFile) == nil ? .named : .copy(folder.beginningFile)
  }
}
