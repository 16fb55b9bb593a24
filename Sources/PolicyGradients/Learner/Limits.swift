// The numbers that a setting may have: those of the command line, whose keys the sentences name. Only the command line
// also refuses rates above 1000, which are mistakes of typing there.

/// The set of numbers that a setting accepts.
struct Limits: Sendable {
  /// A description that completes a sentence after "takes".
  let words: String
  let contains: @Sendable (Double) -> Bool

  /// The numbers from 0 to 1.
  static let unitInterval = Limits(words: "a number from 0 to 1") { $0 >= 0 && $0 <= 1 }
  /// The numbers above 0.
  static let positive = Limits(words: "a number above 0") { $0 > 0 }
  /// The numbers above 0 and below 1.
  static let factor = Limits(words: "a number above 0 and below 1") { $0 > 0 && $0 < 1 }
  /// The numbers from 0, where 0 has a special meaning.
  static let zeroOrMore = Limits(words: "0, or a number above 0") { $0 >= 0 }

  /// Checks a number.
  ///
  /// - Throws: ``LearnerError/setting(key:found:allowed:)`` for a number that is not finite or not accepted.
  static func check(_ key: String, _ number: Double, _ limits: Limits) throws(LearnerError) {
    guard number.isFinite, limits.contains(number) else {
      throw .setting(key: key, found: "\(number)", allowed: limits.words)
    }
  }

  /// Checks a whole number.
  ///
  /// - Throws: ``LearnerError/setting(key:found:allowed:)`` for one outside of the range.
  static func check(_ key: String, _ number: Int, _ range: ClosedRange<Int>) throws(LearnerError) {
    guard range.contains(number) else {
      throw .setting(
        key: key, found: "\(number)",
        allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
  }

  /// Checks a bound of importance weights, which may be infinite.
  static func check(weightClip clip: Double) throws(LearnerError) {
    guard clip > 0 else {
      throw .setting(
        key: "algorithm.weight_clip", found: "\(clip)", allowed: "a number above 0, infinity for no bound")
    }
  }
}

extension AlgorithmSettings {
  /// Checks every number, also of settings that the algorithm does not use.
  func checkNumbers() throws(LearnerError) {
    try estimation.check()
    try minibatches.check()
    try optimization.check()
    try value.check()
    try critic.check()
    try natural.check()
    try rewards.check()
    try truncation.check()
    try Limits.check("rollout.steps", stepsPerLane, 1...1_000_000)
    try Limits.check("policy.exploration_steps", explorationSteps, 0...1_000_000_000)
  }
}

extension Algorithm {
  /// Checks every number that the algorithm uses.
  func checkNumbers() throws(LearnerError) {
    try Limits.check("rollout.steps", stepsPerLane, 1...1_000_000)
    try Limits.check("policy.exploration_steps", explorationSteps, 0...1_000_000_000)
    try Limits.check("algorithm.rate", optimizer.rate, .positive)
    try estimator.check()
    switch method {
    case .trajectories(let learning):
      try Limits.check("algorithm.epochs", learning.epochs, 1...1000)
      try Limits.check("algorithm.entropy", learning.entropy.weight, .zeroOrMore)
      try Limits.check("algorithm.advantage_floor", learning.advantageFloor, .zeroOrMore)
      try Limits.check("algorithm.gradient_clip", learning.gradientClip, .zeroOrMore)
      guard case .value(let fit, let discount) = learning.baseline else { return }
      try fit.check()
      try Limits.check("algorithm.gamma", discount, .unitInterval)
    case .advantages(let learning):
      try Limits.check("algorithm.gamma", learning.discount, .unitInterval)
      try learning.rewards.check()
      try learning.truncation.check()
      switch learning.update {
      case .joint(let passes, let loss):
        try passes.check()
        try loss.check()
      case .actor(let passes, let fit):
        try passes.check()
        try fit.check()
      case .natural(let settings, let step, let fit):
        try settings.check()
        try step.check()
        try fit.check()
      }
    }
  }
}

extension EstimatorSettings {
  func check() throws(LearnerError) {
    try Limits.check("algorithm.gamma", gamma, .unitInterval)
    try Limits.check("algorithm.lambda", lambda, .unitInterval)
    try Limits.check("algorithm.weight_clip", weightClip, .zeroOrMore)
    try Limits.check("algorithm.clip", clip, .positive)
  }
}

extension OptimizerSettings {
  func check() throws(LearnerError) {
    try Limits.check("algorithm.rate", rate, .positive)
    try Limits.check("algorithm.optimizer_epsilon", epsilon, .positive)
    try Limits.check("algorithm.weight_decay", weightDecay, .zeroOrMore)
  }
}

extension MinibatchSettings {
  func check() throws(LearnerError) {
    try Limits.check("algorithm.epochs", epochs, 1...1000)
    try Limits.check("algorithm.minibatch", size, 0...1_000_000_000)
    try Limits.check("algorithm.advantage_floor", advantageFloor, .zeroOrMore)
    try Limits.check("algorithm.target_kl", targetDivergence, .zeroOrMore)
    try Limits.check("algorithm.entropy", entropy.weight, .zeroOrMore)
    try Limits.check("algorithm.gradient_clip", gradientClip, .zeroOrMore)
  }
}

extension ValueLoss {
  func check() throws(LearnerError) {
    try Limits.check("algorithm.value_weight", weight, .zeroOrMore)
    try Limits.check("algorithm.value_clip", clip, .zeroOrMore)
  }
}

extension CriticFit {
  func check() throws(LearnerError) {
    try Limits.check("algorithm.critic_epochs", epochs, 0...1000)
    try Limits.check("algorithm.critic_minibatch", minibatch, 0...1_000_000_000)
    try Limits.check("algorithm.critic_rate", rate, .positive)
  }
}

extension NaturalSettings {
  func check() throws(LearnerError) {
    try Limits.check("algorithm.trust_region", trustRegion, .positive)
    try Limits.check("algorithm.damping", damping, .zeroOrMore)
    try Limits.check("algorithm.conjugate_steps", conjugateSteps, 1...1000)
    try Limits.check("algorithm.line_search_steps", lineSearchSteps, 1...1000)
    try Limits.check("algorithm.line_search_factor", lineSearchFactor, .factor)
  }
}

extension NaturalStep {
  func check() throws(LearnerError) {
    try Limits.check("algorithm.advantage_floor", advantageFloor, .zeroOrMore)
    guard case .plain(let entropy) = kind else { return }
    try Limits.check("algorithm.entropy", entropy.weight, .zeroOrMore)
  }
}

extension RewardScaling {
  func check() throws(LearnerError) { try Limits.check("normalize.reward_clip", clip, .zeroOrMore) }
}

extension Truncation {
  func check() throws(LearnerError) {
    try Limits.check("algorithm.sequence", length, 0...1_000_000)
    try Limits.check("algorithm.burn_in", burnIn, 0...1_000_000)
  }
}
