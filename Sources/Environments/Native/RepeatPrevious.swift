extension PartiallyObservedProcess {
  /// Repeating the symbol of two steps ago (POPGym's RepeatPrevious with four suits), given by its tables.
  ///
  /// Each step shows one of four symbols, drawn uniformly. An action pays 1/30 if it is the symbol of two steps ago and
  /// −1/30 if not; actions of the first two steps pay nothing. A state is the last three symbols, of which the older
  /// two may be missing (4). Over the time limit of 32 steps the optimal return is 1.
  public static func repeatPrevious() throws(ProcessError) -> PartiallyObservedProcess {
    let (symbols, missing) = (4, 4)
    func index(_ old: Int, _ last: Int, _ now: Int) -> Int { (old * 5 + last) * symbols + now }
    let states = 5 * 5 * symbols
    var transition = Array(repeating: 0.0, count: states * symbols * states)
    var reward = transition
    var emission = Array(repeating: 0.0, count: states * symbols)
    var initial = Array(repeating: 0.0, count: states)
    let pay = 1 / Double(repeatPreviousTimeLimit - 2)
    for old in 0...missing {
      for last in 0...missing {
        for now in 0..<symbols {
          let s = index(old, last, now)
          emission[s * symbols + now] = 1
          for a in 0..<symbols {
            for next in 0..<symbols {
              let k = (s * symbols + a) * states + index(last, now, next)
              transition[k] = 1 / Double(symbols)
              reward[k] = old == missing ? 0 : old == a ? pay : -pay
            }
          }
        }
      }
    }
    for now in 0..<symbols { initial[index(missing, missing, now)] = 1 / Double(symbols) }
    let process = try MarkovDecisionProcess(
      stateCount: states, actionCount: symbols, transition: transition, reward: reward, initial: initial,
      terminal: Array(repeating: false, count: states))
    return try PartiallyObservedProcess(
      process, observationCount: symbols, emission: (0..<symbols).flatMap { _ in emission },
      initialEmission: emission)
  }

  /// The number of steps after which `native:repeat-previous` truncates.
  public static let repeatPreviousTimeLimit = 32
}

extension NativeEnvironment {
  /// The environment `native:repeat-previous`.
  public static let repeatPrevious = NativeEnvironment(
    "repeat-previous", help: "repeat the symbol of two steps ago, 32 steps",
    timeLimit: PartiallyObservedProcess.repeatPreviousTimeLimit,
    model: .partiallyObserved { () throws(ProcessError) in try .repeatPrevious() })
}
