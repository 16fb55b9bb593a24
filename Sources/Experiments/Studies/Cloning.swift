internal import AscentEnvironments
internal import AscentPolicies
internal import AscentPolicyGradients
internal import AscentRandomness

/// Fits a policy to demonstrations by maximum likelihood (behavioral cloning).
///
/// A fifth of the episodes is held out. After every pass over the rest, the mean log π of the held-out steps is
/// computed; when it has not risen for ``patience`` passes, the parameters of the best pass are the result.
public struct Cloning {
  /// The number of passes without a better held-out likelihood after which the fit ends.
  public static let patience = 10
  /// The number of steps of one update.
  static let minibatch = 256

  /// The results of one pass.
  public struct Report: Sendable {
    /// The pass, counted from 1; 0 is the initial policy.
    public var epoch: Int
    /// The mean log π(a∣o) of the fitted steps.
    public var logLikelihood: Double
    /// The mean log π(a∣o) of the held-out steps.
    public var heldOutLogLikelihood: Double
  }

  /// The data of a row of metrics.csv.
  public struct Row: Sendable {
    let report: Report
    let seconds: Double
  }

  /// The columns of metrics.csv, one row for each pass.
  public static let columns: [MetricsColumn<Row>] = [
    MetricsColumn("epoch", "The pass, counted from 1; 0 is the initial policy.") { $0.report.epoch },
    MetricsColumn("log_likelihood", "The mean log π(a∣o) of the steps that are fitted.", unit: "nats") {
      $0.report.logLikelihood
    },
    MetricsColumn(
      "held_out_log_likelihood", "The mean log π(a∣o) of the steps that are held out.", unit: "nats"
    ) {
      $0.report.heldOutLogLikelihood
    },
    MetricsColumn("seconds", "Time since the first pass began.", unit: "seconds") {
      Metrics.rounded($0.seconds)
    },
  ]

  /// The result of the fit.
  public struct Outcome: Sendable {
    /// The pass whose parameters are the result.
    public var best: Report
    /// The number of passes.
    public var epochs: Int
    /// The numbers of fitted and of held-out steps.
    public var steps, heldOutSteps: Int
    /// The run's fingerprint.
    public var fingerprint: String
    /// True if the fit was interrupted; the result is then the best parameters so far.
    public var isInterrupted: Bool
  }

  /// The folder of the run.
  public var folder: RunFolder { lock.folder }
  /// Notices for the user about the beginning of the fit.
  public var notices: [String] { lock.notice.map { [$0] } ?? [] }
  private let lock: RunLock
  /// The current folder before the environment was opened, which may change it.
  private let place = RunFolder.currentFolder
  private let configuration: Configuration
  private let opened: OpenedEnvironment
  /// The environment of the trajectories.
  public var environment: OpenedEnvironment { opened }
  private let policy: Policy
  private var parameters: Parameters
  private let fitted: Demonstrations
  private let heldOut: Demonstrations
  private let order: RandomStream

  /// Reads the demonstrations, and opens their environment for its spaces.
  ///
  /// - Throws: ``ExperimentError`` for a bad line, fewer than two episodes, or an environment with other spaces.
  public init(
    _ configuration: Configuration, from file: String, folder: RunFolder?, host: Host
  ) throws(ExperimentError) {
    guard !configuration.remembers else {
      throw .usage(
        "clone fits steps one by one, but \(configuration.memory.typed) must be fitted along episodes; "
          + "set policy.memory to none or window=k"
      )
    }
    self.configuration = configuration
    try folder?.check(resuming: false, orElse: "; choose another --out")
    opened = try OpenedEnvironment(configuration, .trial(seed: configuration.seed, lanes: 1), host: host)
    policy = try configuration.policy(in: opened.lanes)
    // Its score, made for noise that stays for some steps, holds the features constant, and so does not ascend the
    // likelihood where the mean learns them.
    guard !policy.explores || configuration.network.hidden.isEmpty else {
      throw .usage(
        "the deviations of \(configuration.distribution.name) depend on features that the mean learns, which clone cannot "
          + "fit; set policy.distribution=gaussian, or policy.hidden= for no hidden layers")
    }
    parameters = try configuration.initialParameters(of: policy)
    var episodes: [LoggedEpisode] = []
    try TrajectoryFile.read(file, for: policy, lanes: opened.lanes, host: host) {
      episode throws(ExperimentError) in
      if let first = episode.unreachable.first { throw first.error(file, episode) }
      episodes.append(episode)
    }
    guard episodes.count >= 2 else {
      throw .usage(
        "\(file) has \(episodes.count) episodes; at least two are needed, one of them to be held out")
    }
    do {
      order = try RandomStream(
        StreamKey(seed: configuration.seed, purpose: .minibatches), generator: configuration.generator)
      let shuffled = try Permutation(count: episodes.count).sample(from: order).map { episodes[$0] }
      let count = max(1, episodes.count / 5)
      heldOut = Demonstrations(shuffled[..<count], policy)
      fitted = Demonstrations(shuffled[count...], policy)
    } catch {
      throw ExperimentError(error)
    }
    lock = try .claim(folder, for: configuration, resuming: false, as: .alone)
    try self.folder.prepare()
  }

