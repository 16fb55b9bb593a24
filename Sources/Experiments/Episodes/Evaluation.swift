internal import Environments
internal import Policies
internal import PolicyGradients
internal import Randomness

/// What a policy earns: episodes without learning, on streams that training never uses.
public struct Evaluation: Sendable {
  /// N.
  public var episodes: Int
  /// The mean return.
  public var meanReturn: Double
  /// Its standard error.
  public var standardError: Double
  /// The smallest return.
  public var lowest: Double
  /// The largest return.
  public var highest: Double
  /// SHA-256 over all actions and rewards.
  public var fingerprint: String

  /// Plays `episodes` episodes of a run's policy.
  ///
  /// Episode k is played in lane k mod `lanes`; lanes and episodes have streams of their own, so an episode
  /// does not depend on those before it.
  ///
  /// - Throws: ``ExperimentError`` when the run cannot be read or its environment fails.
  public init(
    of folder: RunFolder, episodes: Int, seed: UInt64, lanes laneCount: Int, isStochastic: Bool,
    host: PythonHost, overriding change: (inout Configuration) throws(ExperimentError) -> Void = { _ in },
    onEpisode: (_ number: Int, _ totalReward: Double, _ length: Int) -> Void = { _, _, _ in }
  ) throws(ExperimentError) {
    var player = try Playing(
      .run(folder, isStochastic: isStochastic), seed: seed, lanes: laneCount, host: host, overriding: change)
    var returns = Array(repeating: [Double](), count: laneCount)
    var fingerprint = Fingerprint()
    for k in 0..<episodes {
      let episode = try player.next(k)
      returns[k % laneCount].append(episode.totalReward)
      onEpisode(k, episode.totalReward, episode.rewards.count)
      fingerprint.add(episode.actions)
      for r in episode.rewards { fingerprint.add(r) }
    }
    let objective = Objective(returns: returns)
    self.episodes = objective.count
    meanReturn = objective.mean
    standardError = objective.standardError
    lowest = objective.lowest
    highest = objective.highest
    self.fingerprint = fingerprint.text
  }
}

/// An environment with somebody who acts in it, for evaluation and for samples.
public struct Playing {
  /// The configuration of the run, or that of a bare environment.
  public let configuration: Configuration
  private let opened: OpenedEnvironment
  private var player: EpisodePlayer
  private let seed: UInt64
  private let isLearned: Bool

  /// Who plays where.
  public enum Subject {
    /// A run's policy in the run's environment.
    case run(RunFolder, isStochastic: Bool)
    /// Random actions in an environment.
    case random(Configuration)
  }

  /// Opens the subject.
  ///
  /// - Throws: ``ExperimentError``.
  public init(
    _ subject: Subject, seed: UInt64, lanes: Int, host: PythonHost,
    overriding change: (inout Configuration) throws(ExperimentError) -> Void = { _ in }
  ) throws(ExperimentError) {
    var configuration: Configuration
    switch subject {
    case .random(let bare): configuration = bare
    case .run(let folder, _): configuration = try Configuration.ofRun(folder)
    }
    try change(&configuration)
    // A return that a fault cut short is none.
    configuration.onFault = .stop
    self.configuration = configuration
    self.seed = seed
    opened = try OpenedEnvironment(
      configuration, seed: seed, purpose: .evaluationEnvironment, laneCount: lanes, host: host)
    var behavior = EpisodePlayer.Behavior.random
    if case .run = subject { isLearned = true } else { isLearned = false }
    if case .run(let folder, let isStochastic) = subject {
      let (policy, beginning) = try Training.beginning(configuration, opened.lanes)
      let parameters = try PolicyFile.load(from: folder, like: beginning, lanes: opened.lanes)
      behavior = isStochastic ? .stochastic(policy, parameters) : .deterministic(policy, parameters)
    }
    do {
      player = try EpisodePlayer(
        opened.lanes, behavior, purpose: .evaluationActions, generator: configuration.generator,
        explorationSteps: configuration.algorithm.explorationSteps)
    } catch {
      throw .usage("\(error)")
    }
  }

  /// Whether a policy with a recurrent layer plays.
  public var remembers: Bool { isLearned && configuration.remembers }

  /// Plays episode k, in lane k mod lanes.
  public mutating func next(_ k: Int) throws(ExperimentError) -> PlayedEpisode {
    do {
      return try player.play(k % opened.lanes.count)
    } catch {
      throw .environment(error)
    }
  }

  /// What `reset(seed=…)` received for the first episode of a lane, or nil on Ascent's streams.
  public func nativeSeed(lane: Int) -> UInt64? {
    configuration.environmentRandomness == .native ? seed &+ UInt64(lane) : nil
  }
}

extension Configuration {
  /// The configuration that a run was made with.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` when there is no run, ``ExperimentError/damaged(file:reason:)``
  ///   when its run.toml cannot be understood.
  public static func ofRun(_ folder: RunFolder) throws(ExperimentError) -> Configuration {
    guard folder.holdsRun else { throw .usage("\(folder.path) is not a run folder: it has no run.toml") }
    let text = String(decoding: try AtomicFile.read(folder.runFile), as: UTF8.self)
    do {
      return try reading(text, file: folder.runFile, over: Configuration(environment: ""))
    } catch {
      throw .damaged(file: folder.runFile, reason: "\(error)")
    }
  }
}
