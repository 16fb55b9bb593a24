internal import AscentPolicies
internal import AscentRegistries

extension AlgorithmSettings {
  /// Makes the algorithm that these settings describe.
  ///
  /// - Throws: ``LearnerError/setting(key:found:allowed:)`` for a number that a setting does not accept,
  ///   ``LearnerError/contradiction(_:)`` if settings contradict each other, with a message that says what to change.
  public func algorithm() throws(LearnerError) -> Algorithm {
    try checkNumbers()
    guard truncation.burnIn == 0 || truncation.length > 0 else {
      throw .contradiction(
        "algorithm.burn_in = \(truncation.burnIn) needs algorithm.sequence above 0"
      )
    }
    return Algorithm(
      name: name, stepsPerLane: stepsPerLane, method: try method(), optimizer: optimizer.make(optimization),
      rateSchedule: rateSchedule, explorationSteps: explorationSteps)
  }

  private func method() throws(LearnerError) -> Algorithm.Method {
    switch estimator.rule {
    case .trajectories(let make), .demonstrations(let make): .trajectories(try trajectories(make(estimation)))
    case .advantages(let make): .advantages(try advantages(reweighted(make(estimation))))
    case .weightedAdvantages(let make):
      if case .reweighting = surrogate.rule {
        throw .contradiction(
          "algorithm.estimator = \(estimator.name) already weights its advantages by the ratios; set "
            + "algorithm.surrogate = score")
      } else {
        .advantages(try advantages(make(estimation)))
      }
    }
  }

  // MARK: Whole episodes

  private func trajectories(_ rule: any Estimator) throws(LearnerError) -> TrajectoryLearning {
    guard truncation == Truncation() else {
      throw .contradiction("\(estimator.name) uses whole episodes; omit algorithm.sequence")
    }
    guard update == .gradient else {
      throw .contradiction(
        "algorithm.update = \(update.rawValue) needs advantages: set algorithm.estimator = advantage")
    }
    if case .reweighting = surrogate.rule {
      throw .contradiction(
        "algorithm.surrogate = \(surrogate.name) weights advantages, which \(estimator.name) does not use; set "
          + "algorithm.surrogate = score")
    }
    guard rewards == RewardScaling() else {
      throw .contradiction(
        "normalize.returns and normalize.reward_clip apply to advantages, which \(estimator.name) does not use"
      )
    }
    guard minibatches.epochs == 1 || !rule.isOnPolicy else {
      throw .contradiction(
        "algorithm.epochs = \(minibatches.epochs) reuses trajectories of older parameters, which the on-policy estimator "
          + "\(estimator.name) does not support; use one of \(Self.offPolicyNames)"
      )
    }
    var learning = TrajectoryLearning(rule)
    switch baseline.rule {
    case .none: break
    case .trajectories(let make): learning.baseline = .trajectories(make())
    case .value:
      guard critic.epochs > 0 else {
        throw .contradiction("algorithm.baseline = value needs algorithm.critic_epochs above 0")
      }
      learning.baseline = .value(critic, discount: estimation.gamma)
    }
    learning.epochs = minibatches.epochs
    learning.normalizesCoefficients = minibatches.normalization != .none
    (learning.advantageFloor, learning.discount) = (minibatches.advantageFloor, estimation.gamma)
    (learning.entropy, learning.gradientClip) = (minibatches.entropy, minibatches.gradientClip)
    return learning
  }

  /// The names of the estimators that reuse trajectories.
  private static var offPolicyNames: String {
    Registry<EstimatorEntry>.estimators.entries.filter {
      if case .trajectories(let make) = $0.rule { !make(EstimatorSettings()).isOnPolicy } else { false }
    }.map(\.name).joined(separator: ", ")
  }

  // MARK: Advantages

  private func advantages(_ rule: any AdvantageEstimator) throws(LearnerError) -> AdvantageLearning {
    guard baseline == .none || baseline.isValue else {
      throw .contradiction(
        "algorithm.estimator = \(estimator.name) already uses the critic's value as its baseline; omit "
          + "algorithm.baseline = \(baseline.name)")
    }
    var learning = AdvantageLearning(rule, update: try actorUpdate(rule), discount: estimation.gamma)
    (learning.rewards, learning.truncation) = (rewards, truncation)
    return learning
  }

