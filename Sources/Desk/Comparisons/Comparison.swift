package import AscentExperiments
import AscentRandomness

/// The difference of two sides over seeds.
package struct Comparison: Sendable {
  /// The scores of the sides, pair by pair.
  package private(set) var scores: [(a: Double, b: Double)] = []
  /// True if the members of a pair have the same seed, and so the same random numbers.
  package let isPaired: Bool
  /// The differences a − b, looked at after each pair.
  package private(set) var sequence: ConfidenceSequence

  /// Begins without scores.
  ///
  /// - Parameters:
  ///   - isPaired: true if the members of a pair have the same seed.
  ///   - level: the probability of the intervals.
  package init(isPaired: Bool, level: Double = 0.95) {
    (self.isPaired, sequence) = (isPaired, ConfidenceSequence(level: level))
  }

  /// Adds the scores of the next pair of seeds.
  package mutating func add(_ a: Double, _ b: Double) {
    scores.append((a, b))
    sequence.add(a - b)
  }

  /// The answer to "is A better than B?".
  package enum Verdict: String, Sendable {
    case a, b, undecided
  }

  /// The scores of A.
  package var ours: [Double] { scores.map(\.a) }
  /// The scores of B.
  package var theirs: [Double] { scores.map(\.b) }
  /// The mean of the differences.
  package var difference: Double { mean(scores.map { $0.a - $0.b }) }

  /// The answer: a side once the confidence sequence lies on its side of 0 and the mean of the differences does, too.
  ///
  /// The sequence is about the center of symmetry, which skewed differences have not: many small ones may have one sign while
  /// the mean has the other. Then there is no answer.
  package var verdict: Verdict {
    switch sequence.side {
    case 1 where difference > 0: .a
    case -1 where difference < 0: .b
    default: .undecided
    }
  }

  /// True if the sides differ, but nothing says which one is better: the mean and the middle of the differences have
  /// different signs.
  package var isAmbiguous: Bool { sequence.excludesZero && verdict == .undecided }

  /// The bootstrap interval of the difference, of pairs or, if they share nothing, of each side by itself; nil for one pair.
  ///
  /// - Throws: ``ExperimentError/machine(_:)`` if a stream cannot be made.
  package func differenceInterval() throws(ExperimentError) -> ClosedRange<Double>? {
    guard scores.count > 1 else { return nil }
    do {
      let bootstrap = Bootstrap(level: sequence.level)
      guard !isPaired else { return try bootstrap.interval(of: scores.map { $0.a - $0.b }) { mean($0) } }
      return try bootstrap.interval(ofStrata: [ours, theirs]) { mean($0[0]) - mean($0[1]) }
    } catch {
      throw .machine("\(error)")
    }
  }

  /// The factor by which common random numbers shrank the variance of the difference: (Var a + Var b) / Var(a − b); nil if
  /// it is not known.
  package var shrinkage: Double? {
    guard isPaired, scores.count > 1 else { return nil }
    let own = variance(scores.map { $0.a - $0.b })
    return own > 0 ? (variance(ours) + variance(theirs)) / own : nil
  }

  /// The probability of improvement of A over B, with its bootstrap interval; without one for one pair.
  ///
  /// - Throws: ``ExperimentError/machine(_:)`` if a stream cannot be made.
  package func improvement() throws(ExperimentError) -> (value: Double, interval: ClosedRange<Double>?) {
    let value = probabilityOfImprovement(ours, over: theirs)
    guard scores.count > 1 else { return (value, nil) }
    do {
      let bootstrap = Bootstrap(level: sequence.level)
      return (
        value,
        try bootstrap.interval(ofStrata: [ours, theirs]) { probabilityOfImprovement($0[0], over: $0[1]) }
      )
    } catch {
      throw .machine("\(error)")
    }
  }
}
