/// The settings of a learner.
///
/// A named algorithm is a value of this type; ``all`` holds those that `ascent algorithms` lists.
public struct Algorithm: Sendable, Equatable {
  /// The name on the command line.
  public var name: String
  /// The rule for coefficients, and what is subtracted from them.
  public var rule: GradientRule
  /// How many steps a lane makes in an iteration; with whole episodes, before it stops at an episode's end.
  public var stepsPerLane = 256

  // MARK: The actor's update

  /// What an update follows.
  public var update = Update.gradient
  /// What becomes of advantages when the policy is no longer the one that acted.
  public var surrogate = Surrogate.score
  /// How many times an update goes over a rollout.
  public var epochs = 1
  /// Whether advantages are estimated anew, with the values of now, before each of these times.
  public var recomputesAdvantages = false
  /// Steps in a minibatch; 0 for the whole rollout.
  public var minibatch = 0
  /// ε: the clipped surrogate ignores ratios beyond 1 ± ε.
  public var clip = 0.2
  /// Whether ε falls to 0 over the run.
  public var clipSchedule = Schedule.constant
  /// Among which steps advantages are brought to mean 0 and deviation 1.
  public var advantageNormalization = Normalization.none
  /// The weight of the entropy.
  public var entropy = 0.0
  /// Whether that weight falls to 0 over the run.
  public var entropySchedule = Schedule.constant
  /// An iteration's epochs end when the divergence is 1.5 times this; 0 for never.
  public var targetDivergence = 0.0
  /// The largest norm of a gradient; 0 for any.
  public var gradientClip = 0.0

  // MARK: The optimizer

  /// How a gradient becomes a step.
  public var optimizer = OptimizerChoice.adam
  /// The optimizer's rate α > 0.
  public var rate = 0.003
  /// Whether α falls to 0 over the run.
  public var rateSchedule = Schedule.constant
  /// The optimizer's ε.
  public var optimizerEpsilon = 1e-8
  /// The decay of AdamW.
  public var weightDecay = 0.0

  // MARK: The critic

  /// The weight of the critic's squared error, when actor and critic are learned together.
  public var valueWeight = 0.5
  /// How far V may move in an iteration before its error stops counting; 0 for any.
  ///
  /// Of the errors of V and of V held there the larger one counts, as in OpenAI's baselines.
  public var valueClip = 0.0
  /// Passes of the critic's own; 0 to learn it together with the actor.
  public var criticEpochs = 0
  /// Steps in the critic's own minibatches; 0 for the whole rollout.
  public var criticMinibatch = 64
  /// The rate of the critic's own Adam.
  public var criticRate = 0.001

  // MARK: Trust regions

  /// δ: how far the policy may diverge in one natural step.
  public var trustRegion = 0.01
  /// What is added to the Fisher matrix's diagonal.
  public var damping = 0.1
  /// The most steps of the conjugate gradient.
  public var conjugateSteps = 15
  /// The most steps of the line search.
  public var lineSearchSteps = 10

  // MARK: Normalizers

  /// Whether observations are standardized.
  public var normalizesObservations = false
  /// Whether rewards are divided by the deviation of returns.
  public var normalizesReturns = false
  /// Rewards are held within ± this; 0 for any.
  public var rewardClip = 0.0
  /// Steps for which an exploration matrix is held; 0 for the whole rollout.
  public var explorationSteps = 0

  // MARK: Memory

  /// The sequences through which a policy that remembers is differentiated.
  public var truncation = Truncation()

  /// What an update follows, by name.
  public enum Update: String, Sendable, CaseIterable {
    /// The gradient, through an optimizer.
    case gradient
    /// The natural gradient, for a fixed divergence.
    case natural
    /// The natural gradient, with a line search.
    case trustRegion = "trust-region"
  }

  /// What is differentiated, by name.
  public enum Surrogate: String, Sendable, CaseIterable {
    /// log π Â.
    case score
    /// ρ Â.
    case ratio
    /// min(ρ Â, clip(ρ, 1 − ε, 1 + ε) Â) (Schulman and others 2017).
    case clipped

    /// The coefficient of ∇log π.
    func coefficient(_ advantage: Double, _ ratio: Double, _ ε: Double) -> Double {
      switch self {
      case .score: return advantage
      case .ratio: return ratio * advantage
      case .clipped:
        if advantage > 0 && ratio > 1 + ε || advantage < 0 && ratio < 1 - ε { return 0 }
        return ratio * advantage
      }
    }
  }

  /// Among which steps something is normalized, by name.
  public enum Normalization: String, Sendable, CaseIterable {
    case none, batch, minibatch
  }

  /// How a setting changes over a run, by name.
  public enum Schedule: String, Sendable, CaseIterable {
    /// Not at all.
    case constant
    /// In a line to 0 at the last step.
    case linear

    /// The factor when this part of the run is still to come.
    func factor(_ left: Double) -> Double { self == .linear ? left : 1 }
  }

  /// The optimizers, by name.
  public enum OptimizerChoice: String, Sendable, CaseIterable {
    case ascent, momentum, rmsprop, adam, adamw
  }

  /// Makes the settings of a rule, at an optimizer's rate.
  public init(name: String, rule: GradientRule, rate: Double) {
    self.name = name
    self.rule = rule
    self.rate = rate
  }

  /// Whether advantages are estimated with a critic, on rollouts of a fixed length.
  public var usesAdvantages: Bool { rule.estimator == .advantage || rule.estimator == .vTrace }

  /// Whether there is a critic.
  public var needsCritic: Bool { usesAdvantages || rule.baseline == .value }

  func makeOptimizer() -> any Optimizer {
    switch optimizer {
    case .ascent: GradientAscent(rate: rate)
    case .momentum: Momentum(rate: rate)
    case .rmsprop: RMSProp(rate: rate, ε: optimizerEpsilon)
    case .adam: Adam(rate: rate, ε: optimizerEpsilon)
    case .adamw: Adam(rate: rate, ε: optimizerEpsilon, decay: weightDecay)
    }
  }
}
