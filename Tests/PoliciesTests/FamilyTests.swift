import AscentPolicies
import AscentRandomness
import AscentTestSupport
import Testing

/// A policy with everything that a row can have, and steps that it made.
struct PolicyCase: CustomStringConvertible, Sendable {
  var name: String
  var policy: Policy
  static let rows = 6

  var description: String { name }

  static let bounds = ValueBounds(low: [-2, 0], high: [2, 1])
  /// A box far from 0, an asymmetric one, one that is its own unit, and a number with one bound.
  static let boxes = ValueBounds(low: [100, -0.5, -1, 0], high: [200, 3, 1, .infinity])

  static let all: [PolicyCase] = {
    func make(
      _ name: String, _ factors: [any ActionFamily], mask: Int = 0, _ architecture: Architecture
    ) -> PolicyCase? {
      (try? Policy(featureSize: 4, factors: factors, maskSize: mask, architecture: architecture)).map {
        PolicyCase(name: name, policy: $0)
      }
    }
    let plain = Architecture(hidden: [8, 5], critic: .separate, headGain: 1)
    let shared = Architecture(hidden: [8, 5], critic: .shared, headGain: 1)
    func with(_ activation: Activation) -> Architecture {
      Architecture(hidden: [8, 5], activation: activation, critic: .separate, headGain: 1)
    }
    let standard = Architecture(hidden: [8], critic: .separate, headGain: 1, standardizes: true)
    let image = Architecture(
      hidden: [6], activation: .elu, critic: .shared, headGain: 1,
      inputs: [Network.Input(.image(Network.Image(height: 2, width: 2, channels: 1)))],
      convolutions: [
        Network.Convolution(filters: 3, side: 1, stride: 1), .init(filters: 4, side: 2, stride: 1),
      ])
    let beside = Architecture(
      hidden: [6], critic: .separate, headGain: 1,
      inputs: [
        Network.Input(.numbers(1)),
        Network.Input(.image(Network.Image(height: 1, width: 1, channels: 2, planes: 2))),
        Network.Input(.numbers(1)),
      ], convolutions: [Network.Convolution(filters: 3, side: 1, stride: 1)])
    var two = beside
    (two.activation, two.critic) = (.gelu, .shared)
    let pixel = Network.Image(height: 1, width: 1, channels: 2)
    two.inputs = [Network.Input(.image(pixel)), Network.Input(.image(pixel), scale: 0.5)]
    return [
      make("categorical", [.categorical(3)], plain), make("categorical, shared", [.categorical(3)], shared),
      make("masked", [.categorical(3)], mask: 3, plain),
      make("choices and bits", [.categorical(2), .bernoulli(3), .categorical(4)], plain),
      make("Gaussian", [.gaussian(2)], plain), make("Gaussian, relu", [.gaussian(2)], with(.relu)),
      make("Gaussian, gelu", [.gaussian(2)], with(.gelu)), make("Gaussian, elu", [.gaussian(2)], with(.elu)),
      make("Gaussian by the network", [.gaussian(2, .network)], shared),
      make("Gaussian in units of boxes", [GaussianFamily(inUnitsOf: boxes)], plain),
      make(
        "Gaussian by the network, in units of boxes", [GaussianFamily(.network, inUnitsOf: boxes)], shared),
      make("exploring in units of boxes", [GaussianFamily(.exploring, inUnitsOf: boxes)], plain),
      make("squashed", [.squashed(bounds)], plain), make("beta", [.beta(bounds)], plain),
      make("exploring", [.gaussian(2, .exploring)], plain),
      make("exploring twice", [.gaussian(2, .exploring), .gaussian(1, .exploring)], plain),
      make(
        "exploring without hidden layers", [.gaussian(2, .exploring)], Architecture(hidden: [], headGain: 1)),
      make("masked twice", [.categorical(3), .gaussian(1), .categorical(4)], mask: 7, plain),
      make(
        "everything", [.gaussian(1), .categorical(3), .beta(bounds), .gaussian(2, .exploring)], mask: 3,
        standard),
      make("convolutions", [.categorical(3), .gaussian(1)], image),
      make("an image beside numbers", [.categorical(3), .gaussian(1)], beside),
      make("two images", [.categorical(3), .gaussian(1)], two),
    ].compactMap(\.self)
  }()

  /// Parameters that are not small, so that every layer matters.
  func parameters() throws -> Parameters {
    var θ = policy.initialParameters(from: try RandomStream(StreamKey(seed: 2, purpose: .parameters)))
    for k in 0..<policy.learnedCount { θ.values[k] += 0.3 * numbers(1, k)[0] }
    for k in policy.learnedCount..<θ.values.count { θ.values[k] += 0.2 * numbers(1, k)[0] }
    return θ
  }

