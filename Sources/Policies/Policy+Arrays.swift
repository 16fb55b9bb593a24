public import Randomness

// The same calls on arrays that the caller owns.
extension Policy {
  /// Draws actions for the first `lanes.count` rows of `observations`.
  public func act(
    _ θ: Parameters, on observations: [Float], lanes: [Int], drawing streams: [RandomStream],
    in workspace: inout Workspace, actions: inout [Float], logProbabilities: inout [Double]
  ) {
    var a = actions.mutableSpan
    var logπ = logProbabilities.mutableSpan
    act(
      θ, on: observations.span, lanes: lanes, drawing: streams, in: &workspace, actions: &a,
      logProbabilities: &logπ)
  }

  /// The most probable action of each row.
  public func mode(
    _ θ: Parameters, on observations: [Float], rows: Int, in workspace: inout Workspace,
    actions: inout [Float]
  ) {
    var a = actions.mutableSpan
    mode(θ, on: observations.span, rows: rows, in: &workspace, actions: &a)
  }

  /// log π(a∣o) of each row.
  public func logProbabilities(
    _ θ: Parameters, of actions: [Float], on observations: [Float], rows: Int,
    in workspace: inout Workspace, into logProbabilities: inout [Double]
  ) {
    var logπ = logProbabilities.mutableSpan
    self.logProbabilities(
      θ, of: actions.span, on: observations.span, rows: rows, in: &workspace, into: &logπ)
  }

  /// log π(a∣o) of some rows, into the first numbers of `logProbabilities`.
  public func logProbabilities(
    _ θ: Parameters, of actions: [Float], on observations: [Float], rows: Range<Int>,
    in workspace: inout Workspace, into logProbabilities: inout [Double]
  ) {
    var logπ = logProbabilities.mutableSpan
    self.logProbabilities(
      θ, of: actions.span.extracting(rows.lowerBound * actionSize..<rows.upperBound * actionSize),
      on: observations.span.extracting(
        rows.lowerBound * observationSize..<rows.upperBound * observationSize),
      rows: rows.count, in: &workspace, into: &logπ)
  }

  /// ĝ += Σ_row c(row) ∇θ log π(a(row)∣o(row)) over some rows.
  public func accumulateScore(
    _ θ: Parameters, of actions: [Float], on observations: [Float], weightedBy coefficients: [Double],
    rows: Range<Int>, in workspace: inout Workspace, into gradient: inout [Float]
  ) {
    var g = gradient.mutableSpan
    accumulateScore(
      θ, of: actions.span.extracting(rows.lowerBound * actionSize..<rows.upperBound * actionSize),
      on: observations.span.extracting(
        rows.lowerBound * observationSize..<rows.upperBound * observationSize),
      weightedBy: coefficients.span.extracting(rows), rows: rows.count, in: &workspace, into: &g)
  }
}
