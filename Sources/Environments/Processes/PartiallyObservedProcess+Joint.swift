extension PartiallyObservedProcess {
  /// Returns the Markov decision process whose states are the pairs (s, o), with index s |O| + o.
  ///
  /// A policy of observations alone is one of its policies, so exact methods for Markov decision processes apply.
  ///
  /// - Throws: ``ProcessError``, but never for checked tables.
  public func joint() throws(ProcessError) -> MarkovDecisionProcess {
    let (states, actions, shown) = (process.stateCount, process.actionCount, observationCount)
    let count = states * shown
    var transition = Array(repeating: 0.0, count: count * actions * count)
    var reward = transition
    for s in 0..<states {
      for a in 0..<actions {
        for s2 in 0..<states where process.transition[process.index(s, a, s2)] > 0 {
          let (p, r) = (process.transition[process.index(s, a, s2)], process.reward[process.index(s, a, s2)])
          for o2 in 0..<shown {
            let seen = p * emission[(a * states + s2) * shown + o2]
            for o in 0..<shown {
              let k = ((s * shown + o) * actions + a) * count + s2 * shown + o2
              (transition[k], reward[k]) = (seen, r)
            }
          }
        }
      }
    }
    var (initial, terminal): ([Double], [Bool]) = ([], [])
    for s in 0..<states {
      for o in 0..<shown {
        initial.append(process.initial[s] * initialEmission[s * shown + o])
        terminal.append(process.terminal[s])
      }
    }
    return try MarkovDecisionProcess(
      stateCount: count, actionCount: actions, transition: transition, reward: reward, initial: initial,
      terminal: terminal)
  }
}
