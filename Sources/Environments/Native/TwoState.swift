extension MarkovDecisionProcess {
  /// Two states, of which only the second pays, and actions that may fail.
  ///
  /// In state 0, action 1 moves to state 1 with probability 0.8 and action 0 stays. In state 1, action 0 stays with
  /// probability 0.9 and action 1 moves back. A step that ends in state 1 pays 1. Every episode starts in state 0 and
  /// never terminates; the environment `native:two-state` truncates it after 10 steps.
  public static func twoState() throws(ProcessError) -> MarkovDecisionProcess {
    try MarkovDecisionProcess(
      stateCount: 2, actionCount: 2,
      transition: [
        1, 0,  // state 0, action 0
        0.2, 0.8,  // state 0, action 1
        0.1, 0.9,  // state 1, action 0
        1, 0,  // state 1, action 1
      ],
      reward: [0, 1, 0, 1, 0, 1, 0, 1],
      initial: [1, 0], terminal: [false, false])
  }

  /// The number of steps after which `native:two-state` truncates.
  public static let twoStateTimeLimit = 10
}

extension NativeEnvironment {
  /// The environment `native:two-state`.
  public static let twoState = NativeEnvironment(
    "two-state", help: "two states, of which the second pays 1 a step, 10 steps",
    timeLimit: MarkovDecisionProcess.twoStateTimeLimit,
    model: .finite { () throws(ProcessError) in try .twoState() })
}
