import AscentEnvironments
import AscentExports
import AscentPolicies
import AscentPolicyGradients
import AscentRandomness
import Testing

/// A policy with arbitrary parameters, and the observations on which it is compared.
struct ExportCase: CustomTestStringConvertible, Sendable {
  let name: String
  let observations, actions: Space
  var boxes = BoxDistribution.gaussian
  var isMasked = false
  let architecture: Architecture

  var testDescription: String { name }

  static let rows = 10_000
  /// The number of observations of an episode.
  static let steps = 40

  var policy: Policy {
    get throws {
      try PolicyBuilder.policy(
        observing: observations, acting: actions,
        maskSize: isMasked ? actions.choiceCounts.reduce(0) { $0 + ($1 ?? 0) } : 0, boxes: boxes,
        architecture: architecture)
    }
  }

  func stream(_ seed: UInt64) throws -> RandomStream {
    try RandomStream(StreamKey(seed: seed, purpose: .parameters), generator: .philox)
  }

  /// Parameters whose biases, log deviations, means and scales are arbitrary, too.
  func parameters(of policy: Policy) throws -> Parameters {
    var θ = policy.initialParameters(from: try stream(7))
    let noise = try stream(8)
    for k in 0..<policy.learnedCount { θ.values[k] += Float(0.2 * noise.standardNormal()) }
    guard architecture.standardizes else { return θ }
    for k in policy.learnedCount..<policy.parameterCount {
      θ.values[k] += Float(0.3 * noise.uniform())
    }
    return θ
  }

  /// One observation with its mask.
  func observation(of policy: Policy, from stream: RandomStream) -> [Float] {
    var row: [Float] = []
    for leaf in observations.leaves {
      switch leaf.kind {
      case .box(let shape, let low, let high, let element):
        let count = shape.reduce(1, *)
        if element == .uint8 || element == .bool {
          row += (0..<count).map { k in
            Float((low[k] + (high[k] - low[k] + 1) * stream.uniform()).rounded(.down))
          }
        } else {
          row += (0..<count).map { _ in Float(3 * stream.standardNormal()) }
        }
      case .multiBinary(let shape):
        row += (0..<shape.reduce(1, *)).map { _ in stream.uniform() < 0.5 ? 0 : 1 }
      case .discrete, .multiDiscrete:
        for count in leaf.kind.discreteCounts {
          let index = Int(Double(count + 1) * stream.uniform()) - 1
          if count > Space.mostOneHot {
            row.append(Float(index))
          } else {
            row += (0..<count).map { $0 == index ? 1 : 0 }
          }
        }
      }
    }
    guard isMasked else { return row }
    for count in actions.choiceCounts.compactMap({ $0 }) {
      let allowed = Int(Double(count) * stream.uniform())
      row += (0..<count).map { $0 == allowed || stream.uniform() < 0.5 ? 1 : 0 }
    }
    return row
  }

  /// The rows that every program reads: 1 at the beginning of an episode else 0, and an observation; and the answers that
  /// it must give: the action and the state.
  func reference() throws -> (rows: [Float], answers: [Float]) {
    let policy = try policy
    let θ = try parameters(of: policy)
    let stream = try stream(9)
    var acting = Acting(policy, laneCount: 1)
    let bounds = ActionBounds(actions)
    var (rows, answers, applied) = (
      [Float](), [Float](), Array(repeating: Float(0), count: policy.actionSize)
    )
    for k in 0..<Self.rows {
      if k % Self.steps == 0 { acting.memory.forget(0) }
      acting.observations = observation(of: policy, from: stream)
      rows += [k % Self.steps == 0 ? 1 : 0] + acting.observations
      policy.act(θ, for: [0], drawing: nil, in: &acting)
      bounds.clamp(policy, acting.actions.span, into: &applied)
      answers += applied + acting.memory.actor(lane: 0)
    }
    return (rows, answers)
  }

  func exported() throws -> ExportedPolicy {
    let policy = try policy
    return try ExportedPolicy(
      policy, try parameters(of: policy), observing: observations, acting: actions,
      records: [("environment", "one that ends a comment */ int broken; /*")])
  }
}

extension ExportCase {
  private static func picture(_ shape: [Int], _ element: Space.Element, _ axes: Space.Axes) -> Space.Leaf {
    let (count, high) = (shape.reduce(1, *), element == .uint8 ? 255.0 : 1)
    var leaf = Space.Leaf(
      path: "picture",
      kind: .box(
        shape: shape, low: Array(repeating: 0, count: count), high: Array(repeating: high, count: count),
        element: element))
    leaf.axes = axes
    return leaf
  }

