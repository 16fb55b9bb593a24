import AscentPolicies
import AscentRandomness
import AscentTestSupport
import CAscentKernels
import Testing

/// Two policies for the same observations, given in two forms.
private struct Pair {
  let left, right: Policy
  let θ: Parameters
  static let rows = 7

  /// Makes the pair; the parameters are those of the left policy.
  init(_ left: (features: Int, Architecture), _ right: (features: Int, Architecture)) throws {
    func policy(_ one: (features: Int, Architecture)) throws -> Policy {
      try Policy(
        featureSize: one.features, factors: [.categorical(3), .gaussian(2, .network)], architecture: one.1)
    }
    (self.left, self.right) = (try policy(left), try policy(right))
    var θ = self.left.initialParameters(from: try stream(2))
    for k in 0..<self.left.learnedCount { θ.values[k] += 0.3 * numbers(1, k)[0] }
    self.θ = θ
  }

  /// The learned parameters, in a vector of the given policy.
  private func parameters(of policy: Policy) throws -> Parameters {
    var own = policy.initialParameters(from: try stream(3))
    own.values.replaceSubrange(0..<policy.learnedCount, with: θ.values[0..<left.learnedCount])
    return own
  }

  /// Everything that a policy computes from observations: log π, V, the gradient and a Fisher product.
  private func results(_ policy: Policy, _ observations: [Float]) throws -> [Float] {
    let (θ, rows) = (try parameters(of: policy), Self.rows)
    let actions = (0..<rows).flatMap { [Float($0 % 3)] + numbers(2, 40 + $0) }
    var sequences: Sequences?
    if policy.remembers {
      sequences = Sequences(stateSize: policy.stateSize)
      sequences?.append(rows: 3, leads: 0)
      sequences?.append(rows: rows - 3, leads: 0)
    }
    var workspace = policy.makeWorkspace(rows: 1)
    let o = observations.span
    var (logs, values) = (Array(repeating: 0.0, count: rows), Array(repeating: 0.0, count: rows))
    policy.logProbabilities(θ, of: actions.span, on: o, along: sequences, in: &workspace, into: &logs)
    policy.values(θ, on: o, along: sequences, in: &workspace, into: &values)
    var gradient = Array(repeating: Float(0), count: policy.learnedCount)
    policy.forward(θ, on: o, rows: rows, [.actor, .critic], along: sequences, in: &workspace)
    var weights = GradientWeights(rows: rows)
    for row in 0..<rows {
      (weights.scores[row], weights.entropies[row], weights.values[row]) = (
        Double(row) - 2.5, 0.1, Double(row) * 0.3
      )
    }
    var span = gradient.mutableSpan
    policy.accumulateGradient(
      θ, of: actions.span, on: o, weights: weights, in: &workspace, into: &span)
    guard !policy.remembers else { return logs.map { Float($0) } + values.map { Float($0) } + gradient }
    let direction = numbers(policy.learnedCount, 31)
    var product = Array(repeating: Float(0), count: policy.learnedCount)
    policy.forward(θ, on: o, rows: rows, .actor, in: &workspace)
    var products = product.mutableSpan
    policy.accumulateFisherProduct(
      θ, along: direction.span, on: o, times: 1, in: &workspace, into: &products)
    product = Array(product[policy.actorRange])
    return logs.map { Float($0) } + values.map { Float($0) } + gradient + product
  }

  /// The first result in whose bits the two policies differ, or nil.
  func difference(_ leftRows: [Float], _ rightRows: [Float]) throws -> Int? {
    PoliciesTests.difference(try results(left, leftRows), try results(right, rightRows))
  }
}

@Suite struct `The inputs of a network` {
  private static let rows = Pair.rows

  /// Rows of pictures [row × column × channel] and the same ones as planes.
  private func pictures(
    _ height: Int, _ width: Int, _ channels: Int, planes: Int
  ) -> (last: [Float], planes: [Float]) {
    let (pixels, run) = (height * width, channels / planes)
    let last = numbers(Self.rows * pixels * channels, 5)
    var other = last
    for row in 0..<Self.rows {
      let start = row * pixels * channels
      for pixel in 0..<pixels {
        for plane in 0..<planes {
          for k in 0..<run {
            other[start + (plane * pixels + pixel) * run + k] =
              last[start + pixel * channels + plane * run + k]
          }
        }
      }
    }
    return (last, other)
  }

