public import Registries

/// The numbers that estimators are made with.
public struct EstimatorSettings: Sendable, Equatable {
  /// γ in [0, 1].
  public var gamma: Double
  /// λ in [0, 1]: how far advantages look ahead.
  public var lambda: Double
  /// The largest importance weight that is used; 0 for no limit.
  public var weightClip: Double
  /// ε: the clipped surrogate ignores ratios beyond 1 ± ε.
  public var clip: Double
  /// How ε changes over the run.
  public var clipSchedule: Schedule

  /// Makes settings; those of the undiscounted objective unless others are given.
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

  /// The largest importance weight, ∞ for no limit.
  public var largestWeight: Double { weightClip > 0 ? weightClip : .infinity }
}

/// An estimator under its name, with what follows from it.
public struct EstimatorEntry: RegistryEntry, Equatable {
  /// The name in `algorithm.estimator`.
  public let name: String
  /// What it is, in one line.
  public let help: String
  /// Whether E[ĝ] = ∇J for γ = 1, on trajectories of the policy that it asks for.
  public let isUnbiased: Bool
  /// What it is on average over trajectories of the policy itself.
  public let expectation: Expectation
  /// Whether its first coefficient estimates J, for `ascent estimate`.
  public let estimatesObjective: Bool
  /// How it is made.
  public let rule: Rule

  /// What an estimate is on average, over trajectories of the policy itself.
  public enum Expectation: Sendable, Equatable {
    /// 0.
    case zero
    /// E[Σₜ ∇log π(t) Σ_{t′≥t} γ^{t′−t} r(t′)], if no importance weight is clipped.
    case rewardToGo
    /// The gradient of E[Σₜ γᵗ r(t)], if no importance weight is clipped.
    case totalReturn
    /// No formula is known: a quotient of random numbers, or an estimate with a learned critic.
    case unknown
  }

  /// How an estimator is made.
  public enum Rule: Sendable {
    /// From trajectories alone.
    case trajectories(@Sendable (EstimatorSettings) -> any Estimator)
    /// With a critic.
    case advantages(@Sendable (EstimatorSettings) -> any AdvantageEstimator)
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
    case .trajectories(let make): make(settings)
    case .advantages(let make): make(settings)
    }
  }

  /// Whether a critic is needed.
  public var needsCritic: Bool {
    if case .advantages = rule { true } else { false }
  }

  /// Whether two entries have the same name.
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
