public import AscentEnvironments
internal import AscentMathematics
internal import AscentRandomness

/// The best memoryless policy π(a∣o) found by gradient ascent with exact gradients.
///
/// The return of a stochastic memoryless policy has many local optima, and finding the best one is NP-hard (Littman
/// 1994). The result is the best of several ascents from the uniform policy and from random ones, with the update
///
///     θ(o,a) ← θ(o,a) + α A(o,a),  A(o,a) = Σₜ Σₛ γᵗ d(t,s,o) (Q(t,s,o,a) − V(t,s,o)),
///
/// where α is halved until J increases. A(o,a) is ∂J/∂θ(o,a) / π(a∣o), so actions of low probability count fully.
public struct MemorylessOptimum: Sendable {
  /// J of the best policy found.
  public let objective: Double
  /// π(a∣o), [observation × action].
  public let probabilities: [Double]

  private struct Ascent {
    let joint: MarkovDecisionProcess
    let shown: Int
    let horizon: Int
    let discount: Double

    /// Evaluates π(a∣o): J, and Σₜ d π Q for every observation and action.
    func evaluate(_ π: [Double]) -> (objective: Double, z: [Double]) {
      let (actions, states) = (joint.actionCount, joint.stateCount)
      let spread = (0..<states).flatMap { x in π[x % shown * actions..<(x % shown + 1) * actions] }
      let table = PolicyTable(stateCount: states, actionCount: actions, probabilities: spread)
      // Coefficients discounted from the beginning are the gradient of the discounted objective.
      let exact = ExactGradient(
        of: table, in: joint, horizon: horizon, discount: discount, isCountedFromBeginning: true)
      var z = Array(repeating: 0.0, count: shown * actions)
      for x in 0..<states {
        for a in 0..<actions { z[x % shown * actions + a] += exact.coefficients[x * actions + a] }
      }
      return (exact.objective, z)
    }

    /// Ascends from preferences θ until no step increases J by more than 1e-10, for at most 500 steps.
    func climb(_ start: [Double]) -> (objective: Double, probabilities: [Double]) {
      let actions = joint.actionCount
      var θ = start
      var π = softmax(θ)
      var (objective, z) = evaluate(π)
      for _ in 0..<500 {
        var direction = Array(repeating: 0.0, count: θ.count)
        for o in 0..<shown {
          let row = o * actions..<(o + 1) * actions
          let value = z[row].reduce(0, +)
          for k in row { direction[k] = z[k] / max(π[k], 1e-12) - value }
        }
        let longest = direction.reduce(0) { max($0, abs($1)) }
        guard longest > 1e-12 else { break }
        var (α, isBetter) = (8 / longest, false)
        for _ in 0..<40 {
          let next = zip(θ, direction).map { max(-40, min(40, $0 + α * $1)) }
          let tried = evaluate(softmax(next))
          if tried.objective > objective + 1e-10 {
            (θ, π, z, isBetter) = (next, softmax(next), tried.z, true)
            objective = tried.objective
            break
          }
          α /= 2
        }
        guard isBetter else { break }
      }
      return (objective, π)
    }

    private func softmax(_ θ: [Double]) -> [Double] {
      var π: [Double] = []
      for first in stride(from: 0, to: θ.count, by: joint.actionCount) {
        let row = θ[first..<first + joint.actionCount]
        let highest = row.max() ?? 0
        let powers = row.map { exponential($0 - highest) }
        let sum = powers.reduce(0, +)
        π += powers.map { $0 / sum }
      }
      return π
    }
  }

  /// Searches from the uniform policy and from `starts` random ones.
  ///
  /// - Throws: ``RandomnessError`` if memory runs out; ``ProcessError`` only for tables that were not checked.
  public init(
    _ problem: PartiallyObservedProcess, horizon: Int, discount: Double = 1, starts: Int = 8, seed: UInt64 = 1
  ) throws {
    Require.number(horizon, of: "horizon", from: 0)
    Require.number(starts, of: "number of random starts", from: 0)
    let ascent = Ascent(
      joint: try problem.joint(), shown: problem.observationCount, horizon: horizon, discount: discount)
    let stream = try RandomStream(StreamKey(seed: seed, purpose: .parameters))
    let count = problem.observationCount * problem.process.actionCount
    var best = ascent.climb(Array(repeating: 0, count: count))
    for _ in 0..<starts {
      let found = ascent.climb((0..<count).map { _ in 2 * stream.standardNormal() })
      if found.objective > best.objective { best = found }
    }
    (objective, probabilities) = best
  }
}