  @Test(arguments: [3, 6, 2], [Activation.tanh, .gelu])
  func `that are pictures have the same bits in any order of their axes`(
    planes: Int, activation: Activation
  ) throws {
    let convolutions = [
      Network.Convolution(filters: 4, side: 2, stride: 1), .init(filters: 3, side: 2, stride: 2),
    ]
    func architecture(_ planes: Int, _ recurrence: Recurrence? = nil) -> Architecture {
      Architecture(
        hidden: [5], activation: activation, critic: .separate, headGain: 1,
        inputs: [
          Network.Input(.image(.init(height: 5, width: 4, channels: 6, planes: planes)), scale: 1 / 255)
        ], convolutions: convolutions, recurrence: recurrence)
    }
    let (last, other) = pictures(5, 4, 6, planes: planes)
    for recurrence in [nil, Recurrence(.gru, size: 3)] {
      let pair = try Pair((120, architecture(1, recurrence)), (120, architecture(planes, recurrence)))
      #expect(try pair.difference(last, other) == nil)
    }
  }

  /// Two numbers, an index among 7 as a one-hot vector, three numbers, and an index among 4.
  private func choices() -> (oneHot: [Float], index: [Float]) {
    var (dense, short) = ([Float](), [Float]())
    for row in 0..<Self.rows {
      let (front, back, first, second) = (
        numbers(2, 60 + row), numbers(3, 80 + row), row * 3 % 7, 3 - row % 4
      )
      // The last row has none of the 7 choices.
      let isNone = row == Self.rows - 1
      dense +=
        front + (0..<7).map { !isNone && $0 == first ? 1 : 0 } + back + (0..<4).map { $0 == second ? 1 : 0 }
      short += front + [isNone ? -1 : Float(first)] + back + [Float(second)]
    }
    return (dense, short)
  }

  private static let inputs = [
    Network.Input(.numbers(2)), Network.Input(.index(count: 7)), Network.Input(.numbers(3)),
    Network.Input(.index(count: 4)),
  ]

  @Test(arguments: [[5, 4], []], [Activation.tanh, .elu, .gelu])
  func `that are indices have the bits of one-hot vectors`(hidden: [Int], activation: Activation) throws {
    func architecture(_ inputs: [Network.Input], _ recurrence: Recurrence? = nil) -> Architecture {
      Architecture(
        hidden: hidden, activation: activation, critic: activation == .elu ? .shared : .separate, headGain: 1,
        inputs: inputs, recurrence: recurrence)
    }
    let (dense, short) = choices()
    for recurrence in [nil, Recurrence(.lstm, size: 3)] {
      let pair = try Pair((16, architecture([], recurrence)), (7, architecture(Self.inputs, recurrence)))
      #expect(try pair.difference(dense, short) == nil)
    }
  }

  @Test func `that are indices stand beside pictures as one-hot vectors do`() throws {
    let image = Network.Input(.image(.init(height: 2, width: 2, channels: 1)))
    func architecture(_ choices: [Network.Input]) -> Architecture {
      Architecture(
        hidden: [4], critic: .separate, headGain: 1, inputs: [image] + choices,
        convolutions: [Network.Convolution(filters: 3, side: 2, stride: 1)])
    }
    let (dense, short) = choices()
    func beside(_ rows: [Float]) -> [Float] {
      let size = rows.count / Self.rows
      return (0..<Self.rows).flatMap { numbers(4, 9 + $0) + rows[$0 * size..<($0 + 1) * size] }
    }
    let pair = try Pair((20, architecture([Network.Input(.numbers(16))])), (11, architecture(Self.inputs)))
    #expect(try pair.difference(beside(dense), beside(short)) == nil)
  }

  @Test func `that are indices are neither standardized nor clamped`() throws {
    let policy = try Policy(
      featureSize: 2, factors: [.categorical(2)],
      architecture: Architecture(
        hidden: [], standardizes: true,
        inputs: [Network.Input(.index(count: 5000)), Network.Input(.numbers(1))]))
    #expect(policy.indexColumns == [0])
    var θ = policy.initialParameters(from: try stream(1))
    let weights = try #require(θ.slices.first { $0.name == "actor.0.weight" })
    #expect(weights.shape == [5001, 2])
    for k in weights.range { θ.values[k] = 0 }
    θ.values[weights.range.lowerBound + 2 * 4321] = 3
    var workspace = policy.makeWorkspace(rows: 2)
    var logs = [0.0, 0.0]
    policy.logProbabilities(θ, of: [0, 0], on: [4321, 0, 4320, 0], rows: 0..<2, in: &workspace, into: &logs)
    #expect(abs(logs[0] - logarithm(exponential(3) / (exponential(3) + 1))) < 1e-6)
    #expect(abs(logs[1] - logarithm(0.5)) < 1e-6)
  }

