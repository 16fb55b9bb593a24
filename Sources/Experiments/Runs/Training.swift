public import Environments
internal import Policies
public import PolicyGradients
internal import PythonEnvironments
internal import Randomness

/// A training run: its environment, its learner and its folder.
public struct Training {
  /// The resolved settings.
  public let configuration: Configuration
  /// Where the run is kept.
  public let folder: RunFolder

  /// What a user should know about how the run began.
  public private(set) var notices: [String] = []

  /// What one iteration found.
  public typealias Report = Learner.Report

  private let opened: OpenedEnvironment
  private let workers: SharedMemory?
  private let workforce: Workforce
  private var learner: Learner
  private let madeWith: [(String, String)]
  private var lastMean = Double.nan

  /// What a run ends with.
  public struct Outcome: Sendable {
    /// All environment steps of the run.
    public var steps: Int
    /// Those that this process made.
    public var newSteps: Int
    /// Seconds of this process's training loop.
    public var seconds: Double
    /// Environment steps of this process per second.
    public var stepsPerSecond: Double
    /// Ĵ of the last iteration that saw an episode to its end, or NaN.
    public var meanReturn: Double
    /// The run's fingerprint.
    public var fingerprint: String
    /// How many episodes a fault of the environment ended in this process's iterations.
    public var faults: Int
    /// One of them, in the lanes of this process.
    public var lastFault: EnvironmentError?
    /// Whether it was interrupted; a checkpoint was saved then.
    public var isInterrupted: Bool
    /// Where the time went, if somebody asked.
    public var profile: RunProfile?
  }

  /// Opens everything that a run needs, and the folder last.
  ///
  /// - Parameters:
  ///   - configuration: the settings.
  ///   - folder: where to keep the run, or nil for a fresh folder below `runs/`.
  ///   - host: starts Python when the environment needs it.
  ///   - resuming: go on from the newest intact checkpoint in the folder, if there is one.
  ///   - workforce: the processes that make the run.
  /// - Throws: ``ExperimentError`` before anything is written when something does not fit.
  public init(
    _ configuration: Configuration, folder: RunFolder?, host: PythonHost, resuming: Bool,
    workforce: Workforce = Workforce()
  ) throws(ExperimentError) {
    self.configuration = configuration
    self.workforce = workforce
    madeWith = RunRecord.madeWith(configuration)
    self.folder = folder ?? .fresh(for: configuration)
    guard !self.folder.exists || self.folder.isEmpty || resuming else {
      throw .usage("\(self.folder.path) already exists; name another --out, or go on in it with --resume")
    }
    guard configuration.lanes.isMultiple(of: configuration.unit) else {
      throw .usage(
        "\(configuration.lanes) lanes are no whole vectors of \(configuration.unit); change --lanes or environment.vector"
      )
    }
    let workerCount = min(workforce.count, configuration.lanes / configuration.unit)
    // They open their environments while this process opens its own.
    workers = workerCount > 1 ? try workforce.start(workerCount, configuration) : nil
    opened = try OpenedEnvironment(
      configuration, seed: configuration.seed, purpose: .environment, laneCount: configuration.lanes,
      hosted: workers?.share(of: configuration.lanes, unit: configuration.unit, rank: 0), inVectors: true,
      host: host)
    try Self.watch(opened.interpreter, workforce.patience, exitCode: Self.faultCode)
    learner = try Self.learner(configuration, opened.lanes, with: workers ?? Alone())
    notices =
      workforce.notices(for: configuration) + opened.notices
      + configuration.algorithm.notices(
        lanes: configuration.lanes, remembers: configuration.remembers)
    try self.folder.create()
    let checkpoint = resuming ? try resume() : nil
    if let workers { try Self.send(workers, checkpoint, faultFile: self.folder.faultFile) }
    try writeRunFile(fingerprint: nil)
    if learner.iteration == 0 { try AtomicFile.write(Metrics.header, to: self.folder.metricsFile) }
  }