  /// Fits until the held-out likelihood stops rising, `algorithm.epochs` passes are done, or it is interrupted.
  public mutating func run(
    onEpoch: (_ report: Report, _ seconds: Double) -> Void = { _, _ in },
    isInterrupted: () -> Bool = { false }
  ) throws(ExperimentError) -> Outcome {
    let clock = ContinuousClock()
    let start = clock.now
    let folder = folder
    func note(_ report: Report) throws(ExperimentError) {
      let seconds = (clock.now - start).seconds
      let row = Row(report: report, seconds: seconds)
      try AtomicFile.append(MetricsColumn.line(Self.columns, row), to: folder.metricsFile)
      onEpoch(report, seconds)
    }
    try AtomicFile.replace(folder.metricsFile, with: MetricsColumn.header(Self.columns))
    var optimizer = configuration.algorithm.optimizer.make(configuration.algorithm.optimization)
    var best = report(0)
    try note(best)
    var (bestParameters, epoch) = (parameters, 0)
    while epoch < configuration.algorithm.minibatches.epochs, epoch - best.epoch < Self.patience,
      !isInterrupted()
    {
      try pass(&optimizer)
      epoch += 1
      let report = report(epoch)
      guard report.logLikelihood.isFinite else {
        throw .diverged("the likelihood is not finite in pass \(epoch); try a lower algorithm.rate")
      }
      try note(report)
      if report.heldOutLogLikelihood > best.heldOutLogLikelihood {
        (best, bestParameters) = (report, parameters)
      }
    }
    parameters = bestParameters
    return try save(best, epoch, isInterrupted())
  }

  private func save(
    _ best: Report, _ epochs: Int, _ isInterrupted: Bool
  ) throws(ExperimentError) -> Outcome {
    let fingerprint = Fingerprint.ofRun(
      parameters: parameters, seed: configuration.seed, versions: opened.versions)
    try PolicyFile.save(
      parameters, after: nil, configuration: configuration, lanes: opened.lanes, in: folder)
    var origin = RunOrigin(processes: 1, folder: place)
    try origin.save(to: folder)
    try AtomicFile.replace(
      folder.runFile,
      with: configuration.toml(records: [
        ("versions", opened.versions), ("result", [("fingerprint", fingerprint)]),
      ]))
    return Outcome(
      best: best, epochs: epochs, steps: fitted.count, heldOutSteps: heldOut.count, fingerprint: fingerprint,
      isInterrupted: isInterrupted)
  }

  private func report(_ epoch: Int) -> Report {
    Report(
      epoch: epoch, logLikelihood: fitted.meanLogLikelihood(policy, parameters),
      heldOutLogLikelihood: heldOut.meanLogLikelihood(policy, parameters))
  }

  /// Makes one pass in a new random order: each update ascends 1/B Σ log π(a∣o) over B steps.
  private mutating func pass(_ optimizer: inout any Optimizer) throws(ExperimentError) {
    let steps: [Int]
    do {
      steps = try Permutation(count: fitted.count).sample(from: order)
    } catch {
      throw ExperimentError(error)
    }
    var workspace = policy.makeWorkspace(rows: Self.minibatch)
    var gradient = Array(repeating: Float(0), count: parameters.values.count)
    for first in stride(from: 0, to: steps.count, by: Self.minibatch) {
      let batch = fitted.gathered(steps[first..<min(first + Self.minibatch, steps.count)])
      var weights = GradientWeights(rows: batch.count)
      for t in 0..<batch.count { weights.scores[t] = 1 / Double(batch.count) }
      for k in gradient.indices { gradient[k] = 0 }
      var span = gradient.mutableSpan
      policy.forward(parameters, on: batch.observations.span, rows: batch.count, .actor, in: &workspace)
      policy.accumulateGradient(
        parameters, of: batch.actions.span, on: batch.observations.span, weights: weights, in: &workspace,
        into: &span)
      optimizer.ascend(&parameters, along: gradient)
    }
  }
}
