internal import AscentEnvironments
package import AscentPolicies
internal import AscentPolicyGradients
internal import AscentRandomness

/// An environment and the rule that acts in it, for evaluation and for samples.
public struct Playing {
  /// The configuration of the run, or of the environment.
  public let configuration: Configuration
  /// The number of steps after which an episode is cut; nil if an episode that does not end is an error.
  public var limit: Int? {
    get { player.limit }
    set { player.limit = newValue }
  }
  /// Called after each step.
  public var onStep: () -> Void {
    get { player.onStep }
    set { player.onStep = newValue }
  }

  /// The steps that the policy of the run has learned from; nil for random actions, or if it is not recorded.
  public let policySteps: Int?

  private let environment: OpenedEnvironment
  private let learned: (policy: Policy, parameters: Parameters)?
  private var player: EpisodePlayer
  private let seed: UInt64
  private var isLearned: Bool { learned != nil }
  private let isInterrupted: () -> Bool

  /// The policy and the environment to play.
  public enum Subject {
    /// The policy of a run, in the run's environment.
    case run(RunFolder, isStochastic: Bool)
    /// Random actions in an environment.
    case random(Configuration)
  }

  /// Opens the subject.
  ///
  /// - Throws: ``ExperimentError``.
  public init(_ subject: Subject, _ plan: EvaluationPlan) throws(ExperimentError) {
    (seed, isInterrupted) = (plan.seed, plan.isInterrupted)
    let behavior: EpisodePlayer.Behavior
    switch subject {
    case .random(let bare):
      var configuration = try plan.configuration(of: .beginning(bare))
      configuration.onFault = .stop
      (self.configuration, learned, behavior, policySteps) = (configuration, nil, .random, nil)
      environment = try OpenedEnvironment(
        configuration, .evaluation(seed: plan.seed, lanes: plan.lanes), host: plan.host)
      plan.keep(environment)
    case .run(let folder, let isStochastic):
      var configuration = try plan.configuration(of: .run(folder))
      // An episode that a fault cuts short has no valid return.
      configuration.onFault = .stop
      let opened = try OpenedPolicy(.run(folder), configuration, plan)
      (self.configuration, environment, policySteps) = (configuration, opened.environment, opened.steps)
      let (policy, θ) = (opened.policy, opened.parameters)
      learned = (policy, θ)
      behavior = isStochastic ? .stochastic(policy, θ) : .deterministic(policy, θ)
    }
    do {
      player = try EpisodePlayer(
        environment.lanes, behavior, purpose: .evaluationActions, generator: configuration.generator,
        explorationSteps: configuration.algorithm.explorationSteps)
    } catch {
      throw ExperimentError(error)
    }
    player.isInterrupted = plan.isInterrupted
  }

  /// True if the policy has a recurrent layer; false for random actions.
  public var remembers: Bool { isLearned && configuration.remembers }

  /// Plays episode k, in lane k mod lanes.
  ///
  /// - Throws: ``ExperimentError/interrupted`` when ``EvaluationPlan/isInterrupted`` returned true.
  public mutating func next(_ k: Int) throws(ExperimentError) -> PlayedEpisode {
    guard limit ?? 1 > 0 else {
      throw .usage("an episode is cut after at least one step (EvaluationPlan.limit), not \(limit ?? 0)")
    }
    let episode: PlayedEpisode
    do {
      episode = try player.play(k % environment.lanes.count)
    } catch {
      throw .environment(error)
    }
    guard !isInterrupted() else { throw .interrupted }
    return episode
  }

  /// What the policy says of each observation of an episode that it played; empty for random actions.
  package func views(of episode: PlayedEpisode) -> [PolicyView] {
    guard let (policy, θ) = learned else { return [] }
    var watch = PolicyWatch(policy)
    let size = episode.observationSize
    return (0...episode.rewards.count).map { t in
      watch.see(Array(episode.observations[t * size..<(t + 1) * size]), θ)
    }
  }

  /// The seed that `reset(seed=…)` received for this episode, or with `native` for the first one of its lane; nil on
  /// Ascent's streams.
  public func seed(of episode: PlayedEpisode) throws(ExperimentError) -> UInt64? {
    switch configuration.environmentRandomness {
    case .streams: return nil
    case .native: return seed &+ UInt64(episode.lane)
    case .episodes:
      let key = StreamKey(
        seed: seed, purpose: environment.lanes.purpose, lane: UInt32(episode.lane),
        episode: UInt32(episode.episode))
      do {
        return UInt64(try RandomStream(key, generator: configuration.generator).nextUInt32() >> 1)
      } catch {
        throw ExperimentError(error)
      }
    }
  }
}
