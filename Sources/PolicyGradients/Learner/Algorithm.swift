/// The configuration of a learner: the estimator and the use of its gradient.
///
/// Parameters that belong together form one case with a payload, so that an algorithm cannot be contradictory. Named
/// algorithms, and the keys of a command line or a run.toml, are ``AlgorithmSettings``, which
/// ``AlgorithmSettings/algorithm()`` converts to an algorithm.
public struct Algorithm: Sendable {
  /// The name for messages.
  public var name: String
  /// The steps of a lane per iteration; with whole episodes, the number after which the lane begins no new episode.
  public var stepsPerLane: Int
  /// The learning method.
  public var method: Method
  /// The optimizer in its initial state.
  public var optimizer: any Optimizer
  /// The schedule of the optimizer's rate.
  public var rateSchedule: Schedule
  /// The number of steps after which an exploring factor's noise is drawn again; 0 for once per rollout.
  public var explorationSteps: Int

  /// The learning method.
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

/// Learning from whole episodes: ĝ = 1/N Σᵢ Σₜ (c(i,t) − b w(i,t)) ∇log π, with one optimizer step for each ĝ.
public struct TrajectoryLearning: Sendable {
  /// The estimator of the coefficients c.
  public var estimator: any Estimator
  /// The baseline that is subtracted from them.
  public var baseline: Baseline
  /// The number of optimizer steps per rollout; more than one requires an off-policy estimator.
  public var epochs = 1
  /// True if coefficients are normalized to mean 0 and deviation 1.
  public var normalizesCoefficients = false
  /// The least divisor of normalized coefficients, in sizes of a jump of the discounted return; 0 for none.
  public var advantageFloor = MinibatchSettings.advantageFloor
  /// The discount of these returns.
  public var discount = 1.0
  /// The bonus for the policy's entropy.
  public var entropy = EntropyBonus()
  /// The largest norm of a gradient; 0 for no limit.
  public var gradientClip = 0.0

  /// The baseline that is subtracted from the coefficients.
  public enum Baseline: Sendable {
    /// No baseline.
    case none
    /// A baseline that is computed from the trajectories.
    case trajectories(any AscentPolicyGradients.Baseline)
    /// V, fitted to the returns with the given discount.
    case value(CriticFit, discount: Double)
  }

  /// Makes a configuration with one optimizer step per rollout.
  public init(_ estimator: any Estimator, baseline: Baseline = .none) {
    (self.estimator, self.baseline) = (estimator, baseline)
  }

  /// True if the gradient is computed for each parameter by itself, without the entropy's part.
  var isWithoutEntropy: Bool {
    if case .trajectories(let baseline) = baseline { baseline.layout == .parameters } else { false }
  }
}

/// Learning from rollouts of a fixed length with a critic.
public struct AdvantageLearning: Sendable {
  /// The estimator of the advantages and coefficients.
  public var estimator: any AdvantageEstimator
  /// The update that uses the coefficients.
  public var update: Update
  /// The scaling and clipping of rewards before learning.
  public var rewards = RewardScaling()
  /// The discount of the returns whose deviation scales the rewards.
  public var discount: Double
  /// The truncation of a recurrent policy's sequences.
  public var truncation = Truncation()

  /// The kinds of updates.
  public enum Update: Sendable {
    /// Minibatch updates of actor and critic together.
    case joint(MinibatchSettings, ValueLoss)
    /// Minibatch updates of the actor; the critic is fitted separately.
    case actor(MinibatchSettings, CriticFit)
    /// One natural gradient step of the actor; the critic is fitted separately.
    case natural(NaturalSettings, NaturalStep, CriticFit)
  }

  /// Makes a configuration.
  public init(_ estimator: any AdvantageEstimator, update: Update, discount: Double) {
    (self.estimator, self.update, self.discount) = (estimator, update, discount)
  }
}

extension AdvantageLearning.Update {
  /// The floor of the advantages' divisor in sizes of a jump of the return; 0 if there is none, or they are not normalized.
  var advantageFloor: Double {
    switch self {
    case .joint(let passes, _), .actor(let passes, _):
      passes.normalization == .none ? 0 : passes.advantageFloor
    case .natural(_, let step, _): step.normalizesAdvantages ? step.advantageFloor : 0
    }
  }
}

/// The weight of the policy's entropy in the objective that is ascended.
public struct EntropyBonus: Sendable, Equatable {
  /// The initial weight.
  public var weight = 0.0
  /// The schedule of the weight.
  public var schedule = Schedule.constant

  /// Makes a bonus of weight 0.
  public init() {}

  /// The weight when the fraction `remaining` of the run remains.
  func weight(_ remaining: Double) -> Double { weight * schedule.factor(remaining) }
}

/// The critic's loss in a joint update of actor and critic.
public struct ValueLoss: Sendable, Equatable {
  /// The weight of the critic's squared error.
  public var weight = 0.5
  /// The clip of V's change in an iteration; 0 for no clip.
  ///
  /// The loss is the larger of the squared errors of V and of V clamped to old V ± clip, as in OpenAI Baselines.
  public var clip = 0.0

  /// Makes a loss of weight 0.5 without a clip.
  public init() {}
}