  private func reweighted(
    _ rule: any AdvantageEstimator & OnPolicyEstimator
  ) -> any AdvantageEstimator {
    if case .reweighting(let make) = surrogate.rule { make(rule, estimation) } else { rule }
  }

  private func actorUpdate(
    _ coefficients: any AdvantageEstimator
  ) throws(LearnerError) -> AdvantageLearning.Update {
    guard update == .gradient else { return try naturalUpdate() }
    guard minibatches.epochs == 1 || !coefficients.isOnPolicy else {
      throw .contradiction(
        "algorithm.epochs = \(minibatches.epochs) reuses steps of older parameters, which algorithm.surrogate = "
          + "\(surrogate.name) does not support; use one of \(Self.reweightingNames), or algorithm.estimator = v-trace"
      )
    }
    return critic.epochs > 0 ? .actor(minibatches, critic) : .joint(minibatches, value)
  }

  /// The names of the surrogates that reuse steps.
  private static var reweightingNames: String {
    Registry<SurrogateEntry>.surrogates.entries.filter {
      if case .reweighting = $0.rule { true } else { false }
    }.map(\.name).joined(separator: ", ")
  }

  private func naturalUpdate() throws(LearnerError) -> AdvantageLearning.Update {
    guard critic.epochs > 0 else {
      throw .contradiction(
        "algorithm.update = \(update.rawValue) updates only the actor; set algorithm.critic_epochs above 0 to fit the critic"
      )
    }
    guard minibatches.epochs == 1 else {
      throw .contradiction(
        "algorithm.update = \(update.rawValue) makes one step for each rollout; set algorithm.epochs = 1, not "
          + "\(minibatches.epochs)")
    }
    guard case .none = surrogate.rule, minibatches.normalization != .minibatch else {
      throw .contradiction(
        "algorithm.update = \(update.rawValue) uses the whole rollout once: set algorithm.surrogate = score and "
          + "algorithm.normalize_advantages = batch or none")
    }
    guard update == .natural || minibatches.entropy.weight == 0 else {
      throw .contradiction(
        "algorithm.update = trust-region accepts only steps that raise the surrogate, which excludes the entropy: set "
          + "algorithm.entropy = 0"
      )
    }
    var step = NaturalStep(
      update == .natural ? .plain(minibatches.entropy) : .lineSearch,
      normalizesAdvantages: minibatches.normalization == .batch)
    step.advantageFloor = minibatches.advantageFloor
    return .natural(natural, step, critic)
  }

  // MARK: Notices

  /// Returns notices about settings that do not have the effect they appear to have, one sentence each.
  ///
  /// - Parameters:
  ///   - lanes: the number of lanes.
  ///   - isRecurrent: true if minibatches consist of whole sequences.
  /// - Returns: the notices.
  public func notices(lanes: Int, isRecurrent: Bool = false) -> [String] {
    guard usesAdvantages else {
      guard minibatches.normalization != .none, baseline.isConstant, estimator.make(estimation).isOnPolicy
      else { return [] }
      return [
        "algorithm.normalize_advantages = \(minibatches.normalization.rawValue) cancels the constant "
          + "algorithm.baseline = \(baseline.name)"
      ]
    }
    let rollout = stepsPerLane * lanes
    var sizes: [(key: String, steps: Int)] = []
    if update == .gradient { sizes.append(("algorithm.minibatch", minibatches.size)) }
    if critic.epochs > 0 { sizes.append(("algorithm.critic_minibatch", critic.minibatch)) }
    return sizes.compactMap { key, steps in
      if steps > rollout {
        return "\(key) = \(steps) exceeds the \(rollout) steps of a rollout, which form one minibatch"
      }
      guard steps > 0, rollout % steps != 0, !isRecurrent else { return nil }
      return
        "\(key) = \(steps) does not divide the \(rollout) steps of a rollout; the last minibatch of each "
        + "epoch has \(rollout % steps)"
    }
  }
}
