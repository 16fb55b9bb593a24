public import AscentEnvironments
public import AscentPolicies

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
  ///   - units: the units of the numbers that a Gaussian draws for boxes.
  /// - Returns: the policy.
  /// - Throws: ``LearnerError/unsupportedActionSpace(_:)`` for a box of integers, ``LearnerError/contradiction(_:)``
  ///   for a bounded family on a box without bounds, or for a family other than the default if there are no boxes, and
  ///   ``LearnerError/policy(_:)`` if the networks cannot be built.
  public static func policy(
    observing observations: Space, acting actions: Space, maskSize: Int = 0,
    boxes: BoxDistribution = .gaussian, architecture: Architecture = Architecture(),
    in units: ActionUnits = .box
  ) throws(LearnerError) -> Policy {
    for space in [observations, actions] {
      if let fault = space.fault { throw LearnerError.contradiction(fault) }
    }
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
        factors.append(try factor(low, high, boxes, units))
      }
    }
    var architecture = architecture
    if architecture.inputs.isEmpty, observations.hasIndices {
      architecture.inputs = observations.leaves.flatMap { inputs(of: $0.kind) }
    }
    var policy: Policy
    do {
      policy = try Policy(
        featureSize: observations.flattenedSize, factors: factors, maskSize: maskSize,
        architecture: architecture)
    } catch {
      throw LearnerError.policy(error)
    }
    policy.boxes = boxes
    guard policy.learnedCount <= mostParameters else {
      throw .contradiction(tooLarge(policy.learnedCount, observations))
    }
    return policy
  }

  /// The inputs of a leaf that is no image: its numbers and one-hot vectors, or the index among many choices.
  public static func inputs(of kind: Space.Kind, scale: Float = 1) -> [Network.Input] {
    guard !kind.discreteCounts.isEmpty else {
      return [Network.Input(.numbers(kind.flattenedSize), scale: scale)]
    }
    return kind.discreteCounts.map { Network.Input($0 > Space.mostOneHot ? .index(count: $0) : .numbers($0)) }
  }

  /// The largest number of parameters: training has six arrays of this size and more, 4 bytes for each parameter.
  static let mostParameters = 1 << 26

  /// The sentence about a policy that is too large, which names the largest leaf of the observations.
  private static func tooLarge(_ count: Int, _ observations: Space) -> String {
    let largest = observations.leaves.max { left, right in left.kind.inputWidth < right.kind.inputWidth }
    let (path, whole) = (largest?.path ?? "", largest.map { "\($0.kind)" } ?? "")
    let kind = whole.utf8.count > 160 ? whole.prefix(157) + "…" : whole[...]
    var advice = ""
    if case .box(let shape, _, _, _) = largest?.kind, shape.count >= 3 {
      advice = "use policy.convolutions = nature, "
    }
    return
      "the observation \(path.isEmpty ? kind : "'\(path.prefix(80))', \(kind),") makes networks of \(count) parameters; "
      + "at most \(mostParameters) are possible: \(advice)set narrower layers with policy.hidden (empty for none), "
      + "policy.trunk = shared, or observe features instead"
  }

  /// Makes a policy with hidden affine layers of the given widths, without a critic.
  public static func policy(
    observing observations: Space, acting actions: Space, hidden: [Int]
  ) throws(LearnerError) -> Policy {
    try policy(observing: observations, acting: actions, architecture: Architecture(hidden: hidden))
  }

  private static func factor(
    _ low: [Double], _ high: [Double], _ boxes: BoxDistribution, _ units: ActionUnits
  ) throws(LearnerError) -> any ActionFamily {
    let bounds = ValueBounds(low: low.map { Float($0) }, high: high.map { Float($0) })
    guard !boxes.needsBounds || bounds.areFinite else {
      throw LearnerError.contradiction(
        "policy.distribution = \(boxes.name) needs an action space with finite bounds; use gaussian")
    }
    let family = boxes.family(bounds, in: units)
    guard family.valueCount == low.count else {
      throw LearnerError.contradiction(
        "policy.distribution = \(boxes.name) has \(family.valueCount) numbers for a box of \(low.count)")
    }
    return family
  }
}

extension Space {
  /// True if a value is flattened to its index.
  fileprivate var hasIndices: Bool {
    leaves.contains { $0.kind.discreteCounts.contains { $0 > Space.mostOneHot } }
  }
}

extension Space.Kind {
  /// The number of rows of the first layer's weights.
  fileprivate var inputWidth: Int {
    discreteCounts.isEmpty ? flattenedSize : discreteCounts.reduce(0, +)
  }
}