  /// Observations whose masks, if there are any, forbid one choice of every three in each row.
  var observations: [Float] {
    (0..<Self.rows).flatMap { row in
      numbers(4, 77 + row).map { $0 * 2 }
        + (0..<policy.observationSize - 4).map { Float($0 % 3 == row % 3 ? 0 : 1) }
    }
  }

  func acted(_ θ: Parameters, seed: UInt64 = 9) throws -> (actions: [Float], logs: [Double]) {
    let streams = try (0..<UInt32(Self.rows)).map {
      try RandomStream(StreamKey(seed: seed, purpose: .actions, lane: $0))
    }
    var acting = Acting(policy, laneCount: Self.rows)
    let drawn = policy.drawn(
      θ, on: observations, lanes: Array(0..<Self.rows), from: streams, in: &acting)
    return (drawn.actions, drawn.logProbabilities)
  }

  /// What the forward pass finds: Σ c log π + e H + v V.
  func objective(_ θ: Parameters, _ actions: [Float], _ c: [Double], _ e: [Double], _ v: [Double]) -> Double {
    var workspace = policy.makeWorkspace(rows: Self.rows)
    var (logs, h, values) = (c, c, c)
    policy.logProbabilities(
      θ, of: actions, on: observations, rows: 0..<Self.rows, in: &workspace, into: &logs)
    policy.entropies(θ, on: observations, rows: Self.rows, in: &workspace, into: &h)
    if policy.hasCritic {
      policy.values(θ, on: observations, rows: 0..<Self.rows, in: &workspace, into: &values)
    }
    var sum = 0.0
    for row in 0..<Self.rows { sum += c[row] * logs[row] + e[row] * h[row] + v[row] * values[row] }
    return sum
  }
}

