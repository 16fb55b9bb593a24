/// The settings of a learner.
///
/// A named algorithm is a value of this type.
public struct Algorithm: Sendable, Equatable {
  /// The name on the command line.
  public var name: String
  /// The rule for coefficients.
  public var estimator: EstimatorChoice
  /// What is subtracted from them.
  public var baseline: BaselineChoice
  /// γ in [0, 1].
  public var gamma: Double
  /// How a gradient becomes a step.
  public var optimizer: OptimizerChoice
  /// The optimiser's rate α > 0.
  public var rate: Double
  /// How many steps a lane makes in an iteration before it stops at an episode's end.
  public var stepsPerLane: Int

  /// The rules for coefficients, by name.
  public enum EstimatorChoice: String, Sendable, CaseIterable {
    case totalReturn = "total-return"
    case rewardToGo = "reward-to-go"
  }

  /// The baselines, by name.
  public enum BaselineChoice: String, Sendable, CaseIterable {
    case none, average
  }

  /// The optimisers, by name.
  public enum OptimizerChoice: String, Sendable, CaseIterable {
    case ascent, adam
  }

  /// Every named algorithm, in the order in which they are taught.
  public static let all: [Algorithm] = [likelihoodRatio, reinforce]

  /// The notes' first estimator: every step weighted by the return of its trajectory.
  public static let likelihoodRatio = Algorithm(
    name: "likelihood-ratio", estimator: .totalReturn, baseline: .none, gamma: 1, optimizer: .adam,
    rate: 0.003, stepsPerLane: 256)

  /// REINFORCE with reward to go and the average baseline.
  public static let reinforce = Algorithm(
    name: "reinforce", estimator: .rewardToGo, baseline: .average, gamma: 0.99, optimizer: .adam,
    rate: 0.003, stepsPerLane: 256)

  /// What the algorithm does, in one line.
  public var summary: String {
    let weight = estimator == .totalReturn ? "total return" : "reward to go"
    return "\(weight), baseline \(baseline.rawValue), γ \(gamma), \(optimizer.rawValue) at rate \(rate)"
  }

  var makeEstimator: any Estimator {
    switch estimator {
    case .totalReturn: TotalReturn(discount: gamma)
    case .rewardToGo: RewardToGo(discount: gamma)
    }
  }

  var makeBaseline: (any Baseline)? {
    switch baseline {
    case .none: nil
    case .average: AverageBaseline()
    }
  }

  var makeOptimizer: any Optimizer {
    switch optimizer {
    case .ascent: GradientAscent(rate: rate)
    case .adam: Adam(rate: rate)
    }
  }
}
