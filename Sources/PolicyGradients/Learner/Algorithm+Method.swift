internal import AscentEnvironments
internal import AscentPolicies
internal import AscentRandomness

extension Algorithm {
  /// Checks that the algorithm can train the policy in the lanes.
  ///
  /// - Throws: ``LearnerError/setting(key:found:allowed:)`` or ``LearnerError/contradiction(_:)``, with a message that
  ///   says what to change.
  func check(_ policy: Policy, _ lanes: Lanes) throws(LearnerError) {
    try checkNumbers()
    guard policy.observationSize == lanes.observationSize, policy.maskSize == lanes.maskSize,
      policy.actionSize == lanes.actionSize
    else {
      throw .contradiction(
        "the policy has \(policy.observationSize) numbers of an observation, \(policy.maskSize) of a mask and "
          + "\(policy.actionSize) of an action; the lanes have \(lanes.observationSize), \(lanes.maskSize) and "
          + "\(lanes.actionSize)")
    }
    if case .trajectories(let learning) = method {
      guard !(learning.estimator is any AdvantageEstimator) else {
        throw .contradiction("\(name) learns from whole trajectories, but its estimator needs a critic")
      }
      guard !learning.isWithoutEntropy || learning.entropy.weight == 0 else {
        throw .contradiction(
          "\(name) has a baseline for each parameter, whose gradient has no part for the entropy: set "
            + "algorithm.entropy = 0")
      }
    }
    guard !needsCritic || policy.hasCritic else {
      throw .contradiction("\(name) needs a policy with a critic")
    }
    guard policy.remembers || truncation == Truncation() else {
      throw .contradiction(
        "algorithm.sequence needs a recurrent policy: set policy.memory = gru or lstm, or remove algorithm.sequence"
      )
    }
    guard epochs == 1 || !estimator.isOnPolicy else {
      throw .contradiction(
        "\(name) makes \(epochs) passes over a rollout, but its on-policy estimator allows only one")
    }
    guard policy.architecture.critic != .shared || !fitsCritic else {
      throw .contradiction(
        "with policy.trunk = shared the critic is learned together with the actor: set algorithm.critic_epochs = 0 "
          + "or policy.trunk = separate")
    }
  }

  /// The estimator of the method.
  public var estimator: any Estimator {
    switch method {
    case .trajectories(let learning): learning.estimator
    case .advantages(let learning): learning.estimator
    }
  }

  /// True if the algorithm learns a critic.
  public var needsCritic: Bool {
    switch method {
    case .trajectories(let learning):
      if case .value = learning.baseline { true } else { false }
    case .advantages: true
    }
  }

  /// True if the critic is fitted separately from the actor.
  private var fitsCritic: Bool {
    switch method {
    case .trajectories: needsCritic
    case .advantages(let learning):
      if case .joint = learning.update { false } else { true }
    }
  }

  /// The number of passes over a rollout.
  private var epochs: Int {
    switch method {
    case .trajectories(let learning): learning.epochs
    case .advantages(let learning):
      switch learning.update {
      case .joint(let settings, _), .actor(let settings, _): settings.epochs
      case .natural: 1
      }
    }
  }

  /// The truncation of a recurrent policy's sequences.
  var truncation: Truncation {
    if case .advantages(let learning) = method { learning.truncation } else { Truncation() }
  }

  /// Makes the method in its initial state.
  func makeMethod(
    _ policy: Policy, _ lanes: Lanes, _ order: RandomStream, with collective: any Collective
  ) -> any LearningMethod {
    switch method {
    case .trajectories(let learning):
      TrajectoryMethod(learning, self, policy, lanes, order, with: collective)
    case .advantages(let learning):
      AdvantageMethod(learning, self, policy, lanes, order, with: collective)
    }
  }
}
