internal import AscentPolicies
public import AscentPolicyGradients

/// A training run: its environment, its learner and its folder.
public struct Training: ~Copyable {
  /// The resolved settings.
  public let configuration: Configuration
  /// The folder of the run.
  public var folder: RunFolder { lock.folder }
  /// Notices for the user about the beginning of the run.
  public internal(set) var notices: [String]
  /// Sentences about the parts that were lost of the run that is resumed, or can no longer be compared; recorded in origin.toml, too.
  public internal(set) var losses: [String]

  /// The results of one iteration.
  public typealias Report = Learner.Report

  var opened: OpenedRun
  let lock: RunLock
  var log: MetricsLog
  /// The returns of the last training episodes.
  var recent: RecentEpisodes
  /// The event files for TensorBoard.
  var events: EventLog
  /// The evaluations so far, and the best policy.
  var evaluations: EvaluationRecord
  let madeWith: [(String, String)]
  /// The changes of files and versions that the user accepted when the run was resumed.
  var changes: [(String, String)]
  let workers: (any Team)?
  let workforce: Workforce
  /// The catalog of names and the Python with which evaluations open the environment.
  let host: Host
  /// Where and by how many processes the run is made, and what was noticed meanwhile.
  var origin: RunOrigin
  /// Sentences about faults that were noticed while a checkpoint was saved.
  var noticed: [String]

  /// The part of a run that a process makes.
  public enum Beginning: Sendable {
    /// The whole run, in a folder without one.
    case new
    /// The rest of the run in the folder, from its newest checkpoint that can be read; the whole if there is none.
    case resumed(acceptingChanges: Bool)
  }

  /// Opens the environment and the learner, starts the workers, and creates and locks the folder last.
  ///
  /// - Parameters:
  ///   - configuration: the settings.
  ///   - folder: the folder of the run, or nil for a new folder below `runs/`.
  ///   - host: the catalog of names, and the Python of hosted environments.
  ///   - beginning: the part of the run.
  ///   - workforce: the processes that make the run.
  /// - Throws: ``ExperimentError``; wrong settings are found before anything is written.
  public init(
    _ configuration: Configuration, folder: RunFolder?, host: Host, beginning: Beginning = .new,
    workforce: Workforce = Workforce()
  ) throws(ExperimentError) {
    let policy = folder.map { beginning.policy(of: $0) } ?? .named
    self = try .open(
      configuration, (Budgets(configuration.steps), policy), folder: folder, host: host,
      beginning: beginning, workforce: workforce)
  }

  /// The past of a run, or of the one that it repeats: its step budgets, of which one that was extended has several,
  /// and the place of its initial policy.
  typealias Past = (budgets: Budgets, policy: PolicyBeginning)

  /// Opens a run with its past.
  static func open(
    _ configuration: Configuration, _ past: Past, folder: RunFolder?, host: Host, beginning: Beginning,
    workforce: Workforce
  ) throws(ExperimentError) -> Training {
    let role = workforce.supervisor.map { RunLock.Role.supervised(by: $0) } ?? .alone
    if let folder {
      try folder.check(resuming: beginning.isResumed)
      try RunLock.refuseIfHeld(folder, as: role)
    }
    guard configuration.lanes.isMultiple(of: configuration.unit) else {
      throw .usage(
        "\(configuration.lanes) lanes are not a multiple of environment.vector = \(configuration.unit); change one"
      )
    }
    try host.checkTrust(in: configuration)
    // An environment may change the current folder, or its own file.
    let (sums, place) = (RunRecord.sums(of: configuration), configuration.folder ?? RunFolder.currentFolder)
    // The workers open their environments while this process opens its own.
    let workers = try workforce.start(configuration, past.budgets)
    var host = host
    host.hosting?.patience = workforce.patience
    var opened = try OpenedRun(
      configuration, host: host, with: workers ?? Alone(),
      hosted: workers?.share(of: configuration.lanes, unit: configuration.unit, rank: 0), from: past.policy)
    opened.budgets = past.budgets
    let madeWith = RunRecord.madeWith(
      sums, opened.environment.runtime, python: host.hosting?.namedInterpreter)
    if let workers, workers.spansMachines {
      try Introduction.compare(.of(opened.environment, madeWith), in: workers)
    }
    try Self.checkEvaluations(configuration, host, beside: opened.environment.runtime)
    let lock = try RunLock.claim(
      folder, for: configuration, resuming: beginning.isResumed, as: role)
    var training = Training(opened, lock, workers, (workforce, host), madeWith: madeWith)
    training.origin = RunOrigin(processes: workers?.count ?? 1, folder: place)
    try training.begin(beginning)
    return training
  }

  private init(
    _ opened: consuming OpenedRun, _ lock: RunLock, _ workers: (any Team)?,
    _ context: (workforce: Workforce, host: Host),
    madeWith: [(String, String)]
  ) {
    configuration = opened.configuration
    (self.lock, log, recent) = (lock, MetricsLog(in: lock.folder), RecentEpisodes())
    (events, evaluations) = (EventLog(in: lock.folder), EvaluationRecord())
    (self.workers, workforce, host) = (workers, context.workforce, context.host)
    self.madeWith = madeWith
    (notices, losses, changes, noticed, origin) = ([], [], [], [], RunOrigin(processes: 1))
    self.opened = opened
  }

  /// Prepares the folder, and restores a checkpoint when resuming.
  private mutating func begin(_ beginning: Beginning) throws(ExperimentError) {
    notices =
      (lock.notice.map { [$0] } ?? []) + workforce.notices(for: configuration) + opened.environment.notices
      + opened.notices + Self.evaluationNotices(configuration)
      + configuration.algorithm.notices(lanes: configuration.lanes, isRecurrent: configuration.remembers)
    try folder.prepare()
    var checkpoint: String?
    if case .resumed(let acceptsChanges) = beginning {
      folder.removeTemporaryFiles()
      if let before = RunOrigin(of: folder) { origin.adopt(before) }
      checkpoint = try resume(acceptingChanges: acceptsChanges)
      origin.add(losses) { _ in }
    }
    if checkpoint == nil, !configuration.beginFrom.isEmpty { try saveBeginning() }
    try workers?.send(
      checkpoint,
      beginning: configuration.beginFrom.isEmpty || checkpoint != nil ? nil : folder.beginningFile,
      faultFile: folder.faultFile)
    try origin.save(to: folder)
    try writeRunFile(result: nil)
    if opened.learner.iteration == 0 { try log.begin() }
    try beginEvaluations()
    let isGoing =
      opened.hasStepsLeft
      || evaluations.isDue(after: opened.learner.steps, every: configuration.evaluateEverySteps)
    try events.begin(after: opened.learner.steps, isWritten: configuration.writesEvents && isGoing)
  }
}

extension Training.Beginning {
  /// True if the folder may have a run.
  var isResumed: Bool {
    if case .resumed = self { true } else { false }
  }

  /// The place of the initial policy, which a checkpoint replaces: the other run may be gone.
  func policy(of folder: RunFolder) -> PolicyBeginning {
    switch PolicyBeginning(of: folder) {
    case .named where isResumed && folder.newestCheckpoint != nil: .later
    case let place: isResumed ? place : .named
    }
  }
}

extension Duration {
  /// The duration in seconds.
  public var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
