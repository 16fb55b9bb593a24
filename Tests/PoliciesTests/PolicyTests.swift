import AscentPolicies
import AscentRandomness
import AscentTestSupport
import Testing

/// Observations that differ from row to row.
private func observations(_ rows: Int, _ size: Int) -> [Float] {
  numbers(rows * size, 77).map { $0 * 2 }
}

private func stream(_ lane: UInt32 = 0) throws -> RandomStream {
  try RandomStream(StreamKey(seed: 9, purpose: .actions, lane: lane))
}

extension Policy {
  fileprivate var isCategorical: Bool { actionSize == 1 }
}

@Suite struct `A policy` {
  static let policies: [Policy] = {
    do {
      return [
        try Policy.categorical(observationSize: 4, actionCount: 3, hidden: [8, 5]),
        try Policy.gaussian(observationSize: 4, actionSize: 2, hidden: [8, 5], logDeviation: -0.3),
      ]
    } catch { return [] }
  }()

  /// Parameters that are not small, so that every layer matters.
  static func parameters(_ policy: Policy) throws -> Parameters {
    var θ = policy.initialParameters(from: try RandomStream(StreamKey(seed: 2, purpose: .parameters)))
    for k in θ.values.indices { θ.values[k] += 0.3 * numbers(1, k)[0] }
    return θ
  }

  @Test(arguments: policies.indices)
  func `acts the same whether lanes come one by one or together`(index: Int) throws {
    let policy = Self.policies[index]
    let (θ, rows) = (try Self.parameters(policy), 9)
    let o = observations(rows, 4)
    func act(_ groups: [[Int]]) throws -> ([Float], [Double]) {
      let streams = try (0..<UInt32(rows)).map { try stream($0) }
      var (allActions, allLogs) = ([Float](), [Double]())
      for lanes in groups {
        var acting = Acting(policy, laneCount: rows)
        let (actions, logs) = policy.drawn(
          θ, on: lanes.flatMap { o[$0 * 4..<$0 * 4 + 4] }, lanes: lanes, from: streams, in: &acting)
        allActions += actions
        allLogs += logs
      }
      return (allActions, allLogs)
    }
    let together = try act([Array(0..<rows)])
    let alone = try act((0..<rows).map { [$0] })
    let mixed = try act([[0, 1, 2, 3], [4], [5, 6, 7, 8]])
    #expect(together == alone && together == mixed)
  }

  @Test(arguments: policies.indices)
  func `gives acted actions the log-probability that it reports`(index: Int) throws {
    let policy = Self.policies[index]
    let (θ, rows) = (try Self.parameters(policy), 50)
    let o = observations(rows, 4)
    let streams = try (0..<UInt32(rows)).map { try stream($0) }
    var workspace = policy.makeWorkspace(rows: rows)
    var acting = Acting(policy, laneCount: rows)
    let (actions, logs) = policy.drawn(θ, on: o, lanes: Array(0..<rows), from: streams, in: &acting)
    var again = Array(repeating: 0.0, count: rows)
    policy.logProbabilities(θ, of: actions, on: o, rows: 0..<rows, in: &workspace, into: &again)
    #expect(logs == again)
    let reference = ReferencePolicy(θ)
    for row in 0..<rows {
      let (o, a) = (
        Array(o[row * 4..<row * 4 + 4]),
        Array(actions[row * policy.actionSize..<(row + 1) * policy.actionSize])
      )
      let expected =
        policy.isCategorical ? reference.categorical(o, Int(a[0])) : reference.gaussian(o, a)
      #expect(abs(logs[row] - expected) < 2e-5)
    }
  }

  /// Central differences in double precision with h = 1e-5 are good to 1e-8; float32 adds about 1e-5 of a row.
  @Test(arguments: policies.indices)
  func `has the gradient that finite differences find`(index: Int) throws {
    let policy = Self.policies[index]
    let (θ, rows) = (try Self.parameters(policy), 7)
    let o = observations(rows, 4)
    let a: [Float] =
      policy.isCategorical
      ? (0..<rows).map { Float($0 % 3) } : numbers(rows * policy.actionSize, 5)
    let c = (0..<rows).map { Double($0) - 2.5 }
    var workspace = policy.makeWorkspace(rows: 2)
    var gradient = Array(repeating: Float(0), count: θ.values.count)
    policy.accumulateScore(
      θ, of: a, on: o, weightedBy: c, rows: 0..<rows, in: &workspace, into: &gradient)

    func objective(_ reference: ReferencePolicy) -> Double {
      (0..<rows).reduce(0) { sum, row in
        let o = Array(o[row * 4..<row * 4 + 4])
        let a = Array(a[row * policy.actionSize..<(row + 1) * policy.actionSize])
        let logπ =
          policy.isCategorical ? reference.categorical(o, Int(a[0])) : reference.gaussian(o, a)
        return sum + c[row] * logπ
      }
    }
    var reference = ReferencePolicy(θ)
    for k in θ.values.indices {
      let (x, h) = (reference.values[k], 1e-5)
      reference.values[k] = x + h
      let above = objective(reference)
      reference.values[k] = x - h
      let slope = (above - objective(reference)) / (2 * h)
      reference.values[k] = x
      #expect(abs(Double(gradient[k]) - slope) < 1e-4 * max(1, abs(slope)), "parameter \(k)")
    }
  }

