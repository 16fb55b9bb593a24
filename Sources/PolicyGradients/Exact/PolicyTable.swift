public import AscentEnvironments
internal import AscentMathematics
public import AscentPolicies

/// A policy's action probabilities and scores in every state of a finite process: π(a∣s) and ∇θ log π(a∣s).
///
/// Any gradient estimate on the process is Σ z(s,a) ∇log π(a∣s) for some z; ``gradient(_:)`` computes that sum.
public struct PolicyTable: Sendable {
  /// The number |S| of states.
  public let stateCount: Int
  /// The number |A| of actions.
  public let actionCount: Int
  /// π(a∣s), [state × action].
  public let probabilities: [Double]
  /// ∇θ log π(a∣s), [state × action][parameter].
  public let scores: [[Float]]
  /// Makes a table from probabilities alone, without scores.
  init(stateCount: Int, actionCount: Int, probabilities: [Double]) {
    (self.stateCount, self.actionCount, self.probabilities) = (stateCount, actionCount, probabilities)
    scores = []
  }

  /// Evaluates the policy in every state, observed as a one-hot vector or, if there are many states, as its index.
  ///
  /// A state beyond the policy's observations, in which no action is ever taken, is observed as zeros.
  public init(of policy: Policy, _ θ: Parameters, in process: MarkovDecisionProcess) {
    let (states, actions) = (process.stateCount, process.actionCount)
    Require.that(
      policy.actionSize == 1 && !policy.remembers && policy.maskSize == 0,
      "a table needs a policy without memory and mask whose actions are the choices of the process")
    var workspace = policy.makeWorkspace(rows: 1)
    var (π, scores, weights) = ([Double](), [[Float]](), GradientWeights(rows: 1))
    weights.scores[0] = 1
    for s in 0..<states {
      let observation = policy.observation(ofState: s)
      var row = Array(repeating: 0.0, count: actions)
      for a in 0..<actions {
        var logπ = [0.0]
        let action = [Float(a)]
        policy.logProbabilities(θ, of: action.span, on: observation.span, in: &workspace, into: &logπ)
        row[a] = exponential(logπ[0])
        var score = Array(repeating: Float(0), count: θ.values.count)
        var span = score.mutableSpan
        policy.accumulateGradient(
          θ, of: action.span, on: observation.span, weights: weights, in: &workspace, into: &span)
        scores.append(score)
      }
      // In single precision the sum deviates from 1 by about 1e-7.
      let sum = row.reduce(0, +)
      π += row.map { $0 / sum }
    }
    (stateCount, actionCount, probabilities) = (states, actions, π)
    self.scores = scores
  }

  /// Σ z(s,a) ∇log π(a∣s).
  public func gradient(_ z: [Double]) -> [Double] {
    Require.count(z.count, of: "coefficients", is: scores.count, "one for each state and action")
    var sum = Array(repeating: 0.0, count: scores.first?.count ?? 0)
    for (z, score) in zip(z, scores) where z != 0 {
      for k in sum.indices { sum[k] += z * Double(score[k]) }
    }
    return sum
  }

  /// ⟨∇log π(a∣s), ∇log π(a′∣s′)⟩, [state × action][state × action].
  ///
  /// - Complexity: O((|S| |A|)²) products of vectors as long as θ.
  public var products: [[Double]] {
    scores.map { left in
      scores.map { right in
        var sum = 0.0
        for k in left.indices { sum += Double(left[k]) * Double(right[k]) }
        return sum
      }
    }
  }
}

extension Policy {
  /// The observation of a state of a finite process; zeros, or −1 as an index, if the policy observes fewer states.
  fileprivate func observation(ofState s: Int) -> [Float] {
    guard let input = architecture.inputs.first, input.isIndex else {
      return (0..<observationSize).map { $0 == s ? 1 : 0 }
    }
    return [s < input.width ? Float(s) : -1]
  }
}
