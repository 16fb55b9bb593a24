internal import Policies
public import PolicyGradients
internal import PythonEnvironments

/// A training run: its environment, its learner and its folder.
public struct Training: ~Copyable {
  /// The resolved settings.
  public let configuration: Configuration
  /// The folder of the run.
  public let folder: RunFolder
  /// Notices for the user about the beginning of the run.
  public private(set) var notices: [String]

  /// The results of one iteration.
  public typealias Report = Learner.Report

  private var opened: OpenedRun
  private let workers: SharedMemory?
  private let workforce: Workforce
  private let madeWith: [(String, String)]
  private var lastMean: Double
  private var origin: RunOrigin

  /// Opens the environment and the learner, starts the workers, and creates the folder last.
  ///
  /// - Parameters:
  ///   - configuration: the settings.
  ///   - folder: the folder of the run, or nil for a new folder below `runs/`.
  ///   - host: the catalog of names, and the Python of hosted environments.
  ///   - resuming: resume from the newest intact checkpoint in the folder, if there is one.
  ///   - workforce: the processes that make the run.
  /// - Throws: ``ExperimentError``; wrong settings are found before anything is written.
  public init(
    _ configuration: Configuration, folder: RunFolder?, host: Host, resuming: Bool,
    workforce: Workforce = Workforce()
  ) throws(ExperimentError) {
    let folder = folder ?? .fresh(for: configuration)
    guard !folder.exists || folder.isEmpty || resuming else {
      throw .usage("\(folder.path) already exists; choose another --out, or continue the run with --resume")
    }
    guard configuration.lanes.isMultiple(of: configuration.unit) else {
      throw .usage(
        "\(configuration.lanes) lanes are not a multiple of environment.vector = \(configuration.unit); change one"
      )
    }
    let workerCount = min(workforce.count, configuration.lanes / configuration.unit)
    try host.checkTrust(in: configuration)
    // The workers open their environments while this process opens its own.
    let workers = workerCount > 1 ? try workforce.start(workerCount, configuration) : nil
    var host = host
    host.patience = workforce.patience
    let opened = try OpenedRun(
      configuration, host: host, with: workers ?? Alone(),
      hosted: workers?.share(of: configuration.lanes, unit: configuration.unit, rank: 0))
    let madeWith = RunRecord.madeWith(configuration, opened.environment.interpreter, python: host.python)
    var training = Training(opened, folder, workers, workforce, madeWith: madeWith)
    training.origin.processes = max(1, workerCount)
    try training.begin(resuming: resuming)
    self = training
  }

  private init(
    _ opened: consuming OpenedRun, _ folder: RunFolder, _ workers: SharedMemory?, _ workforce: Workforce,
    madeWith: [(String, String)]
  ) {
    (configuration, self.folder) = (opened.configuration, folder)
    (self.workers, self.workforce) = (workers, workforce)
    self.madeWith = madeWith
    (notices, origin, lastMean) = ([], RunOrigin(processes: 1), .nan)
    self.opened = opened
  }

  /// Creates the folder and restores the newest checkpoint when resuming.
  private mutating func begin(resuming: Bool) throws(ExperimentError) {
    notices =
      workforce.notices(for: configuration) + opened.environment.notices
      + configuration.algorithm.notices(lanes: configuration.lanes, isRecurrent: configuration.remembers)
    try folder.create()
    let checkpoint = resuming ? try resume() : nil
    try workers?.send(checkpoint, faultFile: folder.faultFile)
    try origin.save(to: folder)
    try writeRunFile(result: nil)
    if opened.learner.iteration == 0 { try AtomicFile.write(Metrics.header, to: folder.metricsFile) }
  }

  // MARK: The loop

  /// Trains until the step budget is used up or `isInterrupted` returns true.
  ///
  /// - Parameters:
  ///   - onIteration: called after each iteration with its results, the steps so far, and the seconds.
  ///   - onNotice: called with notices that arise in the loop, before `onIteration`.
  ///   - isInterrupted: called before each step of the lanes.
  ///   - profiling: measure the time of each phase.
  /// - Returns: the results of the run.
  /// - Throws: ``ExperimentError``; the newest checkpoint then has the last valid state.
  public mutating func run(
    onIteration: (_ report: Learner.Report, _ steps: Int, _ seconds: Double) -> Void = { _, _, _ in },
    onNotice: (String) -> Void = { _ in }, isInterrupted: @escaping () -> Bool = { false },
    profiling: Bool = false
  ) throws(ExperimentError) -> Outcome {
    if profiling {
      opened.environment.interpreter?.timeCalls()
      opened.learner.profile = Profile()
    }
    let isInterrupted = workers.map { $0.passingOn(isInterrupted) } ?? isInterrupted
    let (clock, firstStep) = (ContinuousClock(), opened.learner.steps)
    let start = clock.now
    var saved = (steps: firstStep, seconds: 0.0)
    var (wasInterrupted, faults) = (false, 0)
    while opened.hasStepsLeft {
      guard let report = try iterate(isInterrupted) else {
        wasInterrupted = true
        break
      }
      if report.objective.count > 0 { lastMean = report.objective.mean }
      let (steps, seconds) = (opened.learner.steps, (clock.now - start).seconds)
      try AtomicFile.append(
        Metrics.line(Metrics.Row(report: report, steps: steps, seconds: seconds)), to: folder.metricsFile)
      faults += report.faults
      origin.add(takeNotices(), onNotice)
      onIteration(report, steps, seconds)
      if isCheckpointDue(since: saved, now: seconds) {
        try saveCheckpoint()
        saved = (steps, seconds)
      }
      if opened.hasStepsLeft { try checkMemory() }
    }
    var outcome = Outcome(
      steps: opened.learner.steps, newSteps: opened.learner.steps - firstStep,
      seconds: (clock.now - start).seconds, meanReturn: lastMean, fingerprint: "", bits: "", faults: faults,
      lastFault: opened.environment.lastFault, isInterrupted: wasInterrupted)
    origin.add(takeNotices(), onNotice)
    (outcome.fingerprint, outcome.bits) = try save(isComplete: !wasInterrupted)
    // All results are saved: a close() that hangs changes nothing about the outcome.
    try workforce.watch(opened.environment.interpreter, wasInterrupted ? .interrupted : .done)
    outcome.profile = opened.learner.profile.map {
      RunProfile($0, callSeconds: opened.environment.interpreter?.callSeconds)
    }
    return outcome
  }

