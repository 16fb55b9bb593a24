public import AscentRegistries

/// The parameters of the estimators.
public struct EstimatorSettings: Sendable, Equatable {
  /// The discount γ in [0, 1].
  public var gamma: Double
  /// λ in [0, 1]: the weight of later residuals in advantages.
  public var lambda: Double
  /// The bound that importance weights are clipped to; 0 for no limit.
  public var weightClip: Double
  /// ε of the clipped surrogate, which drops steps whose ratio is beyond 1 ± ε in the direction of improvement.
  public var clip: Double
  /// The schedule of ε.
  public var clipSchedule: Schedule

  /// Makes settings; the defaults are those of the undiscounted objective.
  public init(
    gamma: Double = 1, lambda: Double = 0.95, weightClip: Double = 0, clip: Double = 0.2,
    clipSchedule: Schedule = .constant
  ) {
    self.gamma = gamma
    self.lambda = lambda
    self.weightClip = weightClip
    self.clip = clip
    self.clipSchedule = clipSchedule
  }

  /// The largest importance weight, ∞ if there is no limit.
  public var largestWeight: Double { weightClip > 0 ? weightClip : .infinity }
}

/// An estimator with its name and properties.
public struct EstimatorEntry: RegistryEntry, Equatable {
  /// The name in `algorithm.estimator`.
  public let name: String
  /// A one-line description.
  public let help: String
  /// True if E[ĝ] = ∇J for γ = 1, on trajectories of the policy that the estimator requires.
  public let isUnbiased: Bool
  /// The expectation of the estimate over trajectories of the current policy.
  public let expectation: Expectation
  /// True if its first coefficient estimates J, so that it is usable off-policy by `ascent estimate`.
  public let estimatesObjective: Bool
  /// The function that makes the estimator.
  public let rule: Rule

  /// The expectation of an estimate over trajectories of the current policy.
  public enum Expectation: Sendable, Equatable {
    /// 0.
    case zero
    /// E[Σₜ ∇log π(t) Σ_{t′≥t} γ^{t′−t} r(t′)], if no importance weight is clipped.
    case rewardToGo
    /// The gradient of E[Σₜ γᵗ r(t)], if no importance weight is clipped.
    case totalReturn
    /// No formula is known: the estimate is a ratio of random numbers, or uses a learned critic.
    case unknown
  }

  /// A function that makes an estimator.
  public enum Rule: Sendable {
    /// An estimator that needs only trajectories.
    case trajectories(@Sendable (EstimatorSettings) -> any Estimator)
    /// For demonstrations: the estimator uses no rewards.
    case demonstrations(@Sendable (EstimatorSettings) -> any Estimator)
    /// An estimator of advantages with a critic, for steps of the current policy; a surrogate can reweight them.
    case advantages(@Sendable (EstimatorSettings) -> any AdvantageEstimator & OnPolicyEstimator)
    /// An estimator of advantages with a critic that weights the steps of an older policy itself.
    case weightedAdvantages(@Sendable (EstimatorSettings) -> any AdvantageEstimator)
  }

  /// Makes an entry.
  public init(
    _ name: String, help: String, isUnbiased: Bool, expectation: Expectation, estimatesObjective: Bool,
    rule: Rule
  ) {
    self.name = name
    self.help = help
    self.isUnbiased = isUnbiased
    self.expectation = expectation
    self.estimatesObjective = estimatesObjective
    self.rule = rule
  }

  /// Makes the estimator.
  public func make(_ settings: EstimatorSettings) -> any Estimator {
    switch rule {
    case .trajectories(let make), .demonstrations(let make): make(settings)
    case .advantages(let make): make(settings)
    case .weightedAdvantages(let make): make(settings)
    }
  }

  /// True if the estimator needs a critic.
  public var needsCritic: Bool {
    switch rule {
    case .trajectories, .demonstrations: false
    case .advantages, .weightedAdvantages: true
    }
  }

  /// True if both entries have the same name.
  public static func == (a: EstimatorEntry, b: EstimatorEntry) -> Bool { a.name == b.name }
}

extension Registry<EstimatorEntry> {
  /// The estimators of this library.
  public static let estimators = Registry(
    of: "estimator",
    [
      .totalReturn,
      .rewardToGo,
      .rewardToGoFromBeginning,
      .maximumLikelihood,
      .importanceSampling,
      .selfNormalized,
      .perDecision,
      .perDecisionFromBeginning,
      .firstOrder,
      .generalizedAdvantage,
      .vTrace,
    ])
}