  @Test(arguments: policies.indices)
  func `has a gradient that does not depend on how rows are cut`(index: Int) throws {
    let policy = Self.policies[index]
    let (θ, rows) = (try Self.parameters(policy), 300)
    let o = observations(rows, 4)
    let a = (0..<rows * policy.actionSize).map { Float($0 % 2) }
    let c = (0..<rows).map { Double($0 % 7) - 3 }
    func gradient(_ cut: Int) -> [Float] {
      var workspace = policy.makeWorkspace(rows: 1)
      var gradient = Array(repeating: Float(0), count: θ.values.count)
      for first in stride(from: 0, to: rows, by: cut) {
        policy.accumulateScore(
          θ, of: a, on: o, weightedBy: c, rows: first..<min(rows, first + cut), in: &workspace,
          into: &gradient)
      }
      return gradient
    }
    let whole = gradient(rows)
    for cut in [1, 7, 64, 256] { #expect(gradient(cut) == whole) }
  }

  /// E[∇log π] = 0 (notes), exactly, as a sum over the actions: what is left is float32 rounding.
  @Test func `has a score whose expectation is 0`() throws {
    let policy = try Policy.categorical(observationSize: 4, actionCount: 3, hidden: [8, 5])
    let θ = try Self.parameters(policy)
    let o = observations(1, 4)
    var workspace = policy.makeWorkspace(rows: 1)
    var gradient = Array(repeating: Float(0), count: θ.values.count)
    for a in 0..<3 {
      let p = exponential(ReferencePolicy(θ).categorical(o, a))
      policy.accumulateScore(
        θ, of: [Float(a)], on: o, weightedBy: [p], rows: 0..<1, in: &workspace, into: &gradient)
    }
    #expect(gradient.allSatisfy { abs($0) < 1e-6 })
    #expect(gradient.contains { $0 != 0 })
  }

  @Test func `has the entropy of its definition`() throws {
    let policy = try Policy.categorical(observationSize: 4, actionCount: 3, hidden: [8, 5])
    let θ = try Self.parameters(policy)
    let o = observations(1, 4)
    var workspace = policy.makeWorkspace(rows: 1)
    var entropy = [0.0]
    policy.entropies(θ, on: o, rows: 1, in: &workspace, into: &entropy)
    let logs = (0..<3).map { ReferencePolicy(θ).categorical(o, $0) }
    #expect(abs(entropy[0] + logs.reduce(0) { $0 + exponential($1) * $1 }) < 1e-6)
  }

  /// 40,000 actions: 5.4 deviations, false-alarm rate 1e-7 for each action.
  @Test func `draws actions as often as it says`() throws {
    let policy = try Policy.categorical(observationSize: 4, actionCount: 3, hidden: [8, 5])
    let (θ, n) = (try Self.parameters(policy), 40_000)
    let o = observations(1, 4)
    let streams = [try stream()]
    var (acting, counts) = (Acting(policy, laneCount: 1), [0.0, 0, 0])
    for _ in 0..<n {
      counts[Int(policy.drawn(θ, on: o, lanes: [0], from: streams, in: &acting).actions[0])] += 1
    }
    for a in 0..<3 {
      let p = exponential(ReferencePolicy(θ).categorical(o, a))
      #expect(abs(counts[a] / Double(n) - p) < 5.4 * (p * (1 - p) / Double(n)).squareRoot())
    }
    #expect(counts[Int(policy.mode(θ, on: o)[0])] == counts.max())
  }

  @Test func `survives observations that are not finite`() throws {
    for policy in Self.policies {
      let θ = try Self.parameters(policy)
      var acting = Acting(policy, laneCount: 1)
      for x: Float in [.nan, .infinity, -.infinity] {
        let actions = policy.drawn(
          θ, on: [x, 0, 0, 0], lanes: [0], from: [try stream()], in: &acting
        ).actions
        if policy.isCategorical { #expect((0..<3).contains(Int(actions[0]))) }
      }
    }
  }

  @Test func `is refused when a size is not possible`() {
    #expect(throws: PolicyError.self) { try Policy.categorical(observationSize: 0, actionCount: 2) }
    #expect(throws: PolicyError.self) { try Policy.categorical(observationSize: 4, actionCount: 0) }
    #expect(throws: PolicyError.self) {
      try Policy.categorical(observationSize: 4, actionCount: 2, hidden: [0])
    }
    #expect(throws: PolicyError.self) { try Policy.gaussian(observationSize: 4, actionSize: -1) }
    #expect(throws: PolicyError.self) {
      try Policy.gaussian(observationSize: 4, actionSize: 1, logDeviation: .nan)
    }
  }

  @Test func `begins with orthogonal weights`() throws {
    let policy = try Policy.categorical(observationSize: 6, actionCount: 3, hidden: [16, 16])
    let θ = policy.initialParameters(from: try RandomStream(StreamKey(seed: 1, purpose: .parameters)))
    for (name, gain) in [
      ("actor.0.weight", 2.0.squareRoot()), ("actor.1.weight", 2.0.squareRoot()), ("actor.2.weight", 0.01),
    ] {
      let slice = try #require(θ.slices.first { $0.name == name })
      let (rows, columns) = (slice.shape[0], slice.shape[1])
      let w = θ.values[slice.range].map { Double($0) }
      let short = min(rows, columns)
      for i in 0..<short {
        for j in 0...i {
          let dot = (0..<max(rows, columns)).reduce(0.0) { sum, k in
            rows <= columns
              ? sum + w[i * columns + k] * w[j * columns + k] : sum + w[k * columns + i] * w[k * columns + j]
          }
          #expect(abs(dot / (gain * gain) - (i == j ? 1 : 0)) < 1e-5)
        }
      }
    }
    let bias = try #require(θ.slices.first { $0.name == "actor.0.bias" })
    #expect(θ.values[bias.range].allSatisfy { $0 == 0 })
  }
}
