
/// How a learner learns: a rule for coefficients, and what becomes of its gradient.
///
/// What belongs together is one case with a payload, so an algorithm cannot contradict itself. The named algorithms, and what a
/// command line or a run.toml says key by key, are ``AlgorithmSettings``, which ``AlgorithmSettings/algorithm()`` turns into one.
public struct Algorithm: Sendable {
  /// The name, for messages.
  public var name: String
  /// How many steps a lane makes in an iteration; with whole episodes, after how many steps it starts no further one.
  public var stepsPerLane: Int
  /// What is learned from.
  public var method: Method
  /// Turns gradients into steps; how it begins.
  public var optimizer: any Optimizer
  /// How the optimizer's rate changes over the run.
  public var rateSchedule: Schedule
  /// The number of steps after which an exploring factor's noise is drawn again; 0 for once a rollout.
  public var explorationSteps: Int

  /// What is learned from.
  public enum Method: Sendable {
    /// Whole episodes.
    case trajectories(TrajectoryLearning)
    /// Rollouts of a fixed length, with a critic.
    case advantages(AdvantageLearning)
  }

  /// Makes an algorithm.
  public init(
    name: String, stepsPerLane: Int = 256, method: Method, optimizer: any Optimizer,
    rateSchedule: Schedule = .constant, explorationSteps: Int = 0
  ) {
    self.name = name
    self.stepsPerLane = stepsPerLane
    self.method = method
    self.optimizer = optimizer
    self.rateSchedule = rateSchedule
    self.explorationSteps = explorationSteps
  }
}

/// Learning from whole episodes: ĝ = 1/N Σᵢ Σₜ (c(i,t) − b w(i,t)) ∇log π, and a step of the optimizer for each.
public struct TrajectoryLearning: Sendable {
  /// The rule for coefficients c.
  public var estimator: any Estimator
  /// What is subtracted from them.
  public var baseline: Baseline
  /// How many steps a rollout serves; more than one needs an off-policy estimator.
  public var epochs = 1
  /// Whether coefficients are brought to mean 0 and deviation 1.
  public var normalizesCoefficients = false
  /// The weight of the policy's entropy.
  public var entropy = EntropyBonus()
  /// The largest norm of a gradient; 0 for any.
  public var gradientClip = 0.0

  /// What is subtracted from the coefficients.
  public enum Baseline: Sendable {
    /// Nothing.
    case none
    /// A baseline that is made of the trajectories.
    case trajectories(any PolicyGradients.Baseline)
    /// V, which is fitted to the returns, discounted by so much.
    case value(CriticFit, discount: Double)
  }

  /// Describes learning with one step for each rollout.
  public init(_ estimator: any Estimator, baseline: Baseline = .none) {
    (self.estimator, self.baseline) = (estimator, baseline)
  }
}

/// Learning from rollouts of a fixed length, with a critic.
public struct AdvantageLearning: Sendable {
  /// The rule for coefficients, which are made of advantages.
  public var estimator: any AdvantageEstimator
  /// What becomes of them.
  public var update: Update
  /// How rewards are changed before anything is learned from them.
  public var rewards = RewardScaling()
  /// The discount of the returns that rewards are scaled by.
  public var discount: Double
  /// The sequences of a recurrent policy.
  public var truncation = Truncation()

  /// What becomes of the coefficients.
  public enum Update: Sendable {
    /// Minibatches, which move the actor and the critic together.
    case joint(MinibatchSettings, ValueLoss)
    /// Minibatches, which move the actor; the critic is fitted by itself.
    case actor(MinibatchSettings, CriticFit)
    /// One natural step of the actor; the critic is fitted by itself.
    case natural(NaturalSettings, NaturalStep, CriticFit)
  }

  /// Describes learning.
  public init(_ estimator: any AdvantageEstimator, update: Update, discount: Double) {
    (self.estimator, self.update, self.discount) = (estimator, update, discount)
  }
}

/// The weight of the policy's entropy in what is ascended.
public struct EntropyBonus: Sendable, Equatable {
  /// The weight.
  public var weight = 0.0
  /// How it changes over the run.
  public var schedule = Schedule.constant

  /// No bonus.
  public init() {}

  /// The weight when this part of the run is still to come.
  func weight(_ remaining: Double) -> Double { weight * schedule.factor(remaining) }
}

/// The critic's part in an update that moves actor and critic together.
public struct ValueLoss: Sendable, Equatable {
  /// The weight of the critic's squared error.
  public var weight = 0.5
  /// How far V may move in an iteration before its error stops counting; 0 for any.
  ///
  /// Of the errors of V and of V clamped to that range the larger one counts, as in OpenAI's baselines.
  public var clip = 0.0

  /// The error at half its weight, without a clip.
  public init() {}
}
