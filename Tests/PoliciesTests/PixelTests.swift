import AscentMathematics
import AscentPolicies
import AscentRandomness
import Testing

/// Pictures that a policy reads as bytes.
@Suite struct `Bytes` {
  private static let rows = 5

  private func policy(
    planes: Int, _ critic: Architecture.Critic, standardizes: Bool = false, recurrence: Recurrence? = nil
  ) throws -> Policy {
    try Policy(
      featureSize: 6 * 5 * 4, factors: [.categorical(3)],
      architecture: Architecture(
        hidden: [7], activation: .relu, critic: critic, headGain: 1, standardizes: standardizes,
        inputs: [
          Network.Input(.image(.init(height: 6, width: 5, channels: 4, planes: planes)), scale: 1 / 255)
        ],
        convolutions: [
          Network.Convolution(filters: 6, side: 3, stride: 1), .init(filters: 3, side: 2, stride: 1),
        ], recurrence: recurrence))
  }

  @Test(arguments: [1, 4], [Architecture.Critic.shared, .separate])
  func `have the bits of the same numbers as floats`(planes: Int, critic: Architecture.Critic) throws {
    for standardizes in [false, true] {
      let policy = try policy(planes: planes, critic, standardizes: standardizes)
      #expect(policy.readsPixels)
      var θ = policy.initialParameters(from: try stream(3))
      let numbers = try stream(4)
      if standardizes { for k in policy.standardRange { θ.values[k] = Float(0.02 * numbers.uniform()) } }
      let bytes = (0..<Self.rows * 120).map { _ in UInt8(truncatingIfNeeded: numbers.nextUInt32()) }
      let floats = bytes.map { Float($0) }
      let actions: [Float] = [0, 1, 2, 0, 1]
      var weights = GradientWeights(rows: Self.rows)
      for row in 0..<Self.rows {
        (weights.scores[row], weights.entropies[row]) = (numbers.uniform(), numbers.uniform())
        weights.values[row] = numbers.uniform()
      }
      var found: [[Float]] = []
      for asBytes in [true, false] {
        var workspace = policy.makeWorkspace(rows: 2)
        var gradient = [Float](repeating: 0, count: policy.learnedCount)
        var product = [Float](repeating: 0, count: θ.values.count)
        if asBytes {
          policy.forward(θ, onBytes: bytes.span, rows: Self.rows, [.actor, .critic], in: &workspace)
        } else {
          policy.forward(θ, on: floats.span, rows: Self.rows, [.actor, .critic], in: &workspace)
        }
        var values = [Double](repeating: 0, count: Self.rows)
        values.withMutableSpan { policy.readValues(in: workspace, into: &$0) }
        let known = floats.span.extracting(0..<(asBytes ? 0 : floats.count))
        var span = gradient.mutableSpan
        policy.accumulateGradient(
          θ, of: actions.span, on: known, weights: weights, in: &workspace, into: &span)
        var productSpan = product.mutableSpan
        policy.accumulateFisherProduct(
          θ, along: θ.values.span, on: known, times: 0.5, in: &workspace, into: &productSpan)
        found.append(gradient + product + values.map { Float($0) })
      }
      #expect(difference(found[0], found[1]) == nil)
      #expect(found[0].contains { $0 != 0 })
    }
  }

  @Test func `are read after floats, and floats after bytes`() throws {
    let policy = try policy(planes: 1, .shared)
    let θ = policy.initialParameters(from: try stream(3))
    let bytes = (0..<240).map { UInt8($0) }
    let floats = bytes.map { Float($0) }
    var workspace = policy.makeWorkspace(rows: 1)
    var found: [[Double]] = []
    for asBytes in [false, true, false, true] {
      var values = [0.0, 0.0]
      if asBytes {
        policy.forward(θ, onBytes: bytes.span, rows: 2, .critic, in: &workspace)
      } else {
        policy.forward(θ, on: floats.span, rows: 2, .critic, in: &workspace)
      }
      values.withMutableSpan { policy.readValues(in: workspace, into: &$0) }
      found.append(values)
    }
    #expect(found.allSatisfy { $0 == found[0] } && found[0][0] != found[0][1])
  }

  @Test func `are for policies whose observations are one picture`() throws {
    #expect(try policy(planes: 2, .none, recurrence: Recurrence(.gru, size: 3)).readsPixels)
    #expect(try !Policy.categorical(observationSize: 4, actionCount: 2).readsPixels)
  }
}
