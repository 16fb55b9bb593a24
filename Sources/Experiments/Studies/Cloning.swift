internal import Environments
internal import Policies
internal import PolicyGradients
internal import Randomness

/// Maximum likelihood on demonstrations: a policy that does what was done.
///
/// A fifth of the episodes is held out. After every pass over the rest, the mean log π of the held-out steps is
/// taken; when it has not risen for ``patience`` passes, the parameters of its best pass are the result.
public struct Cloning {
  /// How many passes without a better held-out likelihood end it.
  public static let patience = 10
  /// How many steps make one update.
  static let minibatch = 256

  /// What one pass came to.
  public struct Report: Sendable {
    /// The pass, counted from 1; 0 is before the first.
    public var epoch: Int
    /// The mean log π(a∣o) of the steps that are fitted.
    public var logLikelihood: Double
    /// The mean log π(a∣o) of the steps that are held out.
    public var heldOutLogLikelihood: Double
  }

  /// What it all came to.
  public struct Outcome: Sendable {
    /// The pass whose parameters were kept.
    public var best: Report
    /// How many passes were made.
    public var epochs: Int
    /// How many steps were fitted, and how many held out.
    public var steps, heldOutSteps: Int
    /// The run's fingerprint.
    public var fingerprint: String
    /// Whether it was interrupted; the best parameters so far were kept.
    public var isInterrupted: Bool
  }

  /// Where the run is kept.
  public let folder: RunFolder
  private let configuration: Configuration
  private let opened: OpenedEnvironment
  private let policy: Policy
  private var parameters: Parameters
  private let fitted: Demonstrations
  private let heldOut: Demonstrations
  private let order: RandomStream

  /// Reads the demonstrations and opens the environment that they come from, for its spaces.
  ///
  /// - Throws: ``ExperimentError`` for a bad line, fewer than two episodes, or an environment with other spaces.
  public init(
    _ configuration: Configuration, from file: String, folder: RunFolder?, host: PythonHost
  ) throws(ExperimentError) {
    guard !configuration.remembers else {
      throw .usage(
        "clone fits steps one by one, and \(configuration.memory.typed) is fitted along episodes; take policy.memory = none or window=k"
      )
    }
    self.configuration = configuration
    self.folder = folder ?? .fresh(for: configuration)
    guard !self.folder.exists || self.folder.isEmpty else {
      throw .usage("\(self.folder.path) already exists; name another --out")
    }
    opened = try OpenedEnvironment(
      configuration, seed: configuration.seed, purpose: .environment, laneCount: 1, host: host)
    (policy, parameters) = try Training.beginning(configuration, opened.lanes)
    var episodes: [LoggedEpisode] = []
    try TrajectoryFile.read(file, lanes: opened.lanes, host: host) { episode in episodes.append(episode) }
    guard episodes.count >= 2 else {
      throw .usage(
        "\(file) holds \(episodes.count) episodes; at least two are needed, one of them to be held out")
    }
    do {
      order = try RandomStream(
        StreamKey(seed: configuration.seed, purpose: .minibatches), generator: configuration.generator)
      let shuffled = try Permutation(count: episodes.count).sample(from: order).map { episodes[$0] }
      let count = max(1, episodes.count / 5)
      heldOut = Demonstrations(shuffled[..<count], policy)
      fitted = Demonstrations(shuffled[count...], policy)
    } catch {
      throw .usage("\(error)")
    }
    try self.folder.create()
  }

  /// Fits until the held-out likelihood stops rising, `algorithm.epochs` passes are made, or it is interrupted.
  public mutating func run(
    onEpoch: (_ report: Report, _ seconds: Double) -> Void = { _, _ in },
    isInterrupted: () -> Bool = { false }
  ) throws(ExperimentError) -> Outcome {
    let clock = ContinuousClock()
    let start = clock.now
    let folder = folder
    func note(_ report: Report) throws(ExperimentError) {
      let seconds = (clock.now - start).seconds
      let row =
        "\(report.epoch),\(report.logLikelihood),\(report.heldOutLogLikelihood),\(Metrics.rounded(seconds))\n"
      try AtomicFile.append(row, to: folder.metricsFile)
      onEpoch(report, seconds)
    }
    try AtomicFile.write(
      "epoch,log_likelihood,held_out_log_likelihood,seconds\n", to: folder.metricsFile)
    var optimizer: any Optimizer = Adam(rate: configuration.algorithm.rate)
    var best = report(0)
    try note(best)
    var (kept, epoch) = (parameters, 0)
    while epoch < configuration.algorithm.epochs, epoch - best.epoch < Self.patience, !isInterrupted() {
      try pass(&optimizer)
      epoch += 1
      let report = report(epoch)
      guard report.logLikelihood.isFinite else {
        throw .usage("the likelihood is not finite any more; try a lower algorithm.rate")
      }
      try note(report)
      if report.heldOutLogLikelihood > best.heldOutLogLikelihood { (best, kept) = (report, parameters) }
    }
    parameters = kept
    return try save(best, epoch, isInterrupted())
  }

