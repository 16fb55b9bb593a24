extension MarkovDecisionProcess {
  /// A two-armed bandit: the arms pay 1 with probability 0.4 and 0.6, and an episode is one pull.
  ///
  /// State 0 is before the pull, state 1 after a win, state 2 after a loss.
  public static func bandit() throws(ProcessError) -> MarkovDecisionProcess {
    let stay = [0.0, 0, 1, 0, 0, 1]
    return try MarkovDecisionProcess(
      stateCount: 3, actionCount: 2,
      transition: [0, 0.4, 0.6, 0, 0.6, 0.4] + stay + stay,
      reward: [0, 1, 0, 0, 1, 0] + Array(repeating: 0, count: 12),
      initial: [1, 0, 0], terminal: [false, true, true])
  }

  /// The number of steps after which `native:bandit` truncates; it terminates after the first.
  public static let banditTimeLimit = 1
}

extension NativeEnvironment {
  /// The environment `native:bandit`.
  public static let bandit = NativeEnvironment(
    "bandit", help: "two arms that pay 1 with probability 0.4 and 0.6, 1 step",
    timeLimit: MarkovDecisionProcess.banditTimeLimit,
    model: .finite { () throws(ProcessError) in try .bandit() })
}
