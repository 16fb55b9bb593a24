public import AscentEnvironments
internal import AscentMathematics

/// The optimum over a finite horizon if the state is observed.
///
///     Q(t,s,a) = Σ_{s′} p(s′∣s,a) (r(s,a,s′) + γ maxₐ′ Q(t+1,s′,a′)),  Q(T,·,·) = 0
public struct OptimalValues: Sendable {
  /// Q(1,s,a), [state × action]: the values at the beginning of an episode.
  public let first: [Double]
  /// E[maxₐ Q(1,s₁,a)].
  public let objective: Double

  /// Solves a process by backward dynamic programming.
  ///
  /// - Complexity: O(horizon |S|² |A|).
  public init(_ process: MarkovDecisionProcess, horizon: Int, discount γ: Double = 1) {
    Require.number(horizon, of: "horizon", from: 0)
    let (states, actions) = (process.stateCount, process.actionCount)
    // swift-format-ignore: AlwaysUseLowerCamelCase
    var Q = Array(repeating: 0.0, count: states * actions)
    // swift-format-ignore: AlwaysUseLowerCamelCase
    var V = Array(repeating: 0.0, count: states)
    for _ in 0..<horizon {
      for s in 0..<states where !process.terminal[s] {
        for a in 0..<actions {
          var q = 0.0
          for s2 in 0..<states {
            let k = process.index(s, a, s2)
            guard process.transition[k] > 0 else { continue }
            q += process.transition[k] * (process.reward[k] + (process.terminal[s2] ? 0 : γ * V[s2]))
          }
          Q[s * actions + a] = q
        }
      }
      for s in 0..<states where !process.terminal[s] {
        V[s] = Q[s * actions..<(s + 1) * actions].max() ?? 0
      }
    }
    (first, objective) = (Q, zip(process.initial, V).reduce(0) { $0 + $1.0 * $1.1 })
  }
}
