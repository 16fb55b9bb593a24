public import AscentRegistries

/// The values of the keys `algorithm.*`, `rollout.steps` and `normalize.*`.
///
/// Every key has a value, whether the algorithm uses it or not. ``algorithm()`` selects the values that the algorithm
/// uses and throws if they contradict each other. A named algorithm is a value of this type.
public struct AlgorithmSettings: RegistryEntry, Equatable {
  /// The name on the command line.
  public var name: String
  /// The estimator of the coefficients.
  public var estimator: EstimatorEntry
  /// The baseline that is subtracted from them.
  public var baseline: BaselineEntry
  /// The weighting of advantages after the policy has changed since sampling.
  public var surrogate = SurrogateEntry.score
  /// The parameters of the estimator, the baseline and the surrogate.
  public var estimation: EstimatorSettings
  /// The steps of a lane per iteration; with whole episodes, the number after which the lane begins no new episode.
  public var stepsPerLane = 256
  /// The kind of the actor's update.
  public var update = Update.gradient
  /// The settings of passes and minibatches.
  public var minibatches = MinibatchSettings()
  /// The optimizer.
  public var optimizer = OptimizerEntry.adam
  /// The optimizer's parameters.
  public var optimization: OptimizerSettings
  /// The schedule of the optimizer's rate.
  public var rateSchedule = Schedule.constant
  /// The critic's loss in a joint update.
  public var value = ValueLoss()
  /// The critic's separate passes; no passes if it is learned together with the actor.
  public var critic = CriticFit()
  /// The settings of natural gradient steps.
  public var natural = NaturalSettings()
  /// The features that are standardized by their running mean and deviation.
  public var standardization = Standardization.none
  /// The scaling and clipping of rewards.
  public var rewards = RewardScaling()
  /// The number of steps after which an exploring factor's noise is drawn again; 0 for once per rollout.
  public var explorationSteps = 0
  /// The truncation of a recurrent policy's sequences.
  public var truncation = Truncation()

  /// The features of an observation that are standardized, by name.
  public enum Standardization: String, Sendable, CaseIterable {
    /// None.
    case none
    /// The numbers of boxes, but no pictures, one-hot vectors, indices and bits.
    case boxes
    /// All but indices.
    case all
  }

  /// The kinds of actor updates, by name.
  public enum Update: String, Sendable, CaseIterable {
    /// Gradient steps of an optimizer.
    case gradient
    /// A natural gradient step of fixed divergence.
    case natural
    /// A natural gradient step with a line search.
    case trustRegion = "trust-region"
  }

  /// Makes the settings of an estimator and a baseline, with an optimizer rate.
  public init(
    name: String, _ estimator: EstimatorEntry, _ baseline: BaselineEntry = .none,
    _ estimation: EstimatorSettings = EstimatorSettings(), rate: Double
  ) {
    (self.name, self.estimator, self.baseline, self.estimation) = (name, estimator, baseline, estimation)
    optimization = OptimizerSettings(rate: rate)
  }

  /// The estimator and the baseline.
  public var rule: GradientRule { GradientRule(estimator, baseline, estimation) }

  /// True if advantages are estimated with a critic, on rollouts of a fixed length.
  public var usesAdvantages: Bool { estimator.needsCritic }

  /// True if the algorithm needs a critic.
  public var needsCritic: Bool { usesAdvantages || baseline.isValue }

  /// True if the algorithm fits demonstrations and ignores rewards.
  public var isOfDemonstrations: Bool {
    if case .demonstrations = estimator.rule { true } else { false }
  }
}

extension AlgorithmSettings.Standardization: NamedChoice {
  /// A one-line description.
  public var help: String {
    switch self {
    case .none: "no feature"
    case .boxes: "the numbers of boxes; pictures, one-hot vectors and bits are left as they are"
    case .all: "every feature, also of pictures and one-hot vectors"
    }
  }
}

extension AlgorithmSettings.Update: NamedChoice {
  /// A one-line description.
  public var help: String {
    switch self {
    case .gradient: "along the gradient, by the optimizer"
    case .natural: "along the natural gradient, as far as algorithm.trust_region"
    case .trustRegion:
      "along the natural gradient, with a line search that stays within algorithm.trust_region"
    }
  }
}