  private func save(
    _ best: Report, _ epochs: Int, _ isInterrupted: Bool
  ) throws(ExperimentError) -> Outcome {
    let fingerprint = Fingerprint.ofRun(
      parameters: parameters, seed: configuration.seed, versions: opened.versions)
    try PolicyFile.save(parameters, configuration: configuration, lanes: opened.lanes, in: folder)
    try AtomicFile.write(
      configuration.toml(records: [
        ("versions", opened.versions), ("result", [("fingerprint", fingerprint)]),
      ]), to: folder.runFile)
    return Outcome(
      best: best, epochs: epochs, steps: fitted.count, heldOutSteps: heldOut.count, fingerprint: fingerprint,
      isInterrupted: isInterrupted)
  }

  private func report(_ epoch: Int) -> Report {
    Report(
      epoch: epoch, logLikelihood: fitted.meanLogLikelihood(policy, parameters),
      heldOutLogLikelihood: heldOut.meanLogLikelihood(policy, parameters))
  }

  /// One pass in a new order: θ climbs 1/B Σ ∇log π over B steps at a time.
  private mutating func pass(_ optimizer: inout any Optimizer) throws(ExperimentError) {
    let steps: [Int]
    do {
      steps = try Permutation(count: fitted.count).sample(from: order)
    } catch {
      throw .usage("\(error)")
    }
    var workspace = policy.makeWorkspace(rows: Self.minibatch)
    var gradient = Array(repeating: Float(0), count: parameters.values.count)
    for first in stride(from: 0, to: steps.count, by: Self.minibatch) {
      let batch = fitted.gathered(steps[first..<min(first + Self.minibatch, steps.count)])
      let weights = Array(repeating: 1 / Double(batch.count), count: batch.count)
      for k in gradient.indices { gradient[k] = 0 }
      policy.accumulateScore(
        parameters, of: batch.actions, on: batch.observations, weightedBy: weights, rows: 0..<batch.count,
        in: &workspace, into: &gradient)
      optimizer.ascend(&parameters, along: gradient)
    }
  }
}

/// Steps of somebody who knew what to do.
struct Demonstrations {
  /// How many steps.
  private(set) var count = 0
  /// [step × feature].
  private(set) var observations: [Float] = []
  /// [step × value].
  private(set) var actions: [Float] = []
  private let observationSize: Int
  private let actionSize: Int

  init(_ episodes: ArraySlice<LoggedEpisode>, _ policy: Policy) {
    (observationSize, actionSize) = (policy.observationSize, policy.actionSize)
    for episode in episodes {
      count += episode.rewards.count
      observations += episode.observations
      actions += episode.actions
    }
  }

  private init(like other: Demonstrations) {
    (observationSize, actionSize) = (other.observationSize, other.actionSize)
  }

  /// Some of the steps, in their order.
  func gathered(_ steps: ArraySlice<Int>) -> Demonstrations {
    var some = Demonstrations(like: self)
    for t in steps {
      some.observations += observations[t * observationSize..<(t + 1) * observationSize]
      some.actions += actions[t * actionSize..<(t + 1) * actionSize]
    }
    some.count = steps.count
    return some
  }

  /// 1/T Σ log π(a∣o).
  func meanLogLikelihood(_ policy: Policy, _ θ: Parameters) -> Double {
    let rowsAtOnce = policy.rows(atMost: 256)
    var workspace = policy.makeWorkspace(rows: rowsAtOnce)
    var logπ = Array(repeating: 0.0, count: rowsAtOnce)
    var sum = 0.0
    for first in stride(from: 0, to: count, by: rowsAtOnce) {
      let rows = first..<min(first + rowsAtOnce, count)
      policy.logProbabilities(θ, of: actions, on: observations, rows: rows, in: &workspace, into: &logπ)
      for k in 0..<rows.count { sum += logπ[k] }
    }
    return sum / Double(count)
  }
}