  private mutating func iterate(_ isInterrupted: () -> Bool) throws(ExperimentError) -> Learner.Report? {
    do throws(LearnerError) {
      return try opened.iterate(isInterrupted)
    } catch {
      try saveCheckpoint()
      opened.recordFault(error, in: folder.faultFile)
      throw ExperimentError(stopping: error)
    }
  }

  /// Returns what environments of all processes have to tell since the last call.
  private func takeNotices() -> [String] { opened.environment.takeNotices() + (workers?.notices() ?? []) }

  private func checkMemory() throws(ExperimentError) {
    do throws(ExperimentError) {
      try workforce.checkMemory()
    } catch {
      try saveCheckpoint()
      throw error
    }
  }

  // MARK: Files

  /// Saves a checkpoint, the policy and run.toml; returns the hashes of the result.
  private mutating func save(isComplete: Bool) throws(ExperimentError) -> RunRecord.Result {
    try saveCheckpoint()
    let parameters = opened.learner.parameters
    let result = (
      fingerprint: Fingerprint.ofRun(
        parameters: parameters, seed: configuration.seed, versions: opened.environment.versions),
      bits: Fingerprint.ofBits(parameters)
    )
    try PolicyFile.save(
      parameters, configuration: configuration, lanes: opened.environment.lanes, in: folder)
    if !origin.notices.isEmpty { try origin.save(to: folder) }
    try writeRunFile(result: isComplete ? result : nil)
    return result
  }

  private func isCheckpointDue(since saved: (steps: Int, seconds: Double), now seconds: Double) -> Bool {
    let (steps, interval) = (configuration.checkpointEverySteps, configuration.checkpointEverySeconds)
    return (steps > 0 && opened.learner.steps / steps > saved.steps / steps)
      || (interval > 0 && seconds - saved.seconds >= interval)
  }

  private func saveCheckpoint() throws(ExperimentError) {
    try AtomicFile.write(opened.checkpoint, to: folder.checkpointFile(steps: opened.learner.steps))
    folder.pruneCheckpoints()
  }

  /// Resumes from the newest intact checkpoint; returns its file.
  private mutating func resume() throws(ExperimentError) -> String? {
    var damage: ExperimentError?
    for file in folder.checkpoints {
      do throws(ExperimentError) {
        let checkpoint = try opened.checkpoint(in: file)
        guard configuration.environmentRandomness != .native || checkpoint.state.steps == 0 else {
          throw ExperimentError.usage(
            "a run with --environment-rng native cannot be resumed: the states of its generators are not saved"
          )
        }
        try opened.restore(checkpoint)
        try truncateMetrics(upTo: checkpoint.state.iteration)
        notices.append("resuming from \(file) at step \(checkpoint.state.steps)")
        return file
      } catch {
        // Skip a damaged checkpoint for an older one; the user must solve any other error.
        guard case .damaged = error else { throw error }
        damage = damage ?? error
        notices.append("\(error); trying an older checkpoint")
      }
    }
    if let damage { throw damage }
    return nil
  }

  private mutating func truncateMetrics(upTo iteration: Int) throws(ExperimentError) {
    let text = String(decoding: (try? AtomicFile.read(folder.metricsFile)) ?? [], as: UTF8.self)
    let rows = Metrics.rows(of: text, upTo: iteration)
    try AtomicFile.write(rows, to: folder.metricsFile)
    lastMean = Metrics.lastMeanReturn(of: rows)
  }

  /// The records of run.toml besides the settings and the result.
  var records: [(key: String, value: String)] {
    opened.environment.versions.map { ("versions.\($0.0)", $0.1) }
      + madeWith.map { ("made_with.\($0.0)", $0.1) }
  }

  private func writeRunFile(result: RunRecord.Result?) throws(ExperimentError) {
    let text = configuration.toml(records: [
      ("versions", opened.environment.versions),
      ("made_with", madeWith),
      ("result", result.map { [("fingerprint", $0.fingerprint), ("bits", $0.bits)] } ?? []),
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
