import AscentPolicies
import AscentRandomness
import AscentTestSupport
import Testing

/// What remembers, and whether a convolution comes before it.
struct MemoryCase: CustomTestStringConvertible, Sendable {
  var cell: Recurrence.Cell
  var critic: Architecture.Critic
  var looksAtImages = false
  var testDescription: String { "\(cell), \(critic)\(looksAtImages ? ", images" : "")" }
}

/// A policy over three actions that remembers, and sequences of different lengths: some from nothing, some from a state,
/// some with steps that lead to them.
private struct Remembering {
  static let features = 3
  /// (leads, rows, whether it begins in a state).
  static let shapes = [(0, 4, false), (2, 3, true), (0, 1, true), (3, 6, false), (1, 4, true)]

  let policy: Policy
  let recurrence: Recurrence
  let layersBefore: Int
  let θ: Parameters
  var sequences: Sequences
  /// For each sequence its steps, leads included.
  let steps: [[[Float]]]
  let states: [[Float]]
  let rows: Int

  init(_ one: MemoryCase) throws {
    let (cell, critic) = (one.cell, one.critic)
    layersBefore = one.looksAtImages ? 1 : 0
    let image = Network.Image(height: 1, width: 1, channels: Self.features)
    recurrence = Recurrence(cell, size: 5)
    policy = try Policy(
      featureSize: Self.features, factors: [.categorical(3)],
      architecture: Architecture(
        hidden: [4], critic: critic, headGain: 1,
        inputs: one.looksAtImages ? [Network.Input(.image(image))] : [],
        convolutions: one.looksAtImages ? [Network.Convolution(filters: 4, side: 1, stride: 1)] : [],
        recurrence: recurrence))
    var θ = policy.initialParameters(from: try RandomStream(StreamKey(seed: 2, purpose: .parameters)))
    for k in θ.values.indices { θ.values[k] += 0.3 * numbers(1, k)[0] }
    self.θ = θ
    sequences = Sequences(stateSize: policy.stateSize)
    var (steps, states, rows) = ([[[Float]]](), [[Float]](), 0)
    for (k, (leads, count, hasState)) in Self.shapes.enumerated() {
      let state =
        hasState ? numbers(policy.stateSize, 300 + k) : Array(repeating: 0, count: policy.stateSize)
      sequences.append(rows: count, leads: leads, from: state.span)
      steps.append((0..<leads + count).map { numbers(Self.features, 50 * k + $0).map { $0 * 2 } })
      states.append(state)
      rows += count
    }
    (self.steps, self.states, self.rows) = (steps, states, rows)
  }

  /// The rows as a call gets them: all leads, then all others.
  var observations: [Float] {
    var (leads, own) = ([Float](), [Float]())
    for (k, (count, _, _)) in Self.shapes.enumerated() {
      leads += steps[k][..<count].joined()
      own += steps[k][count...].joined()
    }
    return leads + own
  }

  var actions: [Float] { (0..<rows).map { Float($0 * 7 % 3) } }
  var scores: [Double] { numbers(rows, 5).map { Double($0) } }
  var entropies: [Double] { numbers(rows, 6).map { Double($0) } }
  var values: [Double] { numbers(rows, 7).map { Double($0) } }

  /// Of each row the outputs of the actor and V, by the plain computation.
  func outputs(_ reference: MemoryReference) -> [(actor: [Double], value: Double)] {
    steps.indices.flatMap { k in
      let (leads, state) = (Self.shapes[k].0, states[k])
      let own = policy.actorStateSize
      let actor = reference.outputs("actor", steps[k], from: Array(state[..<own])).0
      guard policy.architecture.critic == .separate else { return actor[leads...].map { ($0, $0[3]) } }
      let critic = reference.outputs("critic", steps[k], from: Array(state[own...])).0
      return zip(actor, critic)[leads...].map { ($0, $1[0]) }
    }
  }

  /// Σ c log π + e H + v V.
  func objective(_ reference: MemoryReference) -> Double {
    var sum = 0.0
    for (row, found) in outputs(reference).enumerated() {
      let logs = MemoryReference.logs(Array(found.actor[..<3]))
      sum += scores[row] * logs[Int(actions[row])] + values[row] * found.value
      sum -= entropies[row] * logs.reduce(0) { $0 + exponential($1) * $1 }
    }
    return sum
  }

  func gradient() -> [Float] {
    let o = observations
    var workspace = policy.makeWorkspace(rows: 1)
    policy.forward(θ, on: o.span, rows: rows, [.actor, .critic], along: sequences, in: &workspace)
    var gradient = Array(repeating: Float(0), count: policy.learnedCount)
    var span = gradient.mutableSpan
    policy.accumulateGradient(
      θ, of: actions.span, on: o.span,
      weights: GradientWeights(scores: scores, entropies: entropies, values: values), in: &workspace,
      into: &span)
    return gradient
  }
}

extension Zip2Sequence<[[Double]], [[Double]]> {
  fileprivate subscript(range: PartialRangeFrom<Int>) -> ArraySlice<([Double], [Double])> {
    Array(self)[range]
  }
}

@Suite struct `A policy that remembers` {
  static let cases: [MemoryCase] = Recurrence.Cell.allCases.flatMap { cell in
    [
      MemoryCase(cell: cell, critic: .separate), MemoryCase(cell: cell, critic: .shared),
      MemoryCase(cell: cell, critic: .separate, looksAtImages: true),
    ]
  }

