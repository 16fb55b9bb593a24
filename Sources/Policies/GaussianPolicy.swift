public import Randomness

/// A policy over real vectors: a ~ N(μ(o), diag σ²), with μ from a network and log σ free, one per value.
public struct GaussianPolicy: Policy {
  /// Floats per observation.
  public let observationSize: Int
  /// Floats per action.
  public let actionSize: Int
  private let network: MultilayerPerceptron
  private let initialLogDeviation: Double

  private static let logTwoPi = 1.8378770664093454835606594728112

  /// Makes the policy.
  ///
  /// - Throws: ``PolicyError`` when a size is not possible or log σ not finite.
  public init(
    observationSize: Int, actionSize: Int, hidden: [Int] = [64, 64], initialLogDeviation: Double = 0
  ) throws(PolicyError) {
    guard abs(initialLogDeviation) <= 50 else {
      throw .number(what: "initial log deviation", found: initialLogDeviation, allowed: "from −50 to 50")
    }
    self.observationSize = observationSize
    self.actionSize = actionSize
    self.initialLogDeviation = initialLogDeviation
    network = try MultilayerPerceptron(
      name: "actor", widths: [observationSize] + hidden + [actionSize], startingAt: 0)
  }

  private var logDeviation: Range<Int> { network.range.upperBound..<network.range.upperBound + actionSize }

  /// θ at the beginning.
  public func initialParameters(from stream: RandomStream) -> Parameters {
    let slice = Parameters.Slice("actor.log_deviation", shape: [actionSize], at: network.range.upperBound)
    var θ = Parameters(slices: network.slices + [slice])
    network.initialize(&θ, headGain: 0.01, from: stream)
    for k in logDeviation { θ.values[k] = Float(initialLogDeviation) }
    return θ
  }

  /// Memory for so many rows.
  public func makeWorkspace(rows: Int) -> Workspace { Workspace(for: network, rows: rows) }

  /// a = μ + σ z with z ~ N(0, 1) from the ziggurat.
  public func act(
    _ θ: Parameters, on observations: Span<Float>, lanes: [Int], drawing streams: [RandomStream],
    in workspace: inout Workspace, actions: inout MutableSpan<Float>,
    logProbabilities: inout MutableSpan<Double>
  ) {
    evaluate(θ, on: observations, rows: lanes.count, in: &workspace)
    for (row, lane) in lanes.enumerated() {
      for k in 0..<actionSize {
        let (μ, σ) = (mean(row, k, workspace), deviation(k, workspace))
        actions[row * actionSize + k] = Float(μ + σ * streams[lane].standardNormal())
      }
      logProbabilities[row] = logDensity(of: actions.span, row, θ, workspace)
    }
  }

  /// The most probable action of each row.
  public func mode(
    _ θ: Parameters, on observations: Span<Float>, rows: Int, in workspace: inout Workspace,
    actions: inout MutableSpan<Float>
  ) {
    evaluate(θ, on: observations, rows: rows, in: &workspace)
    for k in 0..<rows * actionSize { actions[k] = workspace.outputs[workspace.outputs.count - 1][k] }
  }

  /// log π(a∣o) of each row.
  public func logProbabilities(
    _ θ: Parameters, of actions: Span<Float>, on observations: Span<Float>, rows: Int,
    in workspace: inout Workspace, into logProbabilities: inout MutableSpan<Double>
  ) {
    evaluate(θ, on: observations, rows: rows, in: &workspace)
    for row in 0..<rows { logProbabilities[row] = logDensity(of: actions, row, θ, workspace) }
  }

  /// Σ (½ log 2πe + log σ), the same for every observation.
  public func entropies(
    _ θ: Parameters, on observations: Span<Float>, rows: Int, in workspace: inout Workspace,
    into entropies: inout MutableSpan<Double>
  ) {
    var sum = 0.0
    for k in logDeviation { sum += 0.5 * (Self.logTwoPi + 1) + Double(θ.values[k]) }
    for row in 0..<rows { entropies[row] = sum }
  }

  /// With z = (a − μ)/σ: ∂ log π/∂μ = z/σ, ∂ log π/∂ log σ = z² − 1.
  public func accumulateScore(
    _ θ: Parameters, of actions: Span<Float>, on observations: Span<Float>,
    weightedBy coefficients: Span<Double>, rows: Int, in workspace: inout Workspace,
    into gradient: inout MutableSpan<Float>
  ) {
    evaluate(θ, on: observations, rows: rows, in: &workspace)
    let last = workspace.adjoints.count - 1
    for row in 0..<rows {
      let c = coefficients[row]
      for k in 0..<actionSize {
        let (μ, σ) = (mean(row, k, workspace), deviation(k, workspace))
        let z = (Double(actions[row * actionSize + k]) - μ) / σ
        workspace.adjoints[last][row * actionSize + k] = Float(c * z / σ)
        gradient[logDeviation.lowerBound + k] += Float(c * (z * z - 1))
      }
    }
    network.accumulateAdjoint(θ, on: observations, rows: rows, in: &workspace, into: &gradient)
  }

  /// μ in the last layer's outputs, [row × value], and σ in the first row of `probabilities`.
  private func evaluate(
    _ θ: Parameters, on observations: Span<Float>, rows: Int, in workspace: inout Workspace
  ) {
    network.forward(θ, on: observations, rows: rows, in: &workspace)
    var deviations = workspace.probabilities.mutableSpan
    Kernels.exp(actionSize, θ.values.span.extracting(logDeviation), into: &deviations)
  }

  private func mean(_ row: Int, _ k: Int, _ workspace: borrowing Workspace) -> Double {
    Double(workspace.outputs[workspace.outputs.count - 1][row * actionSize + k])
  }

  private func deviation(_ k: Int, _ workspace: borrowing Workspace) -> Double {
    Double(workspace.probabilities[k])
  }

  /// Σ −½ (z² + log 2π) − log σ.
  private func logDensity(
    of actions: Span<Float>, _ row: Int, _ θ: Parameters, _ workspace: borrowing Workspace
  ) -> Double {
    var sum = 0.0
    for k in 0..<actionSize {
      let z = (Double(actions[row * actionSize + k]) - mean(row, k, workspace)) / deviation(k, workspace)
      sum -= 0.5 * (z * z + Self.logTwoPi) + Double(θ.values[logDeviation.lowerBound + k])
    }
    return sum
  }
}
