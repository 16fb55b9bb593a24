internal import AscentExperiments
internal import AscentMathematics
internal import AscentPolicies

// The actions and the distributions.
extension OnnxProgram {
  /// Writes the outputs: `action` is the first in every file, then come `next_state` and, if wanted, `distribution`.
  mutating func writeHeads(_ hasDistribution: Bool) {
    var (actions, parameters) = ([String](), [String]())
    for factor in policy.graph.factors {
      actions.append(action(factor))
      if hasDistribution { parameters += distribution(factor) }
    }
    var action = graph.side(actions)
    if let bounds = policy.actionBounds { action = clamped(action, low: bounds.low, high: bounds.high) }
    graph.output(
      "action", policy.graph.actionSize, "the most probable action, as the environment receives it", action)
    if let nextState {
      graph.output("next_state", policy.graph.stateSize, "the state for the next observation", nextState)
    }
    guard hasDistribution else { return }
    graph.output(
      "distribution", policy.distributionColumns.count, "the numbers that the metadata names",
      graph.side(parameters))
  }

  /// Some network outputs.
  private mutating func outputs(_ range: Range<Int>) -> String { graph.columns(row, range, of: width) }

  private mutating func action(_ factor: PolicyGraph.Factor) -> String {
    switch factor.distribution {
    case .categorical(let range):
      let best = graph.add(
        "ArgMax", [logits(factor, range)], [("axis", .integer(1)), ("keepdims", .integer(1))])
      return graph.add("Cast", [best], [("to", .integer(1))])
    case .bernoulli(let range):
      let isOne = graph.add("Greater", [outputs(range), graph.constant("zero", 0)])
      return graph.add("Cast", [isOne], [("to", .integer(1))])
    case .gaussian(let mean, _, .environment): return outputs(mean)
    case .gaussian(let mean, _, .box(let units)):
      let n = units.half.count
      let product = graph.add("Mul", [outputs(mean), graph.constant("half_width", units.half, shape: [n])])
      return graph.add("Add", [product, graph.constant("middle", units.middle, shape: [n])])
    case .gaussian(let mean, _, .squashed(let bounds)):
      // (1 + tanh x) / 2
      let raised = graph.add("Add", [graph.add("Tanh", [outputs(mean)]), graph.constant("one", 1)])
      return scaled(graph.add("Mul", [raised, graph.constant("half", 0.5)]), bounds)
    case .beta(let y, let z, let bounds):
      let (a, b) = (graph.add("Softplus", [outputs(y)]), graph.add("Softplus", [outputs(z)]))
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
  private mutating func logits(_ factor: PolicyGraph.Factor, _ range: Range<Int>) -> String {
    let logits = outputs(range)
    guard let mask else { return logits }
    let own = graph.columns(mask, factor.mask..<factor.mask + range.count, of: policy.graph.maskSize)
    let isForbidden = graph.add("Equal", [own, graph.constant("zero", 0)])
    return graph.add("Where", [isForbidden, graph.constant("never", -.infinity), logits])
  }

  /// The numbers of ``ExportedPolicy/distributionColumns`` for one factor, in matrices side by side.
  private mutating func distribution(_ factor: PolicyGraph.Factor) -> [String] {
    switch factor.distribution {
    case .categorical(let range):
      return [graph.add("LogSoftmax", [logits(factor, range)], [("axis", .integer(1))])]
    case .bernoulli(let range): return [outputs(range)]
    case .beta(let y, let z, _):
      let one = graph.constant("one", 1)
      return [y, z].map { graph.add("Add", [graph.add("Softplus", [outputs($0)]), one]) }
    case .gaussian(let mean, .outputs(let logs), _): return [outputs(mean), outputs(logs)]
    case .gaussian(let mean, .numbers(let logs), _):
      // Zeros with a row for each observation.
      let zeros = graph.add("Mul", [outputs(mean), graph.constant("zero", 0)])
      let own = graph.constant("log_deviation", logs, shape: [logs.count])
      return [outputs(mean), graph.add("Add", [zeros, own])]
    case .gaussian(let mean, .exploring(let logs), _):
      let variances = logs.map { Float(exponential(2 * Double($0))) }
      let table = graph.constant("variances", variances, shape: [latentSize, factor.valueCount])
      let squares = graph.add("MatMul", [graph.add("Mul", [latent, latent]), table])
      let log = graph.add("Log", [graph.add("Add", [squares, graph.constant("least", 1e-6)])])
      return [outputs(mean), graph.add("Mul", [log, graph.constant("half", 0.5)])]
    }
  }
}

extension ExportedPolicy {
  /// The name of each column of the output `distribution`: the value of the action, and which number of it.
  var distributionColumns: [String] {
    graph.factors.flatMap { factor -> [String] in
      let values = factor.value..<factor.value + factor.valueCount
      return switch factor.distribution {
      case .categorical(let logits):
        (0..<logits.count).map { "action[\(factor.value)].log_probability[\($0)]" }
      case .bernoulli: values.map { "action[\($0)].logit" }
      case .gaussian: values.map { "action[\($0)].mean" } + values.map { "action[\($0)].log_deviation" }
      case .beta: values.map { "action[\($0)].alpha" } + values.map { "action[\($0)].beta" }
      }
    }
  }
}
