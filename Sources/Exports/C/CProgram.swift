internal import AscentExperiments
internal import AscentPolicies

/// The function of C that computes a policy's action, while it is written.
struct CProgram {
  let policy: ExportedPolicy
  /// The statements of the function.
  var statements: [String] = []
  /// The arrays of numbers.
  private(set) var arrays = ""
  /// The sections of ``CSections`` that the statements call.
  private(set) var sections: [String] = []
  /// The name of the row of numbers that the next operation reads, and those of the rows that can be written.
  var row = "observation"
  /// The largest number of floats of each local array, by its name.
  private(set) var locals: [(name: String, count: Int)] = []

  init(_ policy: ExportedPolicy) {
    self.policy = policy
    if let normalizer = policy.graph.normalizer { normalize(normalizer) }
    for operation in policy.graph.operations { write(operation) }
    for (k, factor) in policy.graph.factors.enumerated() { write(factor, k) }
    if let bounds = policy.actionBounds {
      let (low, high) = (array("action_low", bounds.low), array("action_high", bounds.high))
      call("nearest_all", "\(bounds.low.count)", low, high, "action")
    }
  }

  /// Adds a call of a function of a section with the same name.
  mutating func call(_ function: String, _ arguments: String...) {
    sections.append(function)
    statements.append("\(function)(\(arguments.joined(separator: ", ")));")
  }

  /// Adds an array of numbers and returns its name.
  mutating func array(_ name: String, _ values: [Float]) -> String {
    let name = String(name.map { $0 == "." ? "_" : $0 })
    arrays += CNumber.array(name, values)
    return name
  }

  /// Returns the name of a local array of at least `count` floats.
  mutating func local(_ name: String, _ count: Int) -> String {
    if let k = locals.firstIndex(where: { $0.name == name }) {
      locals[k].count = max(locals[k].count, count)
    } else {
      locals.append((name, count))
    }
    return name
  }

  /// Returns the name of a row that is not read now, for `count` floats.
  mutating func next(_ count: Int) -> String { local(row == "even" ? "odd" : "even", count) }

  /// Adds a call of the activation function of `count` numbers.
  mutating func activate(_ activation: Activation?, _ count: Int, _ y: String) {
    if let activation { call("\(activation.rawValue)_all", "\(count)", y) }
  }

  /// Adds the arrays of a map and returns their names.
  mutating func arrays(of map: PolicyGraph.Map) -> (weight: String, bias: String) {
    (array("\(map.name).weight", map.weight), array("\(map.name).bias", map.bias))
  }

  private mutating func normalize(_ normalizer: PolicyGraph.Normalizer) {
    let (count, y) = (policy.graph.featureSize, next(policy.graph.featureSize))
    let mean = array("observations.mean", normalizer.mean)
    let scale = array("observations.scale", normalizer.scale)
    if normalizer.bound.isFinite {
      call("standardize", "\(count)", mean, scale, CNumber.literal(normalizer.bound), row, y)
    } else {
      call("scale_all", "\(count)", mean, scale, row, y)
    }
    for column in normalizer.indexColumns { statements.append("\(y)[\(column)] = \(row)[\(column)];") }
    row = y
  }

  private mutating func write(_ factor: PolicyGraph.Factor, _ k: Int) {
    let (y, n) = ("action + \(factor.value)", factor.valueCount)
    func first(_ outputs: Range<Int>) -> String { "\(row) + \(outputs.lowerBound)" }
    switch factor.distribution {
    case .categorical(let logits):
      let choices = local("choices", logits.count)
      call("copy", "\(logits.count)", first(logits), choices)
      if policy.graph.maskSize > 0 {
        call("forbid", "\(logits.count)", "mask + \(factor.mask)", choices)
      }
      sections.append("choice")
      statements.append("action[\(factor.value)] = choice(\(logits.count), \(choices));")
    case .bernoulli(let logits): call("bits_all", "\(n)", first(logits), y)
    case .gaussian(let mean, _, .environment): call("copy", "\(n)", first(mean), y)
    case .gaussian(let mean, _, .box(let units)):
      let (middle, half) = (array("middle.\(k)", units.middle), array("half.\(k)", units.half))
      call("units_all", "\(n)", first(mean), middle, half, y)
    case .gaussian(let mean, _, .squashed(let bounds)):
      let (low, high) = (array("low.\(k)", bounds.low), array("high.\(k)", bounds.high))
      call("squash_all", "\(n)", first(mean), low, high, y)
    case .beta(let α, let β, let bounds):
      let (low, high) = (array("low.\(k)", bounds.low), array("high.\(k)", bounds.high))
      call("beta_all", "\(n)", first(α), first(β), low, high, y)
    }
  }
}
