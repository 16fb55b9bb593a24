internal import AscentMathematics

// Results of the last forward pass.
extension Policy {
  /// Writes log π(a∣o) of each row.
  public func readLogProbabilities(
    of actions: Span<Float>, in workspace: borrowing Workspace, into logs: inout MutableSpan<Double>
  ) {
    let rows = workspace.evaluatedRows
    workspace.require(.actor, of: self)
    Require.count(
      actions.count, of: "actions", atLeast: rows * actionSize,
      "the policy's actionSize for each row of the last forward pass")
    Require.count(
      logs.count, of: "log-probabilities", atLeast: rows, "one for each row of the last forward pass")
    for row in 0..<rows { logs[row] = 0 }
    for factor in factors {
      factor.family.addLogDensities(of: actions, factor.rows(rows), workspace.head, into: &logs)
    }
  }

  /// Writes the entropy of π(·∣o) of each row.
  public func readEntropies(in workspace: borrowing Workspace, into entropies: inout MutableSpan<Double>) {
    let rows = workspace.evaluatedRows
    workspace.require(.actor, of: self)
    Require.count(
      entropies.count, of: "entropies", atLeast: rows, "one for each row of the last forward pass")
    for row in 0..<rows { entropies[row] = 0 }
    for factor in factors {
      factor.family.addEntropies(factor.rows(rows), workspace.head, into: &entropies)
    }
  }

  /// Writes V(o) of each row.
  public func readValues(in workspace: borrowing Workspace, into values: inout MutableSpan<Double>) {
    let rows = workspace.evaluatedRows
    Require.that(hasCritic, "values need a policy with a critic: set critic in its Architecture")
    workspace.require(architecture.critic == .shared ? [] : .critic, of: self)
    Require.count(values.count, of: "values", atLeast: rows, "one for each row of the last forward pass")
    guard architecture.critic == .shared else {
      let outputs = workspace.critic.last
      for row in 0..<rows { values[row] = Double(outputs[row]) }
      return
    }
    let outputs = workspace.actor.last
    for row in 0..<rows { values[row] = Double(outputs[sharedValue[row]]) }
  }

  /// The column of V in the outputs of a trunk that actor and critic share; it comes after the head.
  var sharedValue: Rows { Rows(start: actor.outputSize - 1, stride: actor.outputSize) }

  /// Copies the distributions of the last forward pass for later comparison.
  public func snapshot(of workspace: borrowing Workspace) -> Snapshot {
    workspace.require(.actor, of: self)
    let count = workspace.evaluatedRows * headSize
    var head = Head()
    head.values = Array(workspace.head.values[..<count])
    head.exponentials = Array(workspace.head.exponentials[..<count])
    return Snapshot(head: head)
  }

  /// The action distributions of a forward pass.
  public struct Snapshot: Sendable {
    let head: Head
  }

  /// Writes KL(before ‖ now) of each row.
  public func readDivergences(
    from before: Snapshot, in workspace: borrowing Workspace, into divergences: inout MutableSpan<Double>
  ) {
    let rows = workspace.evaluatedRows
    workspace.require(.actor, of: self)
    Require.count(
      before.head.values.count, of: "snapshot", is: rows * headSize,
      "the distribution of each row of this policy")
    Require.count(
      divergences.count, of: "divergences", atLeast: rows, "one for each row of the last forward pass")
    for row in 0..<rows { divergences[row] = 0 }
    for factor in factors {
      factor.family.addDivergences(from: before.head, factor.rows(rows), workspace.head, into: &divergences)
    }
  }
}

// A forward pass and its results in one call. A recurrent policy needs the sequences of the rows.
extension Policy {
  /// Writes log π(a∣o) into the first numbers of `logs`, one for each row of `actions`.
  public func logProbabilities(
    _ θ: Parameters, of actions: Span<Float>, on observations: Span<Float>, along sequences: Sequences? = nil,
    in workspace: inout Workspace, into logs: inout [Double]
  ) {
    forward(
      θ, on: observations, rows: actions.count / actionSize, .actor, along: sequences, in: &workspace)
    var span = logs.mutableSpan
    readLogProbabilities(of: actions, in: workspace, into: &span)
  }

  /// Writes the entropy of π(·∣o) into the first numbers of `entropies`, one for each row of `observations`.
  public func entropies(
    _ θ: Parameters, on observations: Span<Float>, along sequences: Sequences? = nil,
    in workspace: inout Workspace, into entropies: inout [Double]
  ) {
    forward(
      θ, on: observations, rows: rows(of: observations, sequences), .actor, along: sequences, in: &workspace)
    var span = entropies.mutableSpan
    readEntropies(in: workspace, into: &span)
  }

  /// Writes V(o) into the first numbers of `values`, one for each row of `observations`.
  public func values(
    _ θ: Parameters, on observations: Span<Float>, along sequences: Sequences? = nil,
    in workspace: inout Workspace, into values: inout [Double]
  ) {
    forward(
      θ, on: observations, rows: rows(of: observations, sequences), .critic, along: sequences, in: &workspace)
    var span = values.mutableSpan
    readValues(in: workspace, into: &span)
  }

  private func rows(of observations: Span<Float>, _ sequences: Sequences?) -> Int {
    remembers ? sequences?.rowCount ?? 0 : observations.count / observationSize
  }
}
