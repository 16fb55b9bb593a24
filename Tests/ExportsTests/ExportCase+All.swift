import AscentEnvironments

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
  /// Boxes that are not their own units.
  private static let valves = Space.box(low: [100, -0.5, -1], high: [200, 3, 1])
  private static let filters = "5x3/2,6x2/1"

  static let all: [ExportCase] = [
    ExportCase(
      name: "discrete", observations: four, actions: .discrete(3), settings: ["policy.hidden": "17,9"]),
    ExportCase(
      name: "no hidden layer, shared trunk", observations: four, actions: .discrete(3),
      settings: ["policy.hidden": "", "policy.trunk": "shared"]),
    ExportCase(
      name: "gaussian, relu", observations: four, actions: arm,
      settings: ["policy.activation": "relu", "policy.hidden": "16,16"]),
    ExportCase(
      name: "network-gaussian, elu", observations: four, actions: arm,
      settings: ["policy.distribution": "network-gaussian", "policy.activation": "elu"]),
    ExportCase(
      name: "gaussian in units of boxes", observations: four, actions: valves,
      settings: ["policy.hidden": "16", "policy.log_deviation": "-1"]),
    ExportCase(
      name: "gsde in units of boxes", observations: four, actions: valves,
      settings: ["policy.distribution": "gsde", "policy.hidden": "16"]),
    ExportCase(
      name: "network-gaussian in units of boxes, in a tuple", observations: four,
      actions: Space(leaves: [
        Space.Leaf(path: "0", kind: .discrete(count: 2, start: 5)),
        Space.Leaf(path: "1", kind: valves.leaves[0].kind),
        Space.Leaf(path: "2", kind: arm.leaves[0].kind),
      ]), settings: ["policy.distribution": "network-gaussian", "policy.hidden": "16"]),
    ExportCase(
      name: "gaussian in the environment's units", observations: four, actions: bounded,
      settings: ["policy.action_units": "environment", "policy.hidden": "16"]),
    ExportCase(
      name: "squashed, gelu", observations: four, actions: bounded,
      settings: ["policy.distribution": "squashed", "policy.activation": "gelu", "policy.hidden": "16,16"]),
    ExportCase(
      name: "beta", observations: four, actions: bounded,
      settings: ["policy.distribution": "beta", "policy.hidden": "16"]),
    ExportCase(
      name: "gsde", observations: four, actions: arm,
      settings: ["policy.distribution": "gsde", "policy.hidden": "16"]),
    ExportCase(
      name: "standardized", observations: four, actions: arm,
      settings: ["normalize.observations": "true", "policy.hidden": "16"]),
    ExportCase(
      name: "masks of several choices", observations: four,
      actions: Space(.multiDiscrete(counts: [3, 4], starts: [0, 0], shape: [2])), isMasked: true,
      settings: ["policy.hidden": "16"]),
    ExportCase(
      name: "tuple of actions", observations: four,
      actions: Space(leaves: [
        Space.Leaf(path: "0", kind: .multiBinary(shape: [3])), arm.leaves[0],
        Space.Leaf(path: "2", kind: .discrete(count: 2, start: 5)),
      ]), settings: ["policy.hidden": "16"]),
    ExportCase(
      name: "gru", observations: four, actions: arm,
      settings: ["policy.memory": "gru", "policy.memory_size": "13", "policy.hidden": "8"]),
    ExportCase(
      name: "lstm, standardized", observations: four, actions: .discrete(4),
      settings: [
        "policy.memory": "lstm", "policy.memory_size": "11", "policy.hidden": "8",
        "normalize.observations": "true",
      ]),
    ExportCase(
      name: "convolutions of bits", observations: Space(leaves: [picture([8, 9, 2], .bool, .channelsLast)]),
      actions: .discrete(3), settings: ["policy.convolutions": filters, "policy.hidden": "12"]),
    ExportCase(
      name: "convolutions of bytes, channels first",
      observations: Space(leaves: [picture([3, 8, 9], .uint8, .channelsFirst)]), actions: .discrete(3),
      settings: [
        "policy.convolutions": filters, "policy.hidden": "12", "policy.activation": "relu",
      ]),
    ExportCase(
      name: "dictionary with pictures, an index and numbers",
      observations: Space(leaves: [
        Space.Leaf(path: "index", kind: .discrete(count: 5000, start: 0)),
        picture([2, 6, 7, 2], .uint8, .channelsLast),
        Space.Leaf(path: "numbers", kind: four.leaves[0].kind),
      ]), actions: bounded,
      settings: [
        "policy.convolutions": filters, "policy.hidden": "12", "policy.distribution": "squashed",
        "normalize.observations": "true", "policy.memory": "gru", "policy.memory_size": "6",
      ], rows: 400),
    ExportCase(
      name: "indices",
      observations: Space(leaves: [
        Space.Leaf(path: "0", kind: .discrete(count: 5000, start: 0)),
        Space.Leaf(path: "1", kind: four.leaves[0].kind),
        Space.Leaf(path: "2", kind: .discrete(count: 6000, start: 0)),
      ]), actions: .discrete(3), settings: ["policy.hidden": "7"]),
    ExportCase(
      name: "an index with gsde and no hidden layer",
      observations: Space(leaves: [
        Space.Leaf(path: "0", kind: four.leaves[0].kind),
        Space.Leaf(path: "1", kind: .discrete(count: 5000, start: 0)),
      ]), actions: arm, settings: ["policy.hidden": "", "policy.distribution": "gsde"],
      rows: 2000),
  ]
}