  static func learner(
    _ configuration: Configuration, _ lanes: Lanes, with collective: any Collective = Alone()
  ) throws(ExperimentError) -> Learner {
    let algorithm = configuration.algorithm
    guard algorithm.rule.estimator != .maximumLikelihood else {
      throw .usage("maximum-likelihood fits demonstrations and looks at no reward; see ascent clone")
    }
    guard algorithm.usesAdvantages || algorithm.epochs == 1 || !algorithm.rule.makeEstimator.isOnPolicy else {
      throw .usage(
        "algorithm.epochs = \(algorithm.epochs) uses trajectories of older parameters, which the on-policy estimator "
          + "\(algorithm.rule.estimator.rawValue) cannot; take per-decision, importance-sampling, self-normalized "
          + "or first-order")
    }
    let policy = try policy(configuration, lanes)
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

  private static func policy(_ configuration: Configuration, _ lanes: Lanes) throws(ExperimentError)
    -> Policy
  {
    let architecture = try configuration.architecture(for: lanes.observationSpace)
    do {
      return try PolicyBuilder.policy(
        observing: lanes.observationSpace, acting: lanes.actionSpace, maskSize: lanes.maskSize,
        boxes: configuration.distribution, architecture: architecture)
    } catch {
      throw .learner(error)
    }
  }

  /// The policy of a configuration, and the parameters that its run begins with.
  static func beginning(
    _ configuration: Configuration, _ lanes: Lanes
  ) throws(ExperimentError) -> (policy: Policy, parameters: Parameters) {
    let policy = try policy(configuration, lanes)
    do {
      let key = StreamKey(seed: configuration.seed, purpose: .parameters)
      return (
        policy, policy.initialParameters(from: try RandomStream(key, generator: configuration.generator))
      )
    } catch {
      throw .usage("\(error)")
    }
  }

  /// Trains until the step budget is used up, or until `isInterrupted` says so.
  ///
  /// - Parameters:
  ///   - onIteration: told what each iteration found, the steps so far, and the seconds.
  ///   - isInterrupted: asked before each step of the lanes.
  ///   - profiling: find out where the time goes.
  /// - Returns: what the run came to.
  /// - Throws: ``ExperimentError``; the last good state is then in the newest checkpoint.
  public mutating func run(
    onIteration: (_ report: Learner.Report, _ steps: Int, _ seconds: Double) -> Void = { _, _, _ in },
    isInterrupted: @escaping () -> Bool = { false }, profiling: Bool = false
  ) throws(ExperimentError) -> Outcome {
    if profiling {
      opened.interpreter?.timeCalls()
      learner.profile = Profile()
    }
    let isInterrupted = workers.map { $0.passingOn(isInterrupted) } ?? isInterrupted
    let clock = ContinuousClock()
    let start = clock.now
    let firstStep = learner.steps
    var saved = (steps: learner.steps, seconds: 0.0)
    var (wasInterrupted, faults) = (false, 0)
    while learner.steps < configuration.steps {
      guard let report = try iterate(isInterrupted) else {
        wasInterrupted = true
        break
      }
      if report.objective.count > 0 { lastMean = report.objective.mean }
      let seconds = (clock.now - start).seconds
      try AtomicFile.append(
        Metrics.row(report, steps: learner.steps, seconds: seconds), to: folder.metricsFile)
      faults += report.faults
      onIteration(report, learner.steps, seconds)
      if isCheckpointDue(since: saved, now: seconds) {
        try saveCheckpoint()
        saved = (learner.steps, seconds)
      }
      guard learner.steps < configuration.steps else { break }
      do throws(ExperimentError) {
        try Self.checkMemory(workforce.memoryLimit)
      } catch {
        try saveCheckpoint()
        throw error
      }
    }
    let seconds = (clock.now - start).seconds
    try saveCheckpoint()
    let fingerprint = Fingerprint.ofRun(
      parameters: learner.parameters, seed: configuration.seed, versions: opened.versions)
    try PolicyFile.save(
      learner.parameters, configuration: configuration, lanes: opened.lanes, in: folder)
    try writeRunFile(fingerprint: wasInterrupted ? nil : fingerprint)
    return Outcome(
      steps: learner.steps, newSteps: learner.steps - firstStep, seconds: seconds,
      stepsPerSecond: seconds > 0 ? Double(learner.steps - firstStep) / seconds : 0, meanReturn: lastMean,
      fingerprint: fingerprint, faults: faults, lastFault: opened.lastFault, isInterrupted: wasInterrupted,
      profile: learner.profile.map { RunProfile($0, callSeconds: opened.interpreter?.callSeconds) })
  }

  /// DESIGN §5's exit code of an environment that breaks its contract, which one that hangs does, too.
  private static let faultCode: Int32 = 3

  private func isCheckpointDue(since saved: (steps: Int, seconds: Double), now seconds: Double) -> Bool {
    let (steps, interval) = (configuration.checkpointEverySteps, configuration.checkpointEverySeconds)
    return (steps > 0 && learner.steps / steps > saved.steps / steps)
      || (interval > 0 && seconds - saved.seconds >= interval)
  }

  private mutating func iterate(
    _ isInterrupted: () -> Bool
  ) throws(ExperimentError) -> Learner.Report? {
    do {
      return try learner.iterate(
        budget: configuration.steps - learner.steps, isInterrupted: isInterrupted)
    } catch {
      try saveCheckpoint()
      if case .environment(let fault) = error {
        FaultRecord.write(fault, of: learner, opened.lanes, configuration, to: folder.faultFile)
      }
      throw ExperimentError(stopping: error)
    }
  }

  /// The text that must be equal for a run to go on: every setting but the number of steps.
  static func identity(_ configuration: Configuration, _ versions: [(String, String)]) -> String {
    var same = configuration
    same.steps = 1
    (same.checkpointEverySteps, same.checkpointEverySeconds) = (0, 0)
    return same.toml(records: [("versions", versions)])
  }

  private func saveCheckpoint() throws(ExperimentError) {
    let checkpoint = Checkpoint(learner, episodesBegun: opened.lanes.episodesBegun)
    try AtomicFile.write(
      checkpoint.encoded(settings: Self.identity(configuration, opened.versions)),
      to: folder.checkpointFile(steps: learner.steps))
    folder.pruneCheckpoints()
  }

  /// Goes on from the newest intact checkpoint; returns its file.
  private mutating func resume() throws(ExperimentError) -> String? {
    var damage: ExperimentError?
    for file in folder.checkpoints {
      do throws(ExperimentError) {
        let checkpoint = try Checkpoint(
          AtomicFile.read(file), file: file, settings: Self.identity(configuration, opened.versions),
          like: learner.state, lanes: opened.lanes)
        guard configuration.environmentRandomness == .streams || checkpoint.state.steps == 0 else {
          throw ExperimentError.usage(
            "a run with --environment-rng native cannot be resumed: its environments' generators are theirs")
        }
        try Self.restore(&learner, opened.lanes, from: checkpoint)
        try keepMetrics(upTo: checkpoint.state.iteration)
        notices.append("going on from \(file) at step \(checkpoint.state.steps)")
        return file
      } catch {
        // A damaged checkpoint is passed over for an older one; anything else is the user's to solve.
        guard case .damaged = error else { throw error }
        damage = damage ?? error
        notices.append("\(error); trying an older checkpoint")
      }
    }
    if let damage { throw damage }
    return nil
  }

  /// Puts a learner and its lanes where a checkpoint was taken.
  static func restore(
    _ learner: inout Learner, _ lanes: Lanes, from checkpoint: Checkpoint
  ) throws(ExperimentError) {
    lanes.restore(episodesBegun: checkpoint.episodesBegun)
    do {
      try learner.restore(checkpoint.state)
    } catch {
      throw .learner(error)
    }
  }

  private mutating func keepMetrics(upTo iteration: Int) throws(ExperimentError) {
    let text = String(decoding: (try? AtomicFile.read(folder.metricsFile)) ?? [], as: UTF8.self)
    let rows = Metrics.rows(of: text, upTo: iteration)
    try AtomicFile.write(rows, to: folder.metricsFile)
    lastMean = Metrics.lastMeanReturn(of: rows)
  }

  /// What run.toml records beside the settings and the result.
  var records: [(key: String, value: String)] {
    opened.versions.map { ("versions.\($0.0)", $0.1) }
      + madeWith.map { ("made_with.\($0.0)", $0.1) }
  }

  private func writeRunFile(fingerprint: String?) throws(ExperimentError) {
    let text = configuration.toml(records: [
      ("versions", opened.versions),
      ("made_with", madeWith),
      ("result", fingerprint.map { [("fingerprint", $0)] } ?? []),
    ])
    try AtomicFile.write(text, to: folder.runFile)
  }
}

extension Duration {
  /// The duration in seconds.
  public var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
