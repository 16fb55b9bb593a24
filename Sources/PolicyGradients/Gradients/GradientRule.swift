/// An estimator with a baseline, by name: `reward-to-go+average`.
public struct GradientRule: Sendable, Equatable, CustomStringConvertible {
  /// The rule for coefficients.
  public var estimator: EstimatorChoice
  /// What is subtracted from them.
  public var baseline: BaselineChoice
  /// γ in [0, 1].
  public var gamma: Double
  /// λ in [0, 1]: how far advantages look ahead.
  public var lambda: Double
  /// The largest importance weight that is used; 0 uses all.
  public var weightClip: Double

  /// The rules for coefficients, by name.
  public enum EstimatorChoice: String, Sendable, CaseIterable {
    case totalReturn = "total-return"
    case rewardToGo = "reward-to-go"
    case rewardToGoFromBeginning = "reward-to-go-from-beginning"
    case maximumLikelihood = "maximum-likelihood"
    case importanceSampling = "importance-sampling"
    case selfNormalized = "self-normalized"
    case perDecision = "per-decision"
    case firstOrder = "first-order"
    /// Generalized advantages.
    case advantage
    /// Advantages of steps that an older policy made.
    case vTrace = "v-trace"
  }

  /// The baselines, by name.
  public enum BaselineChoice: String, Sendable, CaseIterable {
    case none
    case average
    case leaveOneOut = "leave-one-out"
    case timeDependent = "time-dependent"
    case optimal
    case optimalLeaveOneOut = "optimal-leave-one-out"
    case optimalPerComponent = "optimal-per-component"
    /// V(o), learned along with the policy.
    case value
  }

  /// Makes a rule.
  public init(
    _ estimator: EstimatorChoice, _ baseline: BaselineChoice = .none, gamma: Double = 1,
    lambda: Double = 0.95, weightClip: Double = 0
  ) {
    self.estimator = estimator
    self.baseline = baseline
    self.gamma = gamma
    self.lambda = lambda
    self.weightClip = weightClip
  }

  /// Reads `estimator` or `estimator+baseline`; nil when one of them does not exist.
  public init?(named name: String, gamma: Double = 1) {
    let parts = name.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let estimator = EstimatorChoice(rawValue: String(first)) else {
      return nil
    }
    self.init(estimator, gamma: gamma)
    guard parts.count == 2 else { return }
    guard let baseline = BaselineChoice(rawValue: String(parts[1])) else { return nil }
    self.baseline = baseline
  }

  /// The name.
  public var description: String {
    baseline == .none ? estimator.rawValue : "\(estimator.rawValue)+\(baseline.rawValue)"
  }

  /// The estimator of coefficients from a trajectory alone; the advantage estimators, which need a critic, have
  /// the reward to go in its place.
  public var makeEstimator: any Estimator {
    let clip = weightClip > 0 ? weightClip : Double.infinity
    switch estimator {
    case .totalReturn: return TotalReturn(discount: gamma)
    case .rewardToGo: return RewardToGo(discount: gamma)
    case .rewardToGoFromBeginning: return RewardToGo(discount: gamma, isCountedFromBeginning: true)
    case .maximumLikelihood: return MaximumLikelihood()
    case .importanceSampling: return ImportanceSampling(discount: gamma, clip: clip)
    case .selfNormalized: return ImportanceSampling(discount: gamma, isSelfNormalized: true, clip: clip)
    case .perDecision: return PerDecisionImportanceSampling(discount: gamma, clip: clip)
    case .advantage, .vTrace: return RewardToGo(discount: gamma)
    case .firstOrder: return FirstOrderImportanceSampling(discount: gamma, clip: clip)
    }
  }

  /// The baseline that is made of the trajectories themselves, or nil for none.
  public var makeBaseline: (any Baseline)? {
    switch baseline {
    case .none, .value: nil
    case .average: AverageBaseline()
    case .leaveOneOut: AverageBaseline(leavesOneOut: true)
    case .timeDependent: TimeDependentBaseline()
    case .optimal: OptimalBaseline()
    case .optimalLeaveOneOut: OptimalBaseline(leavesOneOut: true)
    case .optimalPerComponent: PerComponentBaseline()
    }
  }

  /// Whether the expectation of the estimate is ∇J exactly, on trajectories of the policy itself.
  ///
  /// The average and the optimal baseline contain the trajectory that they are subtracted from, unless it is
  /// left out; a self-normalized sum is a quotient; a discount changes the objective.
  public var isUnbiased: Bool {
    let isExact = estimator != .maximumLikelihood && estimator != .selfNormalized && estimator != .firstOrder
    return isExact && baseline != .average && baseline != .optimal && gamma == 1 && weightClip == 0
  }
}
