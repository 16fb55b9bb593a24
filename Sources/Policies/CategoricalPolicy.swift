public import Randomness

/// A policy over finitely many actions: π(a∣o) = exp(l(a)) / Σ exp(l), with logits l from a network.
public struct CategoricalPolicy: Policy {
  /// Floats per observation: the width of the network’s input.
  public let observationSize: Int
  /// |A|.
  public let actionCount: Int
  private let network: MultilayerPerceptron

  /// Makes the policy.
  ///
  /// - Throws: ``PolicyError`` when a size is not possible.
  public init(observationSize: Int, actionCount: Int, hidden: [Int] = [64, 64]) throws(PolicyError) {
    self.observationSize = observationSize
    self.actionCount = actionCount
    network = try MultilayerPerceptron(
      name: "actor", widths: [observationSize] + hidden + [actionCount], startingAt: 0)
  }

  /// 1: an index.
  public var actionSize: Int { 1 }

  /// θ at the beginning.
  public func initialParameters(from stream: RandomStream) -> Parameters {
    var θ = Parameters(slices: network.slices)
    network.initialize(&θ, headGain: 0.01, from: stream)
    return θ
  }

  /// Memory for so many rows.
  public func makeWorkspace(rows: Int) -> Workspace { Workspace(for: network, rows: rows) }

  /// Inverts the cumulative distribution at one uniform draw per action.
  public func act(
    _ θ: Parameters, on observations: Span<Float>, lanes: [Int], drawing streams: [RandomStream],
    in workspace: inout Workspace, actions: inout MutableSpan<Float>,
    logProbabilities: inout MutableSpan<Double>
  ) {
    evaluate(θ, on: observations, rows: lanes.count, in: &workspace)
    for (row, lane) in lanes.enumerated() {
      let u = streams[lane].uniform()
      let first = row * actionCount
      var (a, reached) = (0, Double(workspace.probabilities[first]))
      while u >= reached, a + 1 < actionCount {
        a += 1
        reached += Double(workspace.probabilities[first + a])
      }
      // Rounding may leave the sum below u: the last action that is possible is taken then.
      while a > 0, workspace.probabilities[first + a] == 0 { a -= 1 }
      actions[row] = Float(a)
      logProbabilities[row] = Double(workspace.head[first + a])
    }
  }

  /// The most probable action of each row.
  public func mode(
    _ θ: Parameters, on observations: Span<Float>, rows: Int, in workspace: inout Workspace,
    actions: inout MutableSpan<Float>
  ) {
    evaluate(θ, on: observations, rows: rows, in: &workspace)
    for row in 0..<rows {
      var best = 0
      for a in 0..<actionCount
      where workspace.head[row * actionCount + a] > workspace.head[row * actionCount + best] { best = a }
      actions[row] = Float(best)
    }
  }

  /// log π(a∣o) of each row.
  public func logProbabilities(
    _ θ: Parameters, of actions: Span<Float>, on observations: Span<Float>, rows: Int,
    in workspace: inout Workspace, into logProbabilities: inout MutableSpan<Double>
  ) {
    evaluate(θ, on: observations, rows: rows, in: &workspace)
    for row in 0..<rows {
      logProbabilities[row] = Double(workspace.head[row * actionCount + Int(actions[row])])
    }
  }

  /// −Σ π log π.
  public func entropies(
    _ θ: Parameters, on observations: Span<Float>, rows: Int, in workspace: inout Workspace,
    into entropies: inout MutableSpan<Double>
  ) {
    evaluate(θ, on: observations, rows: rows, in: &workspace)
    for row in 0..<rows {
      var sum = 0.0
      for k in row * actionCount..<(row + 1) * actionCount where workspace.probabilities[k] > 0 {
        sum -= Double(workspace.probabilities[k]) * Double(workspace.head[k])
      }
      entropies[row] = sum
    }
  }

  /// ∂ log π(a∣o) / ∂ l(j) = [j = a] − π(j∣o).
  public func accumulateScore(
    _ θ: Parameters, of actions: Span<Float>, on observations: Span<Float>,
    weightedBy coefficients: Span<Double>, rows: Int, in workspace: inout Workspace,
    into gradient: inout MutableSpan<Float>
  ) {
    evaluate(θ, on: observations, rows: rows, in: &workspace)
    let last = workspace.adjoints.count - 1
    for row in 0..<rows {
      let (c, a) = (Float(coefficients[row]), Int(actions[row]))
      for j in 0..<actionCount {
        let k = row * actionCount + j
        workspace.adjoints[last][k] = c * ((j == a ? 1 : 0) - workspace.probabilities[k])
      }
    }
    network.accumulateAdjoint(θ, on: observations, rows: rows, in: &workspace, into: &gradient)
  }

  /// log π in `head`, π in `probabilities`, [row × action].
  private func evaluate(
    _ θ: Parameters, on observations: Span<Float>, rows: Int, in workspace: inout Workspace
  ) {
    network.forward(θ, on: observations, rows: rows, in: &workspace)
    let logits = workspace.outputs[workspace.outputs.count - 1]
    var head = workspace.head.mutableSpan
    Kernels.logSoftmax(rows: rows, actionCount, logits.span, into: &head)
    let logπ = workspace.head
    var probabilities = workspace.probabilities.mutableSpan
    Kernels.exp(rows * actionCount, logπ.span, into: &probabilities)
  }
}