  private static let four = Space.box(low: [-1, -1, -1, -1], high: [1, 1, 1, 1])
  /// Bounds that cut many actions, and numbers without a bound.
  private static let arm = Space.box(
    low: [-0.5, -.infinity, -0.25], high: [0.5, .infinity, .infinity])
  private static let bounded = Space.box(low: [-2, 0, -0.001], high: [2, 10, 3])
  private static let filters = [
    Network.Convolution(filters: 5, side: 3, stride: 2), Network.Convolution(filters: 6, side: 2, stride: 1),
  ]

  static let all: [ExportCase] = [
    ExportCase(
      name: "discrete", observations: four, actions: .discrete(3),
      architecture: Architecture(hidden: [17, 9])),
    ExportCase(
      name: "no hidden layer, shared critic", observations: four, actions: .discrete(3),
      architecture: Architecture(hidden: [], critic: .shared)),
    ExportCase(
      name: "gaussian, clamped, relu", observations: four, actions: arm,
      architecture: Architecture(hidden: [16, 16], activation: .relu, critic: .separate, headGain: 1)),
    ExportCase(
      name: "network-gaussian, elu", observations: four, actions: arm, boxes: .networkGaussian,
      architecture: Architecture(hidden: [16, 16], activation: .elu, headGain: 1)),
    ExportCase(
      name: "squashed, gelu", observations: four, actions: bounded, boxes: .squashed,
      architecture: Architecture(hidden: [16, 16], activation: .gelu, headGain: 1)),
    ExportCase(
      name: "beta", observations: four, actions: bounded, boxes: .beta,
      architecture: Architecture(hidden: [16], headGain: 4)),
    ExportCase(
      name: "gsde", observations: four, actions: arm, boxes: .exploring,
      architecture: Architecture(hidden: [16], headGain: 1)),
    ExportCase(
      name: "standardized", observations: four, actions: arm,
      architecture: Architecture(hidden: [16], standardizes: true)),
    ExportCase(
      name: "masks of several choices", observations: four,
      actions: Space(.multiDiscrete(counts: [3, 4], starts: [0, 0], shape: [2])), isMasked: true,
      architecture: Architecture(hidden: [16])),
    ExportCase(
      name: "tuple of actions", observations: four,
      actions: Space(leaves: [
        Space.Leaf(path: "0", kind: .multiBinary(shape: [3])), arm.leaves[0],
        Space.Leaf(path: "2", kind: .discrete(count: 2, start: 5)),
      ]), architecture: Architecture(hidden: [16], headGain: 1)),
    ExportCase(
      name: "gru", observations: four, actions: arm,
      architecture: Architecture(hidden: [8], headGain: 1, recurrence: Recurrence(.gru, size: 13))),
    ExportCase(
      name: "lstm, standardized", observations: four, actions: .discrete(4),
      architecture: Architecture(
        hidden: [8], standardizes: true, recurrence: Recurrence(.lstm, size: 11))),
    ExportCase(
      name: "convolutions of bits", observations: Space(leaves: [picture([8, 9, 2], .bool, .channelsLast)]),
      actions: .discrete(3),
      architecture: Architecture(
        hidden: [12], inputs: [Network.Input(.image(Network.Image(height: 8, width: 9, channels: 2)))],
        convolutions: filters)),
    ExportCase(
      name: "convolutions of bytes, channels first",
      observations: Space(leaves: [picture([3, 8, 9], .uint8, .channelsFirst)]), actions: .discrete(3),
      architecture: Architecture(
        hidden: [12], activation: .relu,
        inputs: [
          Network.Input(.image(Network.Image(height: 8, width: 9, channels: 3, planes: 3)), scale: 1 / 255)
        ], convolutions: filters)),
    ExportCase(
      name: "dictionary with a picture, an index and numbers",
      observations: Space(leaves: [
        Space.Leaf(path: "index", kind: .discrete(count: 5000, start: 0)),
        picture([4, 6, 7], .uint8, .channelsFirst),
        Space.Leaf(path: "numbers", kind: four.leaves[0].kind),
      ]), actions: bounded, boxes: .squashed,
      architecture: Architecture(
        hidden: [12], headGain: 1, standardizes: true,
        inputs: [
          Network.Input(.index(count: 5000)),
          Network.Input(.image(Network.Image(height: 6, width: 7, channels: 4, planes: 2))),
          Network.Input(.numbers(4)),
        ], convolutions: filters, recurrence: Recurrence(.gru, size: 6))),
    ExportCase(
      name: "indices",
      observations: Space(leaves: [
        Space.Leaf(path: "0", kind: .discrete(count: 5000, start: 0)),
        Space.Leaf(path: "1", kind: four.leaves[0].kind),
        Space.Leaf(path: "2", kind: .discrete(count: 6000, start: 0)),
      ]), actions: .discrete(3), architecture: Architecture(hidden: [7])),
  ]
}
