import AscentMathematics
import AscentPolicies
import AscentRandomness

/// A family around another one that passes it an array of a wrong size in one of its methods.
private struct Spoiling: ActionFamily {
  let base: any ActionFamily
  let method: String

  var valueCount: Int { base.valueCount }
  var headLayout: HeadLayout { base.headLayout }
  var altersActions: Bool { true }

  private func isIn(_ name: String) -> Bool { method == name }

  func sample(
    _ rows: FactorRows, _ head: borrowing Head, drawing draws: ActionDraws,
    into actions: inout MutableSpan<Float>
  ) {
    if isIn("stream") { print(draws.stream(ofRow: 99)) }
    guard isIn("sample") else { return base.sample(rows, head, drawing: draws, into: &actions) }
    var none: [Float] = []
    var span = none.mutableSpan
    base.sample(rows, head, drawing: draws, into: &span)
  }

  func mode(_ rows: FactorRows, _ head: borrowing Head, into actions: inout MutableSpan<Float>) {
    guard isIn("mode") else { return base.mode(rows, head, into: &actions) }
    var none: [Float] = []
    var span = none.mutableSpan
    base.mode(rows, head, into: &span)
  }

  func addLogDensities(
    of actions: Span<Float>, _ rows: FactorRows, _ head: borrowing Head, into sums: inout MutableSpan<Double>
  ) {
    guard isIn("addLogDensities") || isIn("addLogDensities of none") else {
      return base.addLogDensities(of: actions, rows, head, into: &sums)
    }
    var (few, short): ([Double], [Float]) = ([], [])
    var span = few.mutableSpan
    if isIn("addLogDensities") { return base.addLogDensities(of: actions, rows, head, into: &span) }
    short = []
    base.addLogDensities(of: short.span, rows, head, into: &sums)
  }

  func addEntropies(_ rows: FactorRows, _ head: borrowing Head, into sums: inout MutableSpan<Double>) {
    guard isIn("addEntropies") else { return base.addEntropies(rows, head, into: &sums) }
    var few: [Double] = []
    var span = few.mutableSpan
    base.addEntropies(rows, head, into: &span)
  }

  func writeAdjoints(
    of actions: Span<Float>, weights: borrowing GradientWeights, _ rows: FactorRows, _ head: borrowing Head,
    into adjoints: inout MutableSpan<Float>
  ) {
    guard isIn("writeAdjoints") else {
      return base.writeAdjoints(of: actions, weights: weights, rows, head, into: &adjoints)
    }
    var few: [Float] = .of(1)
    var span = few.mutableSpan
    base.writeAdjoints(of: actions, weights: weights, rows, head, into: &span)
  }

  func addDivergences(
    from before: borrowing Head, _ rows: FactorRows, _ head: borrowing Head,
    into sums: inout MutableSpan<Double>
  ) {
    guard isIn("addDivergences") else { return base.addDivergences(from: before, rows, head, into: &sums) }
    var few: [Double] = []
    var span = few.mutableSpan
    base.addDivergences(from: before, rows, head, into: &span)
  }

  func writeFisherProducts(
    _ tangents: Span<Float>, times w: Float, _ rows: FactorRows, _ head: borrowing Head,
    into products: inout MutableSpan<Float>
  ) {
    guard isIn("writeFisherProducts") else {
      return base.writeFisherProducts(tangents, times: w, rows, head, into: &products)
    }
    let few: [Float] = .of(1)
    base.writeFisherProducts(few.span, times: w, rows, head, into: &products)
  }

  func apply(_ drawn: Span<Float>, at first: Int, into applied: inout MutableSpan<Float>) {
    base.apply(drawn, at: isIn("apply") ? -1 : isIn("apply behind") ? 99 : first, into: &applied)
  }
}

