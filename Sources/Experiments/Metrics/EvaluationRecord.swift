/// The evaluations of a run so far, and the parameters of the best policy among them.
///
/// A checkpoint has both, so evaluations.csv and best/ are brought back with it.
struct EvaluationRecord: Equatable {
  /// The evaluations, the newest last.
  private(set) var rows: [InterimEvaluation] = []
  /// The parameters of the best policy; empty if there is none.
  private(set) var best: [Float] = []

  /// A record without evaluations.
  init() {}

  /// The evaluation of the best policy; nil if there is none.
  var bestRow: InterimEvaluation? { rows.last(where: \.isBest) }

  /// True if the run has passed a multiple of `interval` steps since the last evaluation.
  func isDue(after steps: Int, every interval: Int) -> Bool {
    interval > 0 && steps / interval > (rows.last?.steps ?? 0) / interval
  }

  /// Adds an evaluation of a policy with these parameters; returns it, marked if it is the best.
  mutating func add(_ evaluation: InterimEvaluation, of parameters: [Float]) -> InterimEvaluation {
    var row = evaluation
    row.isBest = row.meanReturn.isFinite && row.meanReturn > (bestRow?.meanReturn ?? -.infinity)
    rows.append(row)
    if row.isBest { best = parameters }
    return row
  }

  /// The text of evaluations.csv.
  var text: String {
    rows.reduce(into: MetricsColumn.header(InterimEvaluation.columns)) {
      $0 += MetricsColumn.line(InterimEvaluation.columns, $1)
    }
  }

  // MARK: Checkpoints

  private static let (rowsName, bestName) = ("evaluations", "best")
  private static let width = 10

  /// The arrays of a checkpoint; none without evaluations.
  var tensors: [Safetensors.Tensor] {
    guard !rows.isEmpty else { return [] }
    let numbers = rows.flatMap { row in
      [row.iteration, row.steps, row.episodes, row.cut, row.isBest ? 1 : 0]
        + [row.meanReturn, row.standardError, row.lowest, row.highest, row.meanLength].map {
          Int(bitPattern: UInt($0.bitPattern))
        }
    }
    return [
      Safetensors.Tensor(Self.rowsName, integers: numbers),
      Safetensors.Tensor(Self.bestName, best, shape: [best.count]),
    ]
  }

  /// Reads the arrays of a checkpoint, which has none if there were no evaluations.
  ///
  /// - Throws: ``ExperimentError/damaged(file:reason:)``.
  init(
    _ named: [String: Safetensors.Tensor], parameterCount: Int, file: String
  ) throws(ExperimentError) {
    guard let numbers = named[Self.rowsName]?.integers else { return }
    best = named[Self.bestName]?.floats ?? []
    guard !numbers.isEmpty, numbers.count.isMultiple(of: Self.width),
      best.isEmpty || best.count == parameterCount, best.allSatisfy(\.isFinite)
    else { throw .damaged(file: file, reason: "its evaluations are not those of this run") }
    for first in stride(from: 0, to: numbers.count, by: Self.width) {
      let x = numbers[first + 5..<first + Self.width].map { Double(bitPattern: UInt64(UInt(bitPattern: $0))) }
      let n = numbers[first..<first + 5].map { $0 }
      guard n.allSatisfy({ $0 >= 0 }), n[1] >= rows.last?.steps ?? 0 else {
        throw .damaged(file: file, reason: "its evaluations are not in order")
      }
      rows.append(
        InterimEvaluation(
          iteration: n[0], steps: n[1], episodes: n[2], meanReturn: x[0], standardError: x[1], lowest: x[2],
          highest: x[3], meanLength: x[4], cut: n[3], isBest: n[4] == 1))
    }
    guard best.isEmpty == (bestRow == nil) else {
      throw .damaged(file: file, reason: "its best policy is missing, or has no evaluation")
    }
  }
}
