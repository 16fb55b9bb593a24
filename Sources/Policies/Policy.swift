public import Randomness

/// πθ(a∣o): a parametrised distribution of actions, given an observation.
///
/// A policy is a value without parameters or memory of its own: both are handed in, so threads can share it.
/// Matrices are row-major, one row for each observation; the bits of a row do not depend on the others.
public protocol Policy: Sendable {
  /// Floats per observation.
  var observationSize: Int { get }
  /// Floats per action: 1 for an index.
  var actionSize: Int { get }

  /// θ at the beginning, drawn from `stream`.
  func initialParameters(from stream: RandomStream) -> Parameters

  /// Memory for so many rows; it grows when more come.
  func makeWorkspace(rows: Int) -> Workspace

  /// Draws a ~ π(·∣o) for each row on the stream of its lane.
  ///
  /// - Parameters:
  ///   - θ: the parameters.
  ///   - observations: [row × feature].
  ///   - lanes: the lane of each row; `streams[lane]` is drawn from, in the order of the rows.
  ///   - streams: one for each lane.
  ///   - workspace: memory for the rows.
  ///   - actions: [row × value].
  ///   - logProbabilities: log π(a∣o), [row].
  func act(
    _ θ: Parameters, on observations: Span<Float>, lanes: [Int], drawing streams: [RandomStream],
    in workspace: inout Workspace, actions: inout MutableSpan<Float>,
    logProbabilities: inout MutableSpan<Double>)

  /// The most probable action of each row.
  func mode(
    _ θ: Parameters, on observations: Span<Float>, rows: Int, in workspace: inout Workspace,
    actions: inout MutableSpan<Float>)

  /// log π(a∣o), [row].
  func logProbabilities(
    _ θ: Parameters, of actions: Span<Float>, on observations: Span<Float>, rows: Int,
    in workspace: inout Workspace, into logProbabilities: inout MutableSpan<Double>)

  /// The entropy of π(·∣o), [row].
  func entropies(
    _ θ: Parameters, on observations: Span<Float>, rows: Int, in workspace: inout Workspace,
    into entropies: inout MutableSpan<Double>)

  /// ĝ += Σ_row c(row) ∇θ log π(a(row)∣o(row)), one row after the other.
  func accumulateScore(
    _ θ: Parameters, of actions: Span<Float>, on observations: Span<Float>,
    weightedBy coefficients: Span<Double>, rows: Int, in workspace: inout Workspace,
    into gradient: inout MutableSpan<Float>)
}
