internal import AscentDesk
internal import AscentExperiments

/// A comparison in words and as JSON.
struct ComparisonReport {
  private let comparison: Comparison
  private let run: ComparisonRun
  private let interval: ClosedRange<Double>?
  private let improvement: (value: Double, interval: ClosedRange<Double>?)

  init(_ comparison: Comparison, _ run: ComparisonRun) throws(ExperimentError) {
    (self.comparison, self.run) = (comparison, run)
    interval = try comparison.differenceInterval()
    improvement = try comparison.improvement()
  }

  private static func text(_ interval: ClosedRange<Double>) -> String {
    "[\(Terminal.short(interval.lowerBound)), \(Terminal.short(interval.upperBound))]"
  }

  /// The lines for people.
  var lines: [String] {
    let pairs = comparison.isPaired ? "pairs with the same seed" : "pairs of different seeds"
    var rows = [
      ("A", "\(Terminal.short(mean(comparison.ours)))  \(run.a.path)"),
      ("B", "\(Terminal.short(mean(comparison.theirs)))  \(run.b.path)"),
      (
        "metric",
        run.metric == ComparisonRun.heldOut
          ? "mean return of \(run.runner.episodes) held-out episodes"
          : "\(run.metric), last tenth of the iterations"
      ),
      ("seeds", "\(comparison.scores.count) \(pairs)"),
      (
        "A − B",
        Terminal.short(comparison.difference) + (interval.map { "  95 % bootstrap \(Self.text($0))" } ?? "")
      ),
    ]
    if let shrinkage = comparison.shrinkage {
      rows.append(("pairing", "divides the variance of the difference by \(Terminal.short(shrinkage))"))
    }
    rows.append(
      (
        "P(A > B)",
        Terminal.fixed(improvement.value, 2)
          + (improvement.interval.map { "  95 % bootstrap \(Self.text($0))" } ?? "")
      ))
    let sequence = comparison.sequence.interval.map { "95 % confidence sequence \(Self.text($0))" }
    rows.append(
      (
        "any time",
        (sequence ?? "no bound yet") + "; evidence \(Terminal.short(comparison.sequence.evidence)) of 20"
      ))
    rows.append(("answer", answer))
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { $0.0 + String(repeating: " ", count: width - $0.0.count) + "  " + $0.1 }
  }

  private var answer: String {
    switch comparison.verdict {
    case .a: "A is \(isLower ? "higher" : "better")"
    case .b: "B is \(isLower ? "higher" : "better")"
    case .undecided where comparison.isAmbiguous:
      "undecided: they differ, but the mean and the middle of the differences point in different directions"
    case .undecided:
      comparison.scores.count < 7
        ? "undecided: the answer needs seven seeds at least (--seeds, --until-decided)"
        : "undecided after \(comparison.scores.count) seeds"
    }
  }

  /// True for a metric of which nobody says that more is better.
  private var isLower: Bool { !run.metric.hasSuffix("_return") }

  /// The fields of the JSON line.
  var fields: [(String, JSON)] {
    let bounds = { (interval: ClosedRange<Double>?) -> JSON in
      interval.map { .array([.number($0.lowerBound), .number($0.upperBound)]) } ?? .null
    }
    let scores = zip(run.seeds.pairs, comparison.scores).map { seeds, scores in
      JSON.object([
        ("seed_a", .unsigned(seeds.a)), ("seed_b", .unsigned(seeds.b)), ("a", .number(scores.a)),
        ("b", .number(scores.b)),
      ])
    }
    return [
      ("event", .text("comparison")), ("a", .text(run.a.path)), ("b", .text(run.b.path)),
      ("metric", .text(run.metric)), ("seeds", .integer(comparison.scores.count)),
      ("paired", .bool(comparison.isPaired)), ("mean_a", .number(mean(comparison.ours))),
      ("mean_b", .number(mean(comparison.theirs))), ("difference", .number(comparison.difference)),
      ("difference_interval", bounds(interval)),
      ("variance_divided_by", comparison.shrinkage.map { .number($0) } ?? .null),
      ("probability_of_improvement", .number(improvement.value)),
      ("probability_of_improvement_interval", bounds(improvement.interval)),
      ("confidence_sequence", bounds(comparison.sequence.interval)),
      ("evidence", .number(comparison.sequence.evidence)), ("answer", .text(comparison.verdict.rawValue)),
      ("scores", .array(scores)),
    ]
  }
}