extension Misuses {
  mutating func addFamilies() {
    type = "Policies"
    let bounds = ValueBounds(low: [-1, -1], high: [1, 1])
    let families: [(String, any ActionFamily)] = [
      ("Bernoulli", .bernoulli(3)), ("Beta", .beta(bounds)), ("Categorical", .categorical(3)),
      ("Gaussian", .squashed(bounds, .network)), ("Gaussian", .gaussian(2, .exploring)),
      ("Gaussian", .gaussian(2)),
    ]
    let methods = [
      ("sample", "sample(_:_:drawing:into:)", "actions must have"),
      ("mode", "mode(_:_:into:)", "actions must have"),
      ("stream", "ActionDraws.stream(ofRow:)", "ndex out of range"),
      ("addLogDensities", "addLogDensities(of:_:_:into:)", "sums must have"),
      ("addLogDensities of none", "addLogDensities(of:_:_:into:)", "actions must have"),
      ("addEntropies", "addEntropies(_:_:into:)", "sums must have"),
      ("writeAdjoints", "writeAdjoints(of:weights:_:_:into:)", "of the head must have"),
      ("addDivergences", "addDivergences(from:_:_:into:)", "sums must have"),
      ("writeFisherProducts", "writeFisherProducts(_:times:_:_:into:)", "of the head must have"),
      ("apply", "apply(_:at:into:)", "index of the first value"),
      ("apply behind", "apply(_:at:into:)", "drawn values must"),
    ]
    let inherited = ["BernoulliFamily.apply(_:at:into:)", "CategoricalFamily.apply(_:at:into:)"]
    for (name, family) in families {
      for (method, symbol, words) in methods {
        let own =
          symbol.contains(".")
          ? [symbol] : [name, "Action"].map { "\($0)Family.\(symbol)" }.filter { !inherited.contains($0) }
        add(own, "\(name): too few numbers for \(method)", .stops(words)) {
          try callAll(Policy(featureSize: 3, factors: [Spoiling(base: family, method: method)]))
        }
      }
    }
    for count in [0, -1, -7] {
      add(
        ["BernoulliFamily.init(_:)", "ActionFamily.bernoulli(_:)"], "\(count) bits",
        .fails("number of actions")
      ) {
        _ = try Policy(featureSize: 3, factors: [.bernoulli(count)])
      }
      add(
        ["CategoricalFamily.init(_:)", "ActionFamily.categorical(_:)"], "\(count) choices",
        .fails("number of actions")
      ) {
        _ = try Policy(featureSize: 3, factors: [.categorical(count)])
      }
      add(
        ["GaussianFamily.init(_:_:bounds:)", "ActionFamily.gaussian(_:_:)"], "\(count) numbers",
        .fails("number of actions")
      ) { _ = try Policy(featureSize: 3, factors: [.gaussian(count)]) }
    }
    add("ValueBounds.init(low:high:)", "more upper bounds", .stops("upper bounds must have 1")) {
      _ = ValueBounds(low: [0], high: [1, 1])
    }
    add("GaussianFamily.init(_:_:bounds:)", "bounds for another count", .stops("lower bounds must have 3")) {
      _ = GaussianFamily(3, bounds: bounds)
    }
    add("GaussianFamily.init(_:_:bounds:)", "infinite bounds", .stops("must be finite")) {
      _ = GaussianFamily(1, bounds: ValueBounds(low: [-.infinity], high: [1]))
    }
    add("ValueBounds.init(low:high:)", "a box of unequal counts", .stops("upper bounds must have 1")) {
      var box = ValueBounds(low: [0], high: [1])
      box.high = [1, 1]
      _ = GaussianFamily(inUnitsOf: box)
    }
    add(["Exploration.init(interval:)", "FactorRows.indices(_:_:)"], "a negative interval", .returns) {
      print(Exploration(interval: -1))
    }
  }
}

/// Calls every method of a policy's families with arguments that fit.
private func callAll(_ policy: Policy) throws {
  let θ = policy.initialParameters(from: try stream())
  var acting = Acting(policy, laneCount: 2)
  policy.act(θ, for: [0, 1], drawing: nil, in: &acting)
  policy.act(θ, for: [0, 1], drawing: [try stream(), try stream(lane: 1)], in: &acting)
  var workspace = policy.makeWorkspace(rows: 2)
  let observations: [Float] = .of(2 * policy.observationSize)
  policy.forward(θ, on: observations.span, rows: 2, .actor, in: &workspace)
  let before = policy.snapshot(of: workspace)
  var numbers: [Double] = .of(2)
  var span = numbers.mutableSpan
  policy.readEntropies(in: workspace, into: &span)
  policy.readDivergences(from: before, in: workspace, into: &span)
  policy.readLogProbabilities(of: acting.actions.span, in: workspace, into: &span)
  var gradient: [Float] = .of(policy.parameterCount)
  var g = gradient.mutableSpan
  policy.accumulateGradient(
    θ, of: acting.actions.span, on: observations.span, weights: GradientWeights(rows: 2), in: &workspace,
    into: &g)
  policy.accumulateFisherProduct(
    θ, along: θ.values.span, on: observations.span, times: 1, in: &workspace, into: &g)
  var applied: [Float] = .of(policy.actionSize)
  var a = applied.mutableSpan
  policy.apply(acting.actions.span.extracting(0..<policy.actionSize), into: &a)
}
