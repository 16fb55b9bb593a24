public import Registries

/// The settings `algorithm.*`, `rollout.steps` and `normalize.*`, key by key.
///
/// They have a value for every key, whether the algorithm uses it or not. ``algorithm()`` picks those that belong together, and refuses
/// those that contradict each other. A named algorithm is a value of this type.
public struct AlgorithmSettings: RegistryEntry, Equatable {
  /// The name on the command line.
  public var name: String
  /// The rule for coefficients.
  public var estimator: EstimatorEntry
  /// What is subtracted from them.
  public var baseline: BaselineEntry
  /// What becomes of advantages when the policy is no longer the one that acted.
  public var surrogate = SurrogateEntry.score
  /// The numbers of the three.
  public var estimation: EstimatorSettings
  /// How many steps a lane makes in an iteration; with whole episodes, after how many steps it starts no further one.
  public var stepsPerLane = 256
  /// How the actor moves.
  public var update = Update.gradient
  /// Passes and minibatches.
  public var minibatches = MinibatchSettings()
  /// How a gradient becomes a step.
  public var optimizer = OptimizerEntry.adam
  /// The numbers of the optimizer.
  public var optimization: OptimizerSettings
  /// How the rate changes over the run.
  public var rateSchedule = Schedule.constant
  /// The critic's part in a joint update.
  public var value = ValueLoss()
  /// The critic's own passes; none if it is learned together with the actor.
  public var critic = CriticFit()
  /// Natural steps.
  public var natural = NaturalSettings()
  /// Whether observations are standardized by their running mean and deviation.
  public var normalizesObservations = false
  /// How rewards are changed.
  public var rewards = RewardScaling()
  /// The number of steps after which an exploring factor's noise is drawn again; 0 for once a rollout.
  public var explorationSteps = 0
  /// The sequences of a recurrent policy.
  public var truncation = Truncation()

  /// How the actor moves, by name.
  public enum Update: String, Sendable, CaseIterable {
    /// Along the gradient, through an optimizer.
    case gradient
    /// Along the natural gradient, for a fixed divergence.
    case natural
    /// Along the natural gradient, with a line search.
    case trustRegion = "trust-region"
  }

  /// Makes the settings of a rule, at an optimizer's rate.
  public init(
    name: String, _ estimator: EstimatorEntry, _ baseline: BaselineEntry = .none,
    _ estimation: EstimatorSettings = EstimatorSettings(), rate: Double
  ) {
    (self.name, self.estimator, self.baseline, self.estimation) = (name, estimator, baseline, estimation)
    optimization = OptimizerSettings(rate: rate)
  }

  /// The estimator with its baseline.
  public var rule: GradientRule { GradientRule(estimator, baseline, estimation) }

  /// Whether advantages are estimated with a critic, on rollouts of a fixed length.
  public var usesAdvantages: Bool { estimator.needsCritic }

  /// Whether there is a critic.
  public var needsCritic: Bool { usesAdvantages || baseline.isValue }

  /// Whether the rule fits demonstrations and looks at no reward.
  public var isOfDemonstrations: Bool { estimator == .maximumLikelihood }
}

extension AlgorithmSettings.Update: NamedChoice {
  /// What it is, in one line.
  public var help: String {
    switch self {
    case .gradient: "along the gradient, by the optimizer"
    case .natural: "along the natural gradient, as far as algorithm.trust_region"
    case .trustRegion: "along the natural gradient, with a line search that keeps to algorithm.trust_region"
    }
  }
}
