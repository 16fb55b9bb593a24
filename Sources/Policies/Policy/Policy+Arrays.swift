public import Randomness

// The same calls, and several of them together, on arrays that the caller owns. A policy that remembers needs the
// sequences of the rows, without leads.
extension Policy {
  /// Draws actions for the first `lanes.count` rows of `observations`.
  public func act(
    _ θ: Parameters, on observations: [Float], lanes: [Int], drawing streams: [RandomStream],
    exploring exploration: inout Exploration, in workspace: inout Workspace, actions: inout [Float],
    logProbabilities: inout [Double]
  ) {
    var a = actions.mutableSpan
    var logπ = logProbabilities.mutableSpan
    act(
      θ, on: observations.span, lanes: lanes, drawing: streams, exploring: &exploration, in: &workspace,
      actions: &a, logProbabilities: &logπ)
  }

  /// The same for a policy whose noise is drawn anew with each action.
  public func act(
    _ θ: Parameters, on observations: [Float], lanes: [Int], drawing streams: [RandomStream],
    in workspace: inout Workspace, actions: inout [Float], logProbabilities: inout [Double]
  ) {
    var fresh = Exploration()
    act(
      θ, on: observations, lanes: lanes, drawing: streams, exploring: &fresh, in: &workspace,
      actions: &actions, logProbabilities: &logProbabilities)
  }

  /// The most probable action of each row.
  public func mode(
    _ θ: Parameters, on observations: [Float], rows: Int, in workspace: inout Workspace,
    actions: inout [Float]
  ) {
    var a = actions.mutableSpan
    mode(θ, on: observations.span, rows: rows, in: &workspace, actions: &a)
  }

  /// log π(a∣o) of some rows, into the first numbers of `logProbabilities`.
  public func logProbabilities(
    _ θ: Parameters, of actions: [Float], on observations: [Float], rows: Range<Int>,
    along sequences: Sequences? = nil, in workspace: inout Workspace, into logProbabilities: inout [Double]
  ) {
    var logπ = logProbabilities.mutableSpan
    forward(
      θ,
      on: observations.span.extracting(
        rows.lowerBound * observationSize..<rows.upperBound * observationSize), rows: rows.count, .actor,
      along: sequences, in: &workspace)
    readLogProbabilities(
      of: actions.span.extracting(rows.lowerBound * actionSize..<rows.upperBound * actionSize),
      rows: rows.count, in: workspace, into: &logπ)
  }

  /// The entropy of π(·∣o) of the first `rows` rows.
  public func entropies(
    _ θ: Parameters, on observations: [Float], rows: Int, in workspace: inout Workspace,
    into entropies: inout [Double]
  ) {
    var h = entropies.mutableSpan
    forward(θ, on: observations.span, rows: rows, .actor, in: &workspace)
    readEntropies(rows: rows, in: workspace, into: &h)
  }

  /// V(o) of some rows, into the first numbers of `values`.
  public func values(
    _ θ: Parameters, on observations: [Float], rows: Range<Int>, along sequences: Sequences? = nil,
    in workspace: inout Workspace, into values: inout [Double]
  ) {
    var v = values.mutableSpan
    forward(
      θ,
      on: observations.span.extracting(
        rows.lowerBound * observationSize..<rows.upperBound * observationSize), rows: rows.count, .critic,
      along: sequences, in: &workspace)
    readValues(rows: rows.count, in: workspace, into: &v)
  }

  /// ĝ += Σ_row c(row) ∇θ log π(a(row)∣o(row)) + e ∇θ H(π(·∣o(row))) over some rows, one row after the other.
  public func accumulateScore(
    _ θ: Parameters, of actions: [Float], on observations: [Float], weightedBy coefficients: [Double],
    entropyWeight: Double = 0, rows: Range<Int>, along sequences: Sequences? = nil,
    in workspace: inout Workspace, into gradient: inout [Float]
  ) {
    let a = actions.span.extracting(rows.lowerBound * actionSize..<rows.upperBound * actionSize)
    let o = observations.span.extracting(
      rows.lowerBound * observationSize..<rows.upperBound * observationSize)
    forward(θ, on: o, rows: rows.count, .actor, along: sequences, in: &workspace)
    let entropies = Array(repeating: entropyWeight, count: rows.count)
    var g = gradient.mutableSpan
    accumulateGradient(
      θ, of: a, on: o, scores: coefficients.span.extracting(rows), entropies: entropies.span, values: nil,
      rows: rows.count, in: &workspace, into: &g)
  }
}
