public import AscentEnvironments
internal import AscentMathematics

/// The optimum under partial observation: no policy, with whatever memory, has a higher return.
///
///     V(t,b) = maxₐ ( E[r∣b,a] + γ Σ_{o′} p(o′∣b,a) V(t+1,b′) ),  V(T,·) = 0
///
/// Values are memoized, so that a belief reached along several paths is evaluated once.
public struct BeliefOptimum {
  private let problem: PartiallyObservedProcess
  private let discount: Double
  private let most: Int
  private var known: [Key: Double] = [:]
  private var isTooLarge = false

  private struct Key: Hashable {
    let left: Int
    /// Probabilities in units of 10⁻¹⁰, since paths to the same belief differ by rounding errors.
    let belief: [Int64]
  }

  /// E[Σ γᵗ r] of the best policy over `horizon` steps; nil if more than `most` beliefs can be reached.
  public static func objective(
    _ problem: PartiallyObservedProcess, horizon: Int, discount: Double = 1, most: Int = 200_000
  ) -> Double? {
    Require.number(horizon, of: "horizon", from: 0)
    var optimum = BeliefOptimum(problem: problem, discount: discount, most: most)
    var sum = 0.0
    for o in 0..<problem.observationCount {
      guard let (belief, p) = Belief.initial(observing: o, in: problem) else { continue }
      sum += p * optimum.value(belief, left: horizon)
    }
    return optimum.isTooLarge ? nil : sum
  }

  private init(problem: PartiallyObservedProcess, discount: Double, most: Int) {
    (self.problem, self.discount, self.most) = (problem, discount, most)
  }

  private mutating func value(_ belief: Belief, left: Int) -> Double {
    guard left > 0, !isTooLarge else { return 0 }
    let key = Key(left: left, belief: belief.probabilities.map { Int64(($0 * 1e10).rounded()) })
    if let value = known[key] { return value }
    guard known.count < most else {
      isTooLarge = true
      return 0
    }
    var best = -Double.infinity
    for a in 0..<problem.process.actionCount {
      var q = belief.reward(of: a, in: problem.process)
      for o in 0..<problem.observationCount where left > 1 {
        guard let (next, p) = belief.updated(after: a, observing: o, in: problem) else { continue }
        q += discount * p * value(next, left: left - 1)
      }
      best = max(best, q)
    }
    known[key] = best
    return best
  }
}

extension BeliefOptimum {
  /// The QMDP bound: the optimum if the state became observable after the first action.
  ///
  /// It is at least the optimum under partial observation, and at most the optimum with the state always observed
  /// (Littman, Cassandra and Kaelbling 1995).
  public static func upperBound(
    _ problem: PartiallyObservedProcess, horizon: Int, discount: Double = 1
  ) -> Double {
    let actions = problem.process.actionCount
    // swift-format-ignore: AlwaysUseLowerCamelCase
    let Q = OptimalValues(problem.process, horizon: horizon, discount: discount).first
    var sum = 0.0
    for o in 0..<problem.observationCount {
      guard let (belief, p) = Belief.initial(observing: o, in: problem) else { continue }
      let values = (0..<actions).map { a in
        belief.probabilities.indices.reduce(0.0) { $0 + belief.probabilities[$1] * Q[$1 * actions + a] }
      }
      sum += p * (values.max() ?? 0)
    }
    return sum
  }
}
