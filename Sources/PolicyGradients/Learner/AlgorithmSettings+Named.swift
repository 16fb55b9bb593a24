public import AscentRegistries

extension Registry<AlgorithmSettings> {
  /// The named algorithms, in the order of the documentation.
  public static let algorithms = Registry(
    of: "algorithm",
    [
      .maximumLikelihood,
      .likelihoodRatio,
      .reinforce,
      .offPolicyReinforce,
      .vpg,
      .a2c,
      .ppo,
      .npg,
      .trpo,
      .vTrace,
    ])
}

extension AlgorithmSettings {
  /// Maximum likelihood on demonstrations, for `ascent clone`, with at most 200 passes.
  public static let maximumLikelihood = with(
    AlgorithmSettings(name: "maximum-likelihood", .maximumLikelihood, rate: 0.001)
  ) { $0.minibatches.epochs = 200 }

  /// The likelihood-ratio estimator: every step is weighted by the return of its trajectory.
  public static let likelihoodRatio = AlgorithmSettings(name: "likelihood-ratio", .totalReturn, rate: 0.003)

  /// REINFORCE with the reward to go and the average baseline.
  public static let reinforce = AlgorithmSettings(
    name: "reinforce", .rewardToGo, .average, EstimatorSettings(gamma: 0.99), rate: 0.003)

  /// Importance-weighted REINFORCE with several updates from each rollout.
  public static let offPolicyReinforce = with(
    AlgorithmSettings(
      name: "off-policy-reinforce", .selfNormalized, .leaveOneOut, EstimatorSettings(gamma: 0.99), rate: 0.001
    )
  ) { $0.minibatches.epochs = 4 }

  /// Vanilla policy gradient: one step per rollout with generalized advantages; the critic is fitted separately.
  public static let vpg = with(
    normalized(
      AlgorithmSettings(
        name: "vpg", .generalizedAdvantage, .none, EstimatorSettings(gamma: 0.99), rate: 0.003))
  ) {
    $0.minibatches.normalization = .batch
    ($0.critic.epochs, $0.critic.minibatch, $0.critic.rate) = (10, 64, 0.001)
  }

  /// Advantage actor-critic on short rollouts, with the settings of Stable-Baselines3 and TensorFlow's RMSProp.
  public static let a2c = with(
    normalized(
      AlgorithmSettings(
        name: "a2c", .generalizedAdvantage, .none, EstimatorSettings(gamma: 0.99, lambda: 1), rate: 0.0007))
  ) {
    $0.stepsPerLane = 5
    $0.optimizer = .rmsprop
    $0.optimization.epsilon = 1e-5
    $0.minibatches.gradientClip = 0.5
  }

  /// Proximal policy optimization with the settings of Stable-Baselines3.
  ///
  /// See Schulman et al. 2017.
  public static let ppo = with(
    normalized(
      AlgorithmSettings(
        name: "ppo", .generalizedAdvantage, .none, EstimatorSettings(gamma: 0.99), rate: 0.0003))
  ) {
    $0.surrogate = .clipped
    ($0.minibatches.epochs, $0.minibatches.size) = (10, 64)
    $0.minibatches.normalization = .minibatch
    $0.optimization.epsilon = 1e-5
    $0.minibatches.gradientClip = 0.5
  }

  /// Natural gradient steps of fixed divergence (Kakade 2001).
  public static let npg = with(trpo) {
    $0.name = "npg"
    $0.update = .natural
  }

  /// Trust region policy optimization with the settings of sb3-contrib.
  ///
  /// See Schulman et al. 2015.
  public static let trpo = with(
    normalized(
      AlgorithmSettings(
        name: "trpo", .generalizedAdvantage, .none, EstimatorSettings(gamma: 0.99), rate: 0.001))
  ) {
    $0.update = .trustRegion
    $0.minibatches.normalization = .batch
    ($0.critic.epochs, $0.critic.minibatch, $0.critic.rate) = (10, 128, 0.001)
  }

  /// Actor-critic with several passes over a rollout; V-trace corrects for the policy's changes since sampling.
  public static let vTrace = with(
    normalized(
      AlgorithmSettings(
        name: "v-trace", .vTrace, .none, EstimatorSettings(gamma: 0.99, lambda: 1, weightClip: 1),
        rate: 0.0007))
  ) {
    $0.stepsPerLane = 32
    $0.minibatches.epochs = 4
    $0.minibatches.gradientClip = 0.5
    $0.optimization.epsilon = 1e-5
  }

  /// Settings whose networks see numbers of magnitude 1 in every environment: standardized boxes, and rewards in units of
  /// the returns' deviation.
  private static func normalized(_ base: AlgorithmSettings) -> AlgorithmSettings {
    with(base) { ($0.standardization, $0.rewards.normalizesReturns) = (.boxes, true) }
  }

  private static func with(
    _ base: AlgorithmSettings, _ change: (inout AlgorithmSettings) -> Void
  ) -> AlgorithmSettings {
    var settings = base
    change(&settings)
    return settings
  }

  /// A one-line description of the algorithm.
  public var help: String {
    if isOfDemonstrations {
      return
        "maximum likelihood on demonstrations (ascent clone), \(optimizer.name) at rate \(optimization.rate)"
    }
    var parts = ["\(rule)", "γ \(estimation.gamma)"]
    if usesAdvantages { parts.append("λ \(estimation.lambda)") }
    switch update {
    case .gradient: parts.append("\(optimizer.name) at rate \(optimization.rate)")
    case .natural: parts.append("natural steps of divergence \(natural.trustRegion)")
    case .trustRegion: parts.append("natural steps of divergence \(natural.trustRegion) with a line search")
    }
    if surrogate == .clipped { parts.append("clip \(estimation.clip)") }
    if minibatches.epochs > 1 { parts.append("\(minibatches.epochs) epochs") }
    if minibatches.size > 0 { parts.append("minibatches of \(minibatches.size)") }
    return parts.joined(separator: ", ")
  }
}
