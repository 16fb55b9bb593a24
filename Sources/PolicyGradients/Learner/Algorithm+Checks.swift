internal import Policies

extension Algorithm {
  /// Whether the settings go together, and with the policy.
  ///
  /// - Throws: ``LearnerError/contradiction(_:)`` with a sentence that says what to change.
  func check(_ policy: Policy) throws(LearnerError) {
    guard !needsCritic || policy.hasCritic else {
      throw .contradiction("\(rule) needs a policy with a critic")
    }
    guard truncation.burnIn == 0 || truncation.length > 0 else {
      throw .contradiction(
        "algorithm.burn_in = \(truncation.burnIn) leads to the sequences of algorithm.sequence, which is 0 for whole episodes"
      )
    }
    guard policy.remembers || truncation == Truncation() else {
      throw .contradiction(
        "algorithm.sequence cuts what a policy remembers; set policy.memory = gru or lstm, or leave it away")
    }
    guard usesAdvantages || truncation == Truncation() else {
      throw .contradiction(
        "\(rule.estimator.rawValue) goes through whole episodes; leave algorithm.sequence away")
    }
    guard normalizesObservations == policy.architecture.standardizes else {
      throw .contradiction("the policy must standardize observations where the algorithm normalizes them")
    }
    if usesAdvantages {
      guard rule.baseline == .none || rule.baseline == .value else {
        throw .contradiction(
          "algorithm.estimator = \(rule.estimator.rawValue) has the value for its baseline; leave "
            + "algorithm.baseline = \(rule.baseline.rawValue) away")
      }
      guard criticEpochs > 0 || update == .gradient else {
        throw .contradiction(
          "algorithm.update = \(update.rawValue) moves the actor alone; set algorithm.critic_epochs for the critic"
        )
      }
      guard epochs == 1 || update == .gradient else {
        throw .contradiction(
          "algorithm.update = \(update.rawValue) makes one step for each rollout; algorithm.epochs = \(epochs) "
            + "does not go with it")
      }
      guard rule.estimator != .vTrace || surrogate == .score else {
        throw .contradiction(
          "algorithm.estimator = v-trace weighs its advantages by the ratios already; take algorithm.surrogate = score"
        )
      }
      guard update == .gradient || (surrogate == .score && advantageNormalization != .minibatch) else {
        throw .contradiction(
          "algorithm.update = \(update.rawValue) looks at the whole rollout once: algorithm.surrogate = score and "
            + "algorithm.normalize_advantages = batch or none go with it")
      }
      guard update != .trustRegion || entropy == 0 else {
        throw .contradiction(
          "algorithm.update = trust-region takes no step that lowers the surrogate, which algorithm.entropy is no part of"
        )
      }
      guard epochs == 1 || surrogate != .score || rule.estimator == .vTrace else {
        throw .contradiction(
          "algorithm.epochs = \(epochs) uses steps of older parameters, which algorithm.surrogate = score cannot; "
            + "take ratio or clipped, or algorithm.estimator = v-trace")
      }
    } else {
      guard update == .gradient else {
        throw .contradiction(
          "algorithm.update = \(update.rawValue) needs advantages: set algorithm.estimator = advantage")
      }
      guard !normalizesReturns, rewardClip == 0 else {
        throw .contradiction(
          "normalize.returns and normalize.reward_clip change advantages; \(rule.estimator.rawValue) has none"
        )
      }
      guard rule.baseline != .value || criticEpochs > 0 else {
        throw .contradiction("algorithm.baseline = value needs algorithm.critic_epochs above 0")
      }
    }
    if policy.architecture.critic == .shared, criticEpochs > 0 {
      throw .contradiction(
        "policy.trunk = shared is learned together with the actor; algorithm.critic_epochs must be 0, "
          + "or take policy.trunk = separate")
    }
  }

  /// What will not be as it was asked for, each in a sentence.
  public func notices(lanes: Int, remembers: Bool = false) -> [String] {
    guard usesAdvantages else {
      // A mean that is taken away from every coefficient takes away whatever constant was subtracted before.
      guard advantageNormalization != .none, rule.baseline == .average || rule.baseline == .optimal,
        [.totalReturn, .rewardToGo, .rewardToGoFromBeginning].contains(rule.estimator)
      else { return [] }
      return [
        "algorithm.normalize_advantages = \(advantageNormalization.rawValue) undoes the constant "
          + "algorithm.baseline = \(rule.baseline.rawValue)"
      ]
    }
    let rollout = stepsPerLane * lanes
    var sizes: [(key: String, steps: Int)] = []
    if update == .gradient { sizes.append(("algorithm.minibatch", minibatch)) }
    if criticEpochs > 0 { sizes.append(("algorithm.critic_minibatch", criticMinibatch)) }
    return sizes.compactMap { key, steps in
      if steps > rollout {
        return "\(key) = \(steps) is more than a rollout has; its \(rollout) steps are one minibatch"
      }
      // Minibatches of whole sequences have as many steps as these happen to have.
      guard steps > 0, rollout % steps != 0, !remembers else { return nil }
      return
        "\(key) = \(steps) does not divide the \(rollout) steps of a rollout; the last minibatch of each "
        + "epoch has the \(rollout % steps) that are left"
    }
  }
}
