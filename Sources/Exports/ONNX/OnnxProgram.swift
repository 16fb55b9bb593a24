internal import AscentPolicies

/// The graph of ONNX that computes a policy's action, while it is written.
struct OnnxProgram {
  let policy: ExportedPolicy
  /// The graph.
  var graph: OnnxGraph
  /// The value that the next operation reads, [batch × feature].
  var row: String
  /// The number of its features.
  var width: Int
  /// The name of the mask; nil if there is none.
  private(set) var mask: String?
  /// The name of the state; nil if there is none.
  private(set) var state: String?
  /// The value of the next state; nil if there is none.
  private(set) var nextState: String?
  /// The value that the last affine map multiplies.
  private(set) var latent: String
  /// The width of ``latent``.
  private(set) var latentSize = 0

  /// Writes the graph.
  init(_ policy: ExportedPolicy, hasDistribution: Bool) {
    self.policy = policy
    graph = OnnxGraph(name: "policy")
    let description = policy.graph
    width = description.featureSize
    row = graph.input(
      "observation", width, "the numbers of an observation, flattened")
    latent = row
    if description.maskSize > 0 {
      mask = graph.input("mask", description.maskSize, "1 for each choice that is allowed, 0 for the others")
    }
    if description.stateSize > 0 {
      state = graph.input(
        "state", description.stateSize, "zeros at the beginning of an episode, then the last next_state")
    }
    if let normalizer = description.normalizer { normalize(normalizer) }
    for operation in description.operations {
      (latent, latentSize) = (row, width)
      write(operation)
    }
    writeHeads(hasDistribution)
  }

  /// Sets the value that the next operation reads.
  mutating func set(_ row: String, _ width: Int) { (self.row, self.width) = (row, width) }

  /// Makes a value the next state.
  mutating func output(state next: String) { nextState = next }

  private mutating func normalize(_ normalizer: PolicyGraph.Normalizer) {
    var (mean, scale) = (normalizer.mean, normalizer.scale)
    var bound = [Float](repeating: normalizer.bound, count: width)
    for column in normalizer.indexColumns {
      (mean[column], scale[column], bound[column]) = (0, 1, .infinity)
    }
    let centered = graph.add("Sub", [row, graph.constant("observations.mean", mean, shape: [width])])
    row = graph.add("Mul", [centered, graph.constant("observations.scale", scale, shape: [width])])
    guard normalizer.bound.isFinite else { return }
    row = clamped(row, low: bound.map { -$0 }, high: bound)
  }

  /// A value within bounds, one pair for each column.
  mutating func clamped(_ x: String, low: [Float], high: [Float]) -> String {
    let above = graph.add("Max", [x, graph.constant("low", low, shape: [low.count])])
    return graph.add("Min", [above, graph.constant("high", high, shape: [high.count])])
  }

  /// b + x w.
  mutating func affine(_ x: String, _ map: PolicyGraph.Map) -> String {
    let weight = graph.constant(
      "\(map.name).weight", map.weight, shape: [map.inputs, map.outputs])
    let bias = graph.constant("\(map.name).bias", map.bias, shape: [map.outputs])
    return graph.add("Gemm", [x, weight, bias])
  }

  /// f(x).
  mutating func activated(_ x: String, _ activation: Activation?) -> String {
    switch activation {
    case nil: return x
    case .tanh: return graph.add("Tanh", [x])
    case .relu: return graph.add("Relu", [x])
    case .elu: return graph.add("Elu", [x])
    case .gelu:
      let scaled = graph.add("Mul", [x, graph.constant("root_half", Float(0.5).squareRoot())])
      let inner = graph.add("Add", [graph.add("Erf", [scaled]), graph.constant("one", 1)])
      return graph.add("Mul", [graph.add("Mul", [x, inner]), graph.constant("half", 0.5)])
    }
  }
}
