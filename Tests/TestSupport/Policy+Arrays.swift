public import AscentPolicies
public import AscentRandomness

// Methods of a policy on arrays, for tests; `rows` selects a part of the arrays.
extension Policy {
  /// Writes log π(a∣o) of `rows` into the first elements of `logs`.
  public func logProbabilities(
    _ θ: Parameters, of actions: [Float], on observations: [Float], rows: Range<Int>,
    along sequences: Sequences? = nil, in workspace: inout Workspace, into logs: inout [Double]
  ) {
    logProbabilities(
      θ, of: actions.span.extracting(part(rows, actionSize)),
      on: observations.span.extracting(part(rows, observationSize)), along: sequences, in: &workspace,
      into: &logs)
  }

  /// Writes the entropies of π(·∣o) of the first `rows` rows.
  public func entropies(
    _ θ: Parameters, on observations: [Float], rows: Int, in workspace: inout Workspace,
    into entropies: inout [Double]
  ) {
    self.entropies(
      θ, on: observations.span.extracting(part(0..<rows, observationSize)), in: &workspace, into: &entropies)
  }

  /// Writes V(o) of `rows` into the first elements of `values`.
  public func values(
    _ θ: Parameters, on observations: [Float], rows: Range<Int>, along sequences: Sequences? = nil,
    in workspace: inout Workspace, into values: inout [Double]
  ) {
    self.values(
      θ, on: observations.span.extracting(part(rows, observationSize)), along: sequences, in: &workspace,
      into: &values)
  }

  /// ĝ += Σ_row c(row) ∇log π(a∣o) + e ∇H(π(·∣o)) over `rows`.
  public func accumulateScore(
    _ θ: Parameters, of actions: [Float], on observations: [Float], weightedBy coefficients: [Double],
    entropyWeight: Double = 0, rows: Range<Int>, along sequences: Sequences? = nil,
    in workspace: inout Workspace, into gradient: inout [Float]
  ) {
    let o = observations.span.extracting(part(rows, observationSize))
    forward(θ, on: o, rows: rows.count, .actor, along: sequences, in: &workspace)
    var weights = GradientWeights(rows: rows.count)
    weights.scores = Array(coefficients[rows])
    weights.entropies = Array(repeating: entropyWeight, count: rows.count)
    var g = gradient.mutableSpan
    accumulateGradient(
      θ, of: actions.span.extracting(part(rows, actionSize)), on: o, weights: weights, in: &workspace,
      into: &g)
  }

  /// Draws an action for each of `lanes`; returns the actions, [lane × value], and their log-probabilities.
  public func drawn(
    _ θ: Parameters, on observations: [Float], lanes: [Int], from streams: [RandomStream],
    in acting: inout Acting
  ) -> (actions: [Float], logProbabilities: [Double]) {
    for k in observations.indices { acting.observations[k] = observations[k] }
    act(θ, for: lanes, drawing: streams, in: &acting)
    return (
      Array(acting.actions[..<(lanes.count * actionSize)]), Array(acting.logProbabilities[..<lanes.count])
    )
  }

  /// The most probable action.
  public func mode(_ θ: Parameters, on observation: [Float]) -> [Float] {
    var acting = Acting(self, laneCount: 1)
    acting.observations = observation
    act(θ, for: [0], drawing: nil, in: &acting)
    return acting.actions
  }

  private func part(_ rows: Range<Int>, _ size: Int) -> Range<Int> {
    rows.lowerBound * size..<rows.upperBound * size
  }
}

extension GradientWeights {
  /// Takes the weights c, e and v of each row; without `values`, v is 0.
  public init(scores: [Double], entropies: [Double], values: [Double]? = nil) {
    self.init(rows: scores.count)
    (self.scores, self.entropies) = (scores, entropies)
    if let values { self.values = values }
  }
}