  @Test func `must be as many as the features`() {
    #expect(throws: PolicyError.self) {
      try Policy(
        featureSize: 5, factors: [.categorical(2)],
        architecture: Architecture(inputs: [Network.Input(.numbers(4))]))
    }
  }

  @Test func `scale numbers without a bound`() throws {
    let policy = try Policy(
      featureSize: 2, factors: [.gaussian(1)],
      architecture: Architecture(
        hidden: [], inputs: [Network.Input(.numbers(1), scale: 0.5), Network.Input(.numbers(1))]))
    var θ = policy.initialParameters(from: try stream(1))
    let weights = try #require(θ.slices.first { $0.name == "actor.0.weight" })
    for k in weights.range { θ.values[k] = 1 }
    var acting = Acting(policy, laneCount: 1)
    acting.observations = [200, 1000]
    policy.act(θ, for: [0], drawing: nil, in: &acting)
    #expect(acting.actions == [1100])
  }
}

@Suite struct `A kernel of the first layer` {
  @Test(arguments: try Shape.all)
  func `continues chains, from columns of wider rows`(shape: Shape) throws {
    let (m, k, n) = (shape.m, shape.k, shape.n)
    let (numbers, stride) = (try stream(4), shape.k + 3)
    let (x, w, dy) = (numbers.floats(m * stride + 3), numbers.floats(k * n), numbers.floats(m * n))
    let (y, dw) = (numbers.floats(m * n), numbers.floats(k * n))
    var (plainY, plainW) = (y, dw)
    for i in 0..<m {
      for j in 0..<n {
        for q in 0..<k {
          plainY[i * n + j].addProduct(x[i * stride + q], w[q * n + j])
          plainW[q * n + j].addProduct(x[i * stride + q], dy[i * n + j])
        }
      }
    }
    for path in paths {
      var (foundY, foundW) = (y, dw)
      unsafe ckernels_add_product(path, m, k, n, x, stride, w, &foundY)
      unsafe ckernels_accumulate_columns(path, m, k, n, x, stride, dy, &foundW)
      #expect(difference(foundY, plainY) == nil && difference(foundW, plainW) == nil)
    }
  }

  @Test(arguments: try Shape.all)
  func `gathers and scatters rows with the bits of products with one-hot rows`(shape: Shape) throws {
    let (m, k, n) = (shape.m, shape.k, shape.n)
    let numbers = try stream(5)
    let indices = (0..<m).map { $0 % 5 == 4 ? -1 : Int(Double(k) * numbers.uniform()) }
    var rows = Array(repeating: Float(0), count: m * k)
    for (i, index) in indices.enumerated() where index >= 0 { rows[i * k + index] = 1 }
    let (w, dy) = (numbers.floats(k * n), numbers.floats(m * n))
    let (y, dw) = (numbers.floats(m * n), numbers.floats(k * n))
    // Every second float is an index; those between are not read.
    let short = indices.flatMap { [Float($0), .nan] }
    for path in paths {
      var (denseY, denseW, foundY, foundW) = (y, dw, y, dw)
      unsafe ckernels_add_product(path, m, k, n, rows, k, w, &denseY)
      unsafe ckernels_accumulate_product(path, m, k, n, rows, dy, &denseW)
      unsafe ckernels_gather_rows(path, m, k, n, short, 2, w, &foundY)
      unsafe ckernels_scatter_rows(path, m, k, n, short, 2, dy, &foundW)
      #expect(difference(foundY, denseY) == nil && difference(foundW, denseW) == nil)
      // What is no index reaches outside of no array.
      let wrong: [Float] = [Float(k), -2, .nan, 9e18]
      var (wrongY, wrongW) = (Array(repeating: Float(1), count: 4 * n), dw)
      let ones = wrongY
      unsafe ckernels_gather_rows(path, 4, k, n, wrong, 1, w, &wrongY)
      unsafe ckernels_scatter_rows(path, 4, k, n, wrong, 1, ones, &wrongW)
      #expect(wrongY.allSatisfy(\.isNaN) && difference(wrongW, dw) == nil)
    }
  }
}
