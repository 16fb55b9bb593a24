extension Algorithm {
  /// Every named algorithm, in the order in which they are taught.
  public static let all: [Algorithm] = [
    maximumLikelihood, likelihoodRatio, reinforce, offPolicyReinforce, vpg, a2c, ppo, npg, trpo, vTrace,
  ]

  /// The one that is taken when none is named.
  public static let standard = ppo

  /// Maximum likelihood on demonstrations, for `ascent clone`: at most so many passes.
  public static let maximumLikelihood = with(
    Algorithm(name: "maximum-likelihood", rule: GradientRule(.maximumLikelihood), rate: 0.001)
  ) { $0.epochs = 200 }

  /// The notes' first estimator: every step weighted by the return of its trajectory.
  public static let likelihoodRatio = Algorithm(
    name: "likelihood-ratio", rule: GradientRule(.totalReturn), rate: 0.003)

  /// REINFORCE with reward to go and the average baseline.
  public static let reinforce = Algorithm(
    name: "reinforce", rule: GradientRule(.rewardToGo, .average, gamma: 0.99), rate: 0.003)

  /// Importance-weighted REINFORCE: each rollout serves several updates, as long as its weights last.
  public static let offPolicyReinforce = with(
    Algorithm(
      name: "off-policy-reinforce", rule: GradientRule(.selfNormalized, .leaveOneOut, gamma: 0.99),
      rate: 0.001)
  ) { $0.epochs = 4 }

  /// One step for each rollout along the gradient with generalized advantages; the critic is fitted by itself.
  public static let vpg = with(
    Algorithm(name: "vpg", rule: GradientRule(.advantage, gamma: 0.99), rate: 0.003)
  ) {
    $0.advantageNormalization = .batch
    ($0.criticEpochs, $0.criticMinibatch, $0.criticRate) = (10, 64, 0.001)
  }

  /// Advantage actor-critic on short rollouts, with the settings of Stable-Baselines3 and TensorFlow's RMSProp.
  public static let a2c = with(
    Algorithm(name: "a2c", rule: GradientRule(.advantage, gamma: 0.99, lambda: 1), rate: 0.0007)
  ) {
    $0.stepsPerLane = 5
    $0.optimizer = .rmsprop
    $0.optimizerEpsilon = 1e-5
    $0.gradientClip = 0.5
  }

  /// Proximal policy optimization (Schulman and others 2017), with the settings of Stable-Baselines3.
  public static let ppo = with(
    Algorithm(name: "ppo", rule: GradientRule(.advantage, gamma: 0.99), rate: 0.0003)
  ) {
    $0.surrogate = .clipped
    ($0.epochs, $0.minibatch) = (10, 64)
    $0.advantageNormalization = .minibatch
    $0.optimizerEpsilon = 1e-5
    $0.gradientClip = 0.5
  }

  /// Steps of a fixed divergence along the natural gradient (Kakade 2001).
  public static let npg = with(trpo) {
    $0.name = "npg"
    $0.update = .natural
  }

  /// Trust region policy optimization (Schulman and others 2015), with the settings of sb3-contrib.
  public static let trpo = with(
    Algorithm(name: "trpo", rule: GradientRule(.advantage, gamma: 0.99), rate: 0.001)
  ) {
    $0.update = .trustRegion
    $0.advantageNormalization = .batch
    ($0.criticEpochs, $0.criticMinibatch, $0.criticRate) = (10, 128, 0.001)
  }

  /// Actor-critic that goes over a rollout several times, with V-trace for the steps that have become older.
  public static let vTrace = with(
    Algorithm(
      name: "v-trace", rule: GradientRule(.vTrace, gamma: 0.99, lambda: 1, weightClip: 1), rate: 0.0007)
  ) {
    $0.stepsPerLane = 32
    $0.epochs = 4
    $0.gradientClip = 0.5
    $0.optimizerEpsilon = 1e-5
  }

  private static func with(_ base: Algorithm, _ change: (inout Algorithm) -> Void) -> Algorithm {
    var algorithm = base
    change(&algorithm)
    return algorithm
  }

  /// What the algorithm does, in one line.
  public var summary: String {
    if rule.estimator == .maximumLikelihood {
      return "maximum likelihood on demonstrations (ascent clone), \(optimizer.rawValue) at rate \(rate)"
    }
    var parts = ["\(rule)", "γ \(rule.gamma)"]
    if usesAdvantages { parts.append("λ \(rule.lambda)") }
    switch update {
    case .gradient: parts.append("\(optimizer.rawValue) at rate \(rate)")
    case .natural: parts.append("natural steps of divergence \(trustRegion)")
    case .trustRegion: parts.append("natural steps of divergence \(trustRegion) with a line search")
    }
    if surrogate == .clipped { parts.append("clip \(clip)") }
    if epochs > 1 { parts.append("\(epochs) epochs") }
    if minibatch > 0 { parts.append("minibatches of \(minibatch)") }
    return parts.joined(separator: ", ")
  }
}
