public import AscentEnvironments
internal import AscentMathematics

/// J(θ) and the expectation of gradient estimates on a finite process, by dynamic programming over time.
///
///     Q(t,s,a) = Σ_{s′} p(s′∣s,a) (r(s,a,s′) + γ V(t+1,s′)),  V(t,s) = Σₐ π(a∣s) Q(t,s,a),  V(T,·) = 0
///     d(t+1,s′) = Σ_{s,a} d(t,s) π(a∣s) p(s′∣s,a) over states that are not terminal
///     E[ĝ] = Σₜ Σ_{s,a} d(t,s) π(a∣s) Q(t,s,a) ∇log π(a∣s)
///
/// E[ĝ] is ∇J for γ = 1 (the policy gradient theorem over a finite horizon). With γ < 1 it is the expectation of the
/// usual reward to go; with an additional factor γᵗ it is the gradient of E[Σ γᵗ r(t)].
public struct ExactGradient: Sendable {
  /// E[Σₜ γᵗ r(t)] over the horizon.
  public let objective: Double
  /// z(s,a) with E[ĝ] = Σ z(s,a) ∇log π(a∣s), [state × action].
  public let coefficients: [Double]

  /// Evaluates a policy over episodes of at most `horizon` steps.
  ///
  /// - Complexity: O(horizon |S|² |A|) time, O(horizon |S| |A|) memory.
  public init(
    of policy: PolicyTable, in process: MarkovDecisionProcess, horizon: Int, discount γ: Double = 1,
    isCountedFromBeginning: Bool = false
  ) {
    Require.number(horizon, of: "horizon", from: 0)
    Require.count(
      policy.stateCount, of: "states of the table", is: process.stateCount, "those of the process")
    Require.count(
      policy.actionCount, of: "actions of the table", is: process.actionCount, "those of the process")
    let (states, actions, π) = (process.stateCount, process.actionCount, policy.probabilities)
    // Backward: the values.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    var Q = Array(repeating: Array(repeating: 0.0, count: states * actions), count: horizon)
    // swift-format-ignore: AlwaysUseLowerCamelCase
    var V = Array(repeating: 0.0, count: states)
    for t in (0..<horizon).reversed() {
      var next = Array(repeating: 0.0, count: states)
      for s in 0..<states where !process.terminal[s] {
        for a in 0..<actions {
          var q = 0.0
          for s2 in 0..<states {
            let k = process.index(s, a, s2)
            let p = process.transition[k]
            if p > 0 { q += p * (process.reward[k] + (process.terminal[s2] ? 0 : γ * V[s2])) }
          }
          Q[t][s * actions + a] = q
          next[s] += π[s * actions + a] * q
        }
      }
      V = next
    }
    objective = zip(process.initial, V).reduce(0) { $0 + $1.0 * $1.1 }
    // Forward: the state distribution at each step.
    var z = Array(repeating: 0.0, count: states * actions)
    var (d, factor) = (process.initial, 1.0)
    for t in 0..<horizon {
      var next = Array(repeating: 0.0, count: states)
      for s in 0..<states where d[s] > 0 && !process.terminal[s] {
        for a in 0..<actions {
          let weight = d[s] * π[s * actions + a]
          z[s * actions + a] += factor * weight * Q[t][s * actions + a]
          for s2 in 0..<states { next[s2] += weight * process.transition[process.index(s, a, s2)] }
        }
      }
      d = next
      if isCountedFromBeginning { factor *= γ }
    }
    coefficients = z
  }

  /// The expectation of a rule's estimate over N trajectories; nil if no formula is known.
  public static func expectation(
    of rule: GradientRule, trajectories: Int, policy: PolicyTable, in process: MarkovDecisionProcess,
    horizon: Int
  ) -> [Double]? {
    Require.number(trajectories, of: "number of trajectories", from: 1)
    let isFromBeginning: Bool
    switch rule.estimator.expectation {
    case .zero: return Array(repeating: 0, count: policy.stateCount * policy.actionCount)
    case .rewardToGo: isFromBeginning = false
    case .totalReturn: isFromBeginning = true
    case .unknown: return nil
    }
    let estimator = rule.makeEstimator()
    guard estimator.isOnPolicy || rule.settings.weightClip == 0, rule.baseline.bias != .unknown else {
      return nil
    }
    let exact = ExactGradient(
      of: policy, in: process, horizon: horizon, discount: rule.settings.gamma,
      isCountedFromBeginning: isFromBeginning)
    guard rule.baseline.bias == .ownShare else { return exact.coefficients }
    // Every trajectory counts once, so 1/N of each return is in the mean. Per step, the mean's denominator is random.
    guard estimator.unit == .trajectory, estimator.isOnPolicy else { return nil }
    let n = Double(trajectories)
    return exact.coefficients.map { $0 * (n - 1) / n }
  }
}
