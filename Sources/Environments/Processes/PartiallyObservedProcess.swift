/// A finite partially observed Markov decision process ⟨S, A, O, T, E, r⟩, given by its tables.
public struct PartiallyObservedProcess: Sendable, Equatable {
  /// ⟨S, A, T, r⟩.
  public let process: MarkovDecisionProcess
  /// |O|.
  public let observationCount: Int
  /// p(o′∣a, s′), [action × state × observation].
  public let emission: [Double]
  /// p(o₁∣s₁), [state × observation].
  public let initialEmission: [Double]

  /// Makes a process after checking its tables.
  ///
  /// - Throws: ``ProcessError`` when a table has another size, a probability is negative or not a number, or
  ///   a distribution does not sum to 1 within 1e-9.
  public init(
    _ process: MarkovDecisionProcess, observationCount: Int, emission: [Double], initialEmission: [Double]
  ) throws(ProcessError) {
    guard observationCount > 0 else { throw ProcessError.empty }
    let rows = process.actionCount * process.stateCount
    for (table, values, count) in [
      ("emission", emission, rows), ("initial emission", initialEmission, process.stateCount),
    ] {
      guard values.count == count * observationCount else {
        throw ProcessError.size(table: table, expected: count * observationCount, found: values.count)
      }
      for row in 0..<count {
        try MarkovDecisionProcess.check(
          values[row * observationCount..<(row + 1) * observationCount], "\(table), row \(row)")
      }
    }
    self.process = process
    self.observationCount = observationCount
    self.emission = emission
    self.initialEmission = initialEmission
  }
}
