internal import AscentMathematics

/// The belief p(s∣o₁, a₁, …, oₜ): the exact distribution of the state given the history.
///
///     b₁(s) ∝ p(s₁) p(o₁∣s₁)
///     b′(s′) ∝ p(o′∣a, s′) Σₛ p(s′∣s, a) b(s)
///
/// Terminal states have probability 0: an episode that continues is in none of them.
public struct Belief: Sendable, Equatable {
  /// The probabilities of the states; they sum to 1.
  public let probabilities: [Double]

  /// Returns the belief after the first observation, and p(o₁, s₁ not terminal); nil if that probability is 0.
  public static func initial(
    observing o: Int, in problem: PartiallyObservedProcess
  ) -> (belief: Belief, probability: Double)? {
    Require.index(o, of: "observation", in: 0..<problem.observationCount)
    let emission = problem.initialEmission
    return normalized(
      problem.process.initial.enumerated().map { s, p in
        problem.process.terminal[s] ? 0 : p * emission[s * problem.observationCount + o]
      })
  }

  /// Returns the belief after an action and the observation o′ that it led to, and p(o′, s′ not terminal∣b, a).
  ///
  /// Nil if that probability is 0.
  public func updated(
    after a: Int, observing o: Int, in problem: PartiallyObservedProcess
  ) -> (belief: Belief, probability: Double)? {
    let process = problem.process
    Require.index(a, of: "action", in: 0..<process.actionCount)
    Require.index(o, of: "observation", in: 0..<problem.observationCount)
    Require.count(
      probabilities.count, of: "belief", is: process.stateCount, "one for each state of the problem")
    var next = Array(repeating: 0.0, count: process.stateCount)
    for s in probabilities.indices where probabilities[s] > 0 {
      for s2 in next.indices where !process.terminal[s2] {
        next[s2] += probabilities[s] * process.transition[process.index(s, a, s2)]
      }
    }
    for s2 in next.indices {
      next[s2] *= problem.emission[(a * process.stateCount + s2) * problem.observationCount + o]
    }
    return Self.normalized(next)
  }

  /// E[r∣b, a].
  public func reward(of a: Int, in process: MarkovDecisionProcess) -> Double {
    Require.index(a, of: "action", in: 0..<process.actionCount)
    Require.count(
      probabilities.count, of: "belief", is: process.stateCount, "one for each state of the process")
    var sum = 0.0
    for s in probabilities.indices where probabilities[s] > 0 {
      for s2 in 0..<process.stateCount {
        let k = process.index(s, a, s2)
        sum += probabilities[s] * process.transition[k] * process.reward[k]
      }
    }
    return sum
  }

  private static func normalized(_ weights: [Double]) -> (belief: Belief, probability: Double)? {
    let sum = weights.reduce(0, +)
    guard sum > 0 else { return nil }
    return (Belief(probabilities: weights.map { $0 / sum }), sum)
  }
}
