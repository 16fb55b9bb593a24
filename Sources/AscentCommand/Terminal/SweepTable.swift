internal import AscentDesk
internal import AscentExperiments

/// The table of a sweep: as many columns as the terminal has room for.
struct SweepTable {
  private let result: SweepResult
  private let plan: SweepPlan

  /// The most candidates that are shown; sweep.csv has all.
  private static let mostRows = 20

  init(_ result: SweepResult, _ plan: SweepPlan) { (self.result, self.plan) = (result, plan) }

  /// A column: its heading, and the text of a row.
  private typealias Column = (heading: String, text: (SweepResult.Row) -> String)

  /// The lines.
  var lines: [String] {
    let shown = result.rows.prefix(Self.mostRows)
    let tables = choices.map { columns in
      Terminal.table([columns.map(\.heading)] + shown.map { row in columns.map { $0.text(row) } })
    }
    let fitting = tables.first { ($0.map(\.count).max() ?? 0) <= Terminal.columns } ?? tables.last ?? []
    let rest = result.rows.count - shown.count
    let pruned = result.unscored.count { row in row.endings.contains { $0.word == "pruned" } }
    return fitting + (rest > 0 ? ["and \(rest) more in sweep.csv"] : [])
      + (pruned > 0 ? ["\(pruned) settings were stopped early by the pruner"] : [])
      + (result.rows.isEmpty ? ["no trial has a result"] : [])
  }

  /// The tables from the widest to the narrowest.
  private var choices: [[Column]] {
    let brackets = result.rows.contains { $0.scores.count > 1 } ? " [95 %]" : ""
    let name: Column = ("settings", { $0.candidate.name })
    let label: Column = (
      "settings", { ([$0.candidate.name] + $0.candidate.values.map(Self.short)).joined(separator: " ") }
    )
    let seeds: Column = (
      "seeds",
      { [plan] row in row.isWhole ? "\(row.scores.count)" : "\(row.scores.count)/\(plan.seeds.count)" }
    )
    let middle: Column = ("IQM" + brackets, { Self.text($0.interquartileMean) })
    let bareMiddle: Column = ("IQM", { Terminal.short($0.interquartileMean.value) })
    let center: Column = ("mean" + brackets, { Self.text($0.mean) })
    let gap: [Column] =
      plan.goal == nil ? [] : [("gap" + brackets, { $0.optimalityGap.map(Self.text) ?? "–" })]
    let chance: Column = (
      "P(best better)" + brackets, { $0.bestIsBetter.map { Self.text($0, digits: 2) } ?? "best" }
    )
    let bareChance: Column = (
      "P(best better)", { $0.bestIsBetter.map { Terminal.fixed($0.value, 2) } ?? "best" }
    )
    return [
      [label, seeds, middle, center] + gap + [chance], [label, seeds, middle, center] + gap + [bareChance],
      [label, seeds, middle] + gap + [bareChance], [label, seeds, middle, bareChance],
      [label, seeds, middle], [label, middle], [label, bareMiddle],
      [name, seeds, middle, center, bareChance], [name, seeds, middle, bareChance],
      [name, seeds, bareMiddle, bareChance],
      [name, seeds, bareMiddle], [name, bareMiddle],
    ]
  }

  private static func short(_ value: Assignment) -> String {
    guard case .number(let number) = value.value, value.value.typed.count > 8 else { return value.short }
    return "\(value.key.split(separator: ".").last ?? "")=\(Terminal.short(number))"
  }

  private static func text(_ estimate: SweepResult.Estimate) -> String { text(estimate, Terminal.short) }

  private static func text(_ estimate: SweepResult.Estimate, digits: Int) -> String {
    text(estimate) { Terminal.fixed($0, digits) }
  }

  private static func text(_ estimate: SweepResult.Estimate, _ number: (Double) -> String) -> String {
    let bounds = estimate.interval.map { " [\(number($0.lowerBound)), \(number($0.upperBound))]" }
    return number(estimate.value) + (bounds ?? "")
  }
}
