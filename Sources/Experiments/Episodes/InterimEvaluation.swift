internal import AscentPolicies
internal import AscentPolicyGradients
internal import AscentRandomness

/// The returns of a policy while it is trained: a row of evaluations.csv.
///
/// The policy takes its most probable actions in whole episodes. Each evaluation opens the environment anew and plays the
/// same episodes, on streams that neither training nor `ascent evaluate` uses, so it depends on the seed and the policy
/// alone, and what differs between two evaluations is the policy.
public struct InterimEvaluation: Sendable, Equatable {
  /// The iteration after which the policy was evaluated.
  public var iteration: Int
  /// The environment steps of the run that the policy has learned from.
  public var steps: Int
  /// The number of episodes.
  public var episodes: Int
  /// The mean return.
  public var meanReturn: Double
  /// Its standard error.
  public var standardError: Double
  /// The smallest return.
  public var lowest: Double
  /// The largest return.
  public var highest: Double
  /// The mean length.
  public var meanLength: Double
  /// The number of episodes that were cut because they did not end; their returns lack the rewards after the cut.
  public var cut: Int
  /// True if the mean return is larger than those before.
  public var isBest = false

  /// The number of steps after which an episode that does not end is cut, as in `ascent evaluate`.
  public static let longestEpisode = 100_000

  /// The columns of evaluations.csv, in order; the seed determines all of them.
  public static let columns: [MetricsColumn<InterimEvaluation>] = [
    MetricsColumn("iteration", "The iteration after which the policy was evaluated.") { $0.iteration },
    MetricsColumn("steps", "Environment steps of the run that the policy has learned from.", unit: "steps") {
      $0.steps
    },
    MetricsColumn("episodes", "Episodes of the evaluation.", unit: "episodes") { $0.episodes },
    MetricsColumn("mean_return", "The mean return of these episodes, with the most probable actions.") {
      $0.meanReturn
    },
    MetricsColumn("standard_error", "The standard error of that mean.") { $0.standardError },
    MetricsColumn("min_return", "The smallest of these returns.") { $0.lowest },
    MetricsColumn("max_return", "The largest of these returns.") { $0.highest },
    MetricsColumn("mean_length", "The mean length of these episodes.", unit: "steps") { $0.meanLength },
    MetricsColumn(
      "cut", "Episodes that did not end, and were cut after \(longestEpisode) steps.", unit: "episodes"
    ) { $0.cut },
    MetricsColumn(
      "best", "1 if the mean return is larger than those before, so that best/ has this policy; else 0."
    ) {
      $0.isBest ? 1 : 0
    },
  ]

  /// The names of Stable-Baselines3, with their numbers.
  public var tagged: [(name: String, value: Double)] {
    [
      ("eval/mean_reward", meanReturn), ("eval/mean_ep_length", meanLength),
      ("eval/standard_error", standardError),
    ]
  }
}

extension InterimEvaluation {
  /// Plays the episodes of an evaluation; nil if it was interrupted.
  ///
  /// The run's `runtime` keeps the generators that all environments share, since constructors may draw from them, too.
  ///
  /// - Throws: ``ExperimentError`` when the environment cannot be opened or fails.
  init?(
    of learner: borrowing Learner, _ configuration: Configuration, _ host: Host,
    beside runtime: (any HostedRuntime)?, isInterrupted: @escaping () -> Bool
  ) throws(ExperimentError) {
    runtime?.keepSharedGenerators()
    defer { runtime?.restoreSharedGenerators() }
    let environment = try OpenedEnvironment(configuration, .interim(configuration), host: host)
    var player: EpisodePlayer
    do {
      player = try EpisodePlayer(
        environment.lanes, .deterministic(learner.policy, learner.parameters), purpose: .interimActions,
        generator: configuration.generator, explorationSteps: configuration.algorithm.explorationSteps)
    } catch {
      throw ExperimentError(error)
    }
    (player.limit, player.keepsSteps, player.isInterrupted) = (Self.longestEpisode, false, isInterrupted)
    var (returns, lengths, cut) = ([Double](), 0, 0)
    for _ in 0..<configuration.evaluationEpisodes {
      let episode: PlayedEpisode
      do {
        episode = try player.play(0)
      } catch {
        throw .environment(error)
      }
      if isInterrupted() { return nil }
      returns.append(episode.totalReward)
      lengths += episode.rewards.count
      if episode.isCut { cut += 1 }
    }
    let objective = Objective(returns: [returns])
    self.init(
      iteration: learner.iteration, steps: learner.steps, episodes: returns.count,
      meanReturn: objective.mean, standardError: objective.standardError, lowest: objective.lowest,
      highest: objective.highest, meanLength: Double(lengths) / Double(returns.count), cut: cut)
  }
}
