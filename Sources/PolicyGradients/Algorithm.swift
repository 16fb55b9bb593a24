/// The settings of a learner.
///
/// A named algorithm is a value of this type.
public struct Algorithm: Sendable, Equatable {
  /// The name on the command line.
  public var name: String
  /// The rule for coefficients, and what is subtracted from them.
  public var rule: GradientRule
  /// How a gradient becomes a step.
  public var optimizer: OptimizerChoice
  /// The optimiser's rate α > 0.
  public var rate: Double
  /// How many steps a lane makes in an iteration before it stops at an episode's end.
  public var stepsPerLane: Int
  /// How many updates one rollout is used for; more than 1 needs an off-policy estimator.
  public var epochs: Int

  /// The optimisers, by name.
  public enum OptimizerChoice: String, Sendable, CaseIterable {
    case ascent, adam
  }

  /// Every named algorithm, in the order in which they are taught.
  public static let all: [Algorithm] = [
    maximumLikelihood, likelihoodRatio, reinforce, offPolicyReinforce,
  ]

  /// Maximum likelihood on demonstrations, for `ascent clone`: at most so many passes.
  public static let maximumLikelihood = Algorithm(
    name: "maximum-likelihood", rule: GradientRule(.maximumLikelihood), optimizer: .adam, rate: 0.001,
    stepsPerLane: 256, epochs: 200)

  /// The notes' first estimator: every step weighted by the return of its trajectory.
  public static let likelihoodRatio = Algorithm(
    name: "likelihood-ratio", rule: GradientRule(.totalReturn), optimizer: .adam, rate: 0.003,
    stepsPerLane: 256, epochs: 1)

  /// REINFORCE with reward to go and the average baseline.
  public static let reinforce = Algorithm(
    name: "reinforce", rule: GradientRule(.rewardToGo, .average, gamma: 0.99), optimizer: .adam,
    rate: 0.003, stepsPerLane: 256, epochs: 1)

  /// Importance-weighted REINFORCE: each rollout serves several updates, as long as its weights last.
  public static let offPolicyReinforce = Algorithm(
    name: "off-policy-reinforce",
    rule: GradientRule(.selfNormalized, .leaveOneOut, gamma: 0.99), optimizer: .adam, rate: 0.001,
    stepsPerLane: 256, epochs: 4)

  /// What the algorithm does, in one line.
  public var summary: String {
    if rule.estimator == .maximumLikelihood {
      return "maximum likelihood on demonstrations (ascent clone), \(optimizer.rawValue) at rate \(rate)"
    }
    let reuse = epochs > 1 ? ", \(epochs) updates a rollout" : ""
    return "\(rule), γ \(rule.gamma), \(optimizer.rawValue) at rate \(rate)\(reuse)"
  }

  var makeOptimizer: any Optimizer {
    switch optimizer {
    case .ascent: GradientAscent(rate: rate)
    case .adam: Adam(rate: rate)
    }
  }
}