  @Test(arguments: cases)
  func `computes what its equations say`(_ one: MemoryCase) throws {
    let one = try Remembering(one)
    let (o, rows) = (one.observations, one.rows)
    var workspace = one.policy.makeWorkspace(rows: 1)
    one.policy.forward(
      one.θ, on: o.span, rows: rows, [.actor, .critic], along: one.sequences, in: &workspace)
    var (logs, values) = (Array(repeating: 0.0, count: rows), Array(repeating: 0.0, count: rows))
    var l = logs.mutableSpan
    var v = values.mutableSpan
    one.policy.readLogProbabilities(of: one.actions.span, in: workspace, into: &l)
    one.policy.readValues(in: workspace, into: &v)
    let expected = one.outputs(MemoryReference(one.θ, one.recurrence, layersBefore: one.layersBefore))
    for row in 0..<rows {
      let log = MemoryReference.logs(Array(expected[row].actor[..<3]))[Int(one.actions[row])]
      #expect(abs(logs[row] - log) < 2e-6 && abs(values[row] - expected[row].value) < 2e-6, "row \(row)")
    }
  }

  /// Central differences of the plain computation in double: their own error is some 1e-9.
  @Test(arguments: cases)
  func `has the gradient of finite differences through several resets`(_ one: MemoryCase) throws {
    let one = try Remembering(one)
    let found = one.gradient()
    var reference = MemoryReference(one.θ, one.recurrence, layersBefore: one.layersBefore)
    let h = 1e-5
    for k in found.indices {
      let middle = reference.values[k]
      reference.values[k] = middle + h
      let above = one.objective(reference)
      reference.values[k] = middle - h
      let slope = (above - one.objective(reference)) / (2 * h)
      reference.values[k] = middle
      #expect(abs(Double(found[k]) - slope) < 1e-5 * max(1, abs(slope)), "parameter \(k)")
    }
  }

  /// Fv = Σ_row Σₐ π(a) (∇log π · v) ∇log π, over every action.
  @Test(arguments: cases)
  func `has the Fisher matrix of its scores' outer product`(_ one: MemoryCase) throws {
    let one = try Remembering(one)
    let (policy, o, rows) = (one.policy, one.observations, one.rows)
    let v = numbers(policy.learnedCount, 3)
    var workspace = policy.makeWorkspace(rows: 1)
    policy.forward(one.θ, on: o.span, rows: rows, .actor, along: one.sequences, in: &workspace)
    var product = Array(repeating: Float(0), count: policy.learnedCount)
    do {
      var span = product.mutableSpan
      policy.accumulateFisherProduct(
        one.θ, along: v.span, on: o.span, times: 1, in: &workspace, into: &span)
    }
    var expected = Array(repeating: 0.0, count: v.count)
    let none = Array(repeating: 0.0, count: rows)
    for row in 0..<rows {
      for action in 0..<3 {
        let actions = Array(repeating: Float(action), count: rows)
        var c = none
        c[row] = 1
        policy.forward(one.θ, on: o.span, rows: rows, .actor, along: one.sequences, in: &workspace)
        var logs = none
        var l = logs.mutableSpan
        policy.readLogProbabilities(of: actions.span, in: workspace, into: &l)
        var score = Array(repeating: Float(0), count: v.count)
        var span = score.mutableSpan
        policy.accumulateGradient(
          one.θ, of: actions.span, on: o.span, weights: GradientWeights(scores: c, entropies: none),
          in: &workspace, into: &span)
        let along = zip(score, v).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        for k in score.indices { expected[k] += exponential(logs[row]) * along * Double(score[k]) }
      }
    }
    let size = expected.reduce(0) { max($0, abs($1)) }
    for k in product.indices {
      #expect(abs(Double(product[k]) - expected[k]) < 1e-5 * size, "parameter \(k)")
    }
  }

  @Test(arguments: cases)
  func `acts step by step as along a sequence, whoever acts beside it`(_ one: MemoryCase) throws {
    let one = try Remembering(one)
    let (policy, lanes, steps) = (one.policy, 3, 5)
    let o = (0..<steps).map { t in (0..<lanes).flatMap { numbers(3, 9 * t + $0) } }
    func act(_ groups: [[Int]]) throws -> (logs: [[Double]], memory: Memory, actions: [[Float]]) {
      let streams = try (0..<UInt32(lanes)).map {
        try RandomStream(StreamKey(seed: 9, purpose: .actions, lane: $0))
      }
      var acting = Acting(policy, laneCount: lanes, remembering: [.actor, .critic])
      var (all, taken) = (
        Array(repeating: [Double](), count: lanes), Array(repeating: [Float](), count: lanes)
      )
      for t in 0..<steps {
        for group in groups {
          let (actions, logs) = policy.drawn(
            one.θ, on: group.flatMap { o[t][$0 * 3..<$0 * 3 + 3] }, lanes: group, from: streams, in: &acting)
          for (row, lane) in group.enumerated() {
            all[lane].append(logs[row])
            taken[lane].append(actions[row])
          }
        }
      }
      return (all, acting.memory, taken)
    }
    let together = try act([[0, 1, 2]])
    let apart = try act([[2], [0, 1]])
    #expect(together.logs == apart.logs && together.memory.states == apart.memory.states)
    var sequences = Sequences(stateSize: policy.stateSize)
    for _ in 0..<lanes { sequences.append(rows: steps) }
    let rows = (0..<lanes).flatMap { lane in (0..<steps).flatMap { o[$0][lane * 3..<lane * 3 + 3] } }
    var workspace = policy.makeWorkspace(rows: 1)
    policy.forward(one.θ, on: rows.span, rows: lanes * steps, .actor, along: sequences, in: &workspace)
    var logs = Array(repeating: 0.0, count: lanes * steps)
    var l = logs.mutableSpan
    policy.readLogProbabilities(of: Array(together.actions.joined()).span, in: workspace, into: &l)
    #expect(logs == Array(together.logs.joined()))
  }
}
