internal import AscentMathematics
internal import AscentPolicies

// The actions and the distributions.
extension OnnxProgram {
  /// Writes the outputs `action` and, if wanted, `distribution`.
  mutating func writeHeads(_ hasDistribution: Bool) {
    let (x, outputs) = (row, width)
    var (actions, parameters) = ([String](), [String]())
    for factor in policy.graph.factors {
      let head = Head(graph.columns(x, factor.output..<factor.output + factor.outputCount, of: outputs))
      actions.append(action(factor, head))
      if hasDistribution { parameters += distribution(factor, head) }
    }
    var action = graph.side(actions)
    if let bounds = policy.actionBounds { action = clamped(action, low: bounds.low, high: bounds.high) }
    graph.output(
      "action", policy.graph.actionSize, "the most probable action, as the environment receives it", action)
    guard hasDistribution else { return }
    graph.output(
      "distribution", policy.distributionColumns.count, "the numbers that the metadata names",
      graph.side(parameters))
  }

  /// The network outputs of a factor.
  private struct Head {
    let outputs: String
    init(_ outputs: String) { self.outputs = outputs }
  }

  private mutating func action(_ factor: PolicyGraph.Factor, _ head: Head) -> String {
    let n = factor.valueCount
    switch factor.distribution {
    case .categorical(let count):
      let best = graph.add(
        "ArgMax", [logits(factor, head, count)], [("axis", .integer(1)), ("keepdims", .integer(1))])
      return graph.add("Cast", [best], [("to", .integer(1))])
    case .bernoulli:
      let isOne = graph.add("Greater", [head.outputs, graph.constant("zero", 0)])
      return graph.add("Cast", [isOne], [("to", .integer(1))])
    case .gaussian(_, let bounds):
      let mean = graph.columns(head.outputs, 0..<n, of: factor.outputCount)
      guard let bounds else { return mean }
      // (1 + tanh x) / 2
      let raised = graph.add("Add", [graph.add("Tanh", [mean]), graph.constant("one", 1)])
      return scaled(graph.add("Mul", [raised, graph.constant("half", 0.5)]), bounds)
    case .beta(let bounds):
      let shapes = graph.add("Softplus", [head.outputs])
      let (a, b) = (graph.columns(shapes, 0..<n, of: 2 * n), graph.columns(shapes, n..<2 * n, of: 2 * n))
      let sum = graph.add("Add", [a, b])
      let isPeaked = graph.add("Greater", [sum, graph.constant("zero", 0)])
      let mode = graph.add("Where", [isPeaked, graph.add("Div", [a, sum]), graph.constant("half", 0.5)])
      return scaled(mode, bounds)
    }
  }

  /// low + (high − low) x.
  private mutating func scaled(_ x: String, _ bounds: ValueBounds) -> String {
    let n = bounds.low.count
    let extent = zip(bounds.low, bounds.high).map { $1 - $0 }
    let product = graph.add("Mul", [x, graph.constant("extent", extent, shape: [n])])
    return clamped(
      graph.add("Add", [product, graph.constant("lowest", bounds.low, shape: [n])]), low: bounds.low,
      high: bounds.high)
  }

  /// The logits of a categorical factor; −∞ for choices that the mask forbids.
  private mutating func logits(_ factor: PolicyGraph.Factor, _ head: Head, _ count: Int) -> String {
    guard let mask else { return head.outputs }
    let own = graph.columns(mask, factor.mask..<factor.mask + count, of: policy.graph.maskSize)
    let isForbidden = graph.add("Equal", [own, graph.constant("zero", 0)])
    return graph.add("Where", [isForbidden, graph.constant("never", -.infinity), head.outputs])
  }

  /// The numbers of ``ExportedPolicy/distributionColumns`` for one factor, in matrices side by side.
  private mutating func distribution(_ factor: PolicyGraph.Factor, _ head: Head) -> [String] {
    switch factor.distribution {
    case .categorical(let count):
      return [graph.add("LogSoftmax", [logits(factor, head, count)], [("axis", .integer(1))])]
    case .bernoulli: return [head.outputs]
    case .beta:
      return [graph.add("Add", [graph.add("Softplus", [head.outputs]), graph.constant("one", 1)])]
    case .gaussian(.network, _): return [head.outputs]
    case .gaussian(.free, _):
      let logs = policy.numbers(factor.parameters)
      // Zeros with a row for each observation.
      let zeros = graph.add("Mul", [head.outputs, graph.constant("zero", 0)])
      let own = graph.constant("log_deviation", logs, shape: [logs.count])
      return [head.outputs, graph.add("Add", [zeros, own])]
    case .gaussian(.exploring, _):
      let variances = policy.numbers(factor.parameters).map { Float(exponential(2 * Double($0))) }
      let table = graph.constant("variances", variances, shape: [latentSize, factor.valueCount])
      let squares = graph.add("MatMul", [graph.add("Mul", [latent, latent]), table])
      let log = graph.add("Log", [graph.add("Add", [squares, graph.constant("least", 1e-6)])])
      return [head.outputs, graph.add("Mul", [log, graph.constant("half", 0.5)])]
    }
  }
}

extension PolicyGraph.Factor {
  /// The number of its network outputs.
  var outputCount: Int {
    switch distribution {
    case .categorical(let n): n
    case .bernoulli(let n): n
    case .gaussian(.network, _), .beta: 2 * valueCount
    case .gaussian: valueCount
    }
  }
}

extension ExportedPolicy {
  /// The name of each column of the output `distribution`: the value of the action, and which number of it.
  var distributionColumns: [String] {
    graph.factors.flatMap { factor -> [String] in
      let values = factor.value..<factor.value + factor.valueCount
      return switch factor.distribution {
      case .categorical(let n): (0..<n).map { "action[\(factor.value)].log_probability[\($0)]" }
      case .bernoulli: values.map { "action[\($0)].logit" }
      case .gaussian: values.map { "action[\($0)].mean" } + values.map { "action[\($0)].log_deviation" }
      case .beta: values.map { "action[\($0)].alpha" } + values.map { "action[\($0)].beta" }
      }
    }
  }
}