@Suite struct `A family of actions` {
  @Test func `has all its cases`() { #expect(PolicyCase.all.count == 22) }

  /// Central differences of a float32 forward pass, h = 2⁻⁸: rounding leaves some 1e-4 of a row's size, curvature
  /// some 1e-5.
  @Test(arguments: PolicyCase.all)
  func `has the gradients that finite differences find`(_ one: PolicyCase) throws {
    let (policy, rows) = (one.policy, PolicyCase.rows)
    var θ = try one.parameters()
    let (actions, _) = try one.acted(θ)
    let (c, e, v) = (
      (0..<rows).map { Double($0) - 2.5 }, (0..<rows).map { 0.3 * Double($0) + 0.1 },
      (0..<rows).map { 1 - 0.5 * Double($0) }
    )
    var gradient = Array(repeating: Float(0), count: policy.learnedCount)
    var workspace = policy.makeWorkspace(rows: rows)
    let o = one.observations
    policy.forward(θ, on: o.span, rows: rows, [.actor, .critic], in: &workspace)
    var span = gradient.mutableSpan
    policy.accumulateGradient(
      θ, of: actions.span, on: o.span, weights: GradientWeights(scores: c, entropies: e, values: v),
      in: &workspace, into: &span)
    let exploring = θ.slices.first { $0.name.hasSuffix("log_deviation") && $0.shape.count == 2 }
    for k in 0..<policy.learnedCount {
      // φ is taken as given where it weighs exploration, so only the deviations' own gradient is exact there.
      if exploring != nil, policy.actorRange.contains(k), exploring?.range.contains(k) != true { continue }
      let (x, h) = (θ.values[k], Float(1) / 256)
      θ.values[k] = x + h
      let above = one.objective(θ, actions, c, e, v)
      θ.values[k] = x - h
      let slope = (above - one.objective(θ, actions, c, e, v)) / Double(2 * h)
      θ.values[k] = x
      #expect(abs(Double(gradient[k]) - slope) < 4e-3 * max(1, abs(slope)), "\(one.name), parameter \(k)")
    }
  }

  @Test(arguments: PolicyCase.all)
  func `reports the density of what it drew, inside of its space`(_ one: PolicyCase) throws {
    let θ = try one.parameters()
    let (actions, logs) = try one.acted(θ)
    var workspace = one.policy.makeWorkspace(rows: 1)
    var again = logs
    one.policy.logProbabilities(
      θ, of: actions, on: one.observations, rows: 0..<PolicyCase.rows, in: &workspace, into: &again)
    #expect(again == logs && logs.allSatisfy(\.isFinite))
    if one.name == "masked" {
      for row in 0..<PolicyCase.rows { #expect(Int(actions[row]) != row % 3) }
      for seed in 0..<200 {
        let drawn = try one.acted(θ, seed: UInt64(seed)).actions
        for row in 0..<PolicyCase.rows { #expect(Int(drawn[row]) != row % 3, "a forbidden choice") }
      }
    }
    if one.name == "squashed" || one.name == "beta" {
      var applied: [Float] = [0, 0]
      for row in 0..<PolicyCase.rows {
        var span = applied.mutableSpan
        one.policy.apply(actions.span.extracting(row * 2..<row * 2 + 2), into: &span)
        for k in 0..<2 {
          #expect(applied[k] >= PolicyCase.bounds.low[k] && applied[k] <= PolicyCase.bounds.high[k])
        }
      }
    }
  }

  /// The density of a bounded action integrates to 1 over its box: a sum over 200 × 200 cells.
  @Test(arguments: PolicyCase.all.filter { ["squashed", "beta"].contains($0.name) })
  func `has a density whose integral is 1`(_ one: PolicyCase) throws {
    let (θ, n) = (try one.parameters(), 200)
    var workspace = one.policy.makeWorkspace(rows: n * n)
    let o = Array(repeating: Array(one.observations[..<4]), count: n * n).flatMap(\.self)
    let inner = (0..<n).map { (Double($0) + 0.5) / Double(n) }
    let drawn = inner.map { x in
      one.name == "beta" ? Float(x) : Float(0.5 * (logarithm(x) - logarithm(1 - x)))
    }
    let actions = (0..<n * n).flatMap { [drawn[$0 / n], drawn[$0 % n]] }
    var logs = Array(repeating: 0.0, count: n * n)
    one.policy.logProbabilities(θ, of: actions, on: o, rows: 0..<n * n, in: &workspace, into: &logs)
    let area = Double(4 * 1) / Double(n * n)
    let integral = logs.reduce(0) { $0 + exponential($1) * area }
    #expect(abs(integral - 1) < 0.01)
  }

  /// KL(π ‖ π′) ≈ ½ δᵀ F δ for a small δ: the product and the divergence are two programs for one number.
  @Test(arguments: PolicyCase.all)
  func `has the Fisher matrix of its divergence`(_ one: PolicyCase) throws {
    let (policy, rows) = (one.policy, PolicyCase.rows)
    let θ = try one.parameters()
    let o = one.observations
    var direction = numbers(policy.learnedCount, 31)
    // φ is taken as given where it weighs exploration: no step through the network below it.
    if policy.explores {
      for slice in θ.slices where !slice.name.hasSuffix("log_deviation") {
        for k in slice.range where k < direction.count { direction[k] = 0 }
      }
    }
    for k in policy.criticRange { direction[k] = 0 }
    var workspace = policy.makeWorkspace(rows: rows)
    policy.forward(θ, on: o.span, rows: rows, .actor, in: &workspace)
    let before = policy.snapshot(of: workspace)
    var product = Array(repeating: Float(0), count: policy.learnedCount)
    var span = product.mutableSpan
    policy.accumulateFisherProduct(
      θ, along: direction.span, on: o.span, times: 1, in: &workspace, into: &span)
    let quadratic = zip(direction, product).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    var divergences = Array(repeating: 0.0, count: rows)
    let h: Float = 1.0 / 64
    var sums: [Double] = []
    for sign: Float in [-1, 1] {
      var moved = θ
      for k in direction.indices { moved.values[k] += sign * h * direction[k] }
      policy.forward(moved, on: o.span, rows: rows, .actor, in: &workspace)
      var d = divergences.mutableSpan
      policy.readDivergences(from: before, in: workspace, into: &d)
      sums.append(divergences.reduce(0, +))
    }
    // The odd terms cancel; what is left is of the order of h².
    let measured = (sums[0] + sums[1]) / Double(h * h)
    #expect(
      measured > 0 && abs(measured - quadratic) < 0.03 * quadratic, "\(one.name): \(measured), \(quadratic)")
  }

  @Test(arguments: PolicyCase.all)
  func `gives a row the same bits alone and among others`(_ one: PolicyCase) throws {
    let θ = try one.parameters()
    let (actions, logs) = try one.acted(θ)
    var workspace = one.policy.makeWorkspace(rows: 1)
    for row in 0..<PolicyCase.rows {
      var alone = [0.0]
      one.policy.logProbabilities(
        θ, of: actions, on: one.observations, rows: row..<row + 1, in: &workspace, into: &alone)
      #expect(alone[0] == logs[row])
    }
  }
}
