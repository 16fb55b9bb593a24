extension MarkovDecisionProcess {
  /// A river of six states, whose current carries a swimmer back (Strehl and Littman 2008, figure 2).
  ///
  /// States: 0 is the left bank, 5 the right one. Action 0 swims left, with the current, and always gets there. Action 1 swims
  /// right: from the left bank it succeeds with probability 0.6; in the middle it succeeds with 0.35, stays with 0.6, and is carried
  /// back with 0.05; at the right bank it stays with 0.6 and is carried back with 0.4. Swimming left at the left bank pays
  /// 0.005, swimming right at the right bank pays 1. Episodes begin in state 1 or 2, with probability ½ each.
  public static func riverSwim() throws(ProcessError) -> MarkovDecisionProcess {
    let states = 6
    var transition = Array(repeating: 0.0, count: states * 2 * states)
    var reward = transition
    for s in 0..<states {
      let (left, right) = (2 * s * states, (2 * s + 1) * states)
      transition[left + max(s - 1, 0)] = 1
      switch s {
      case 0: (transition[right], transition[right + 1]) = (0.4, 0.6)
      case states - 1: (transition[right + s - 1], transition[right + s]) = (0.4, 0.6)
      default:
        (transition[right + s - 1], transition[right + s], transition[right + s + 1]) = (0.05, 0.6, 0.35)
      }
      for next in 0..<states {
        if s == 0 { reward[left + next] = 0.005 }
        if s == states - 1 { reward[right + next] = 1 }
      }
    }
    return try MarkovDecisionProcess(
      stateCount: states, actionCount: 2, transition: transition, reward: reward,
      initial: [0, 0.5, 0.5, 0, 0, 0], terminal: Array(repeating: false, count: states))
  }
}

extension NativeEnvironment {
  /// `native:river-swim`.
  public static let riverSwim = NativeEnvironment(
    "river-swim",
    help: "a river of six states whose current carries back; the far bank pays 1 a step, 20 steps",
    timeLimit: 20, model: .finite { () throws(ProcessError) in try .riverSwim() })
}
