public import Environments
public import Policies

/// The one place where spaces and policies meet.
public enum PolicyBuilder {
  /// Makes the policy that fits the spaces: categorical for a discrete action, Gaussian for a box.
  ///
  /// - Throws: ``LearnerError/unsupportedActionSpace(_:)`` for every other action space, and
  ///   ``LearnerError/policy(_:)`` when the network cannot be built.
  public static func policy(
    observing observations: Space, acting actions: Space, hidden: [Int]
  ) throws(LearnerError) -> any Policy {
    do {
      if let count = actions.discreteCount {
        return try CategoricalPolicy(
          observationSize: observations.flattenedSize, actionCount: count, hidden: hidden)
      }
      if actions.isBox {
        return try GaussianPolicy(
          observationSize: observations.flattenedSize, actionSize: actions.valueCount, hidden: hidden)
      }
    } catch {
      throw LearnerError.policy(error)
    }
    throw LearnerError.unsupportedActionSpace(actions)
  }
}
