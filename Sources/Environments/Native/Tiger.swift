extension PartiallyObservedProcess {
  /// The tiger behind one of two doors (Cassandra, Kaelbling, Littman 1994).
  ///
  /// The state is the tiger's door, left 0 or right 1, each with probability ½. Action 0 listens and costs 1. Actions 1
  /// and 2 open the left and the right door: −100 for the tiger's, 10 for the other; the tiger's door is then redrawn.
  /// The observation, 0 for left and 1 for right, is correct with probability 0.85 after listening, and uniform
  /// otherwise.
  public static func tiger() throws(ProcessError) -> PartiallyObservedProcess {
    let stays = [1.0, 0, 0, 1]
    let anew = [0.5, 0.5]
    // [state × action × state]
    let transition = [stays[0], stays[1]] + anew + anew + [stays[2], stays[3]] + anew + anew
    let reward = [-1.0, -1, -100, -100, 10, 10, -1, -1, 10, 10, -100, -100]
    let process = try MarkovDecisionProcess(
      stateCount: 2, actionCount: 3, transition: transition, reward: reward, initial: [0.5, 0.5],
      terminal: [false, false])
    let heard = [0.85, 0.15, 0.15, 0.85]
    return try PartiallyObservedProcess(
      process, observationCount: 2, emission: heard + anew + anew + anew + anew, initialEmission: anew + anew)
  }

  /// The number of steps after which `native:tiger` truncates.
  public static let tigerTimeLimit = 20
}

extension NativeEnvironment {
  /// The environment `native:tiger`.
  public static let tiger = NativeEnvironment(
    "tiger", help: "a tiger behind one of two doors, observed by listening, 20 steps",
    timeLimit: PartiallyObservedProcess.tigerTimeLimit,
    model: .partiallyObserved { () throws(ProcessError) in try .tiger() })
}
