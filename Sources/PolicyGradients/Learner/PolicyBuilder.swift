public import Environments
public import Policies

/// Makes policies for spaces; the only code that depends on both.
public enum PolicyBuilder {
  /// Makes the policy for the given spaces, with one or more factors for each leaf of the action space.
  ///
  /// - Parameters:
  ///   - observations: the observation space.
  ///   - actions: the action space.
  ///   - maskSize: the number of floats in an observation that form the mask of allowed choices.
  ///   - boxes: the family for boxes.
  ///   - architecture: the networks.
  /// - Returns: the policy.
  /// - Throws: ``LearnerError/unsupportedActionSpace(_:)`` for a box of integers, ``LearnerError/contradiction(_:)``
  ///   for a bounded family on a box without bounds, or for a family other than the default if there are no boxes, and
  ///   ``LearnerError/policy(_:)`` if the networks cannot be built.
  public static func policy(
    observing observations: Space, acting actions: Space, maskSize: Int = 0,
    boxes: BoxDistribution = .gaussian, architecture: Architecture = Architecture()
  ) throws(LearnerError) -> Policy {
    let hasBoxes = actions.leaves.contains { leaf in
      guard case .box = leaf.kind else { return false }
      return true
    }
    guard boxes == .gaussian || hasBoxes else {
      throw LearnerError.contradiction(
        "policy.distribution = \(boxes.name) needs actions that are boxes, not \(actions)")
    }
    var factors: [any ActionFamily] = []
    for leaf in actions.leaves {
      switch leaf.kind {
      case .discrete(let count, _): factors.append(.categorical(count))
      case .multiDiscrete(let counts, _, _): factors += counts.map { .categorical($0) }
      case .multiBinary: factors.append(.bernoulli(leaf.kind.valueCount))
      case .box(_, let low, let high, let element):
        guard element == .float32 || element == .float64 || element == .float16 else {
          throw LearnerError.unsupportedActionSpace(actions)
        }
        factors.append(try factor(low, high, boxes))
      }
    }
    do {
      return try Policy(
        featureSize: observations.flattenedSize, factors: factors, maskSize: maskSize,
        architecture: architecture)
    } catch {
      throw LearnerError.policy(error)
    }
  }

  /// Makes a policy with hidden affine layers of the given widths, without a critic.
  public static func policy(
    observing observations: Space, acting actions: Space, hidden: [Int]
  ) throws(LearnerError) -> Policy {
    try policy(observing: observations, acting: actions, architecture: Architecture(hidden: hidden))
  }

  private static func factor(
    _ low: [Double], _ high: [Double], _ boxes: BoxDistribution
  ) throws(LearnerError) -> any ActionFamily {
    let bounds = ValueBounds(low: low.map { Float($0) }, high: high.map { Float($0) })
    guard !boxes.needsBounds || bounds.areFinite else {
      throw LearnerError.contradiction(
        "policy.distribution = \(boxes.name) needs an action space with finite bounds; use gaussian")
    }
    let family = boxes.make(bounds)
    guard family.valueCount == low.count else {
      throw LearnerError.contradiction(
        "policy.distribution = \(boxes.name) has \(family.valueCount) numbers for a box of \(low.count)")
    }
    return family
  }
}
