internal import AscentMathematics

/// The distributions from which a policy draws after one observation, and its value of it.
package struct PolicyView: Sendable, Equatable {
  /// The distribution of each factor of the action.
  package var actions: [ActionSummary]
  /// V(o); nil for a policy without a critic.
  package var value: Double?
}

/// Follows a policy along an episode, with the recurrent states of actor and critic.
package struct PolicyWatch {
  private let policy: Policy
  private var acting: Acting

  /// Begins at the first observation of an episode.
  package init(_ policy: Policy) {
    self.policy = policy
    acting = Acting(policy, laneCount: 1, remembering: policy.hasCritic ? [.actor, .critic] : .actor)
  }

  /// Returns what the policy says of the episode's next observation.
  ///
  /// - Parameters:
  ///   - observation: the observation, with its mask.
  ///   - θ: the parameters that act at this step.
  /// - Returns: the distributions and the value.
  package mutating func see(_ observation: [Float], _ θ: Parameters) -> PolicyView {
    Require.count(
      observation.count, of: "observation", is: policy.observationSize, "the policy's observationSize")
    acting.observations = observation
    return policy.view(θ, in: &acting)
  }
}

extension Policy {
  fileprivate func view(_ θ: Parameters, in acting: inout Acting) -> PolicyView {
    acting.require(for: self, [0])
    evaluate(θ, for: [0], acting.parts, in: &acting)
    let actions = factors.map { factor in
      (factor.family as? any SummarizedFamily)?.summary(factor.rows(1), acting.workspace.head)
        ?? .unknown(factor.valueCount)
    }
    guard hasCritic else { return PolicyView(actions: actions, value: nil) }
    var values = [0.0]
    var span = values.mutableSpan
    readValues(in: acting.workspace, into: &span)
    return PolicyView(actions: actions, value: values[0])
  }
}
