package import AscentExperiments
import AscentRegistries

// sweep.json, sweep.csv and best.toml.
extension SweepResult {
  /// The line that trains the best settings again, with the first of the sweep's seeds.
  package static func line(_ plan: SweepPlan, _ store: TrialStore) -> String {
    ShellWords.line([
      "ascent", "train", plan.environment, "--config", "\(store.folder.path)/best.toml", "--seed",
      String(plan.seeds[0]),
    ])
  }

  /// Writes the files, all or none.
  ///
  /// - Parameters:
  ///   - plan: the sweep.
  ///   - store: its folder.
  ///   - catalog: the names.
  /// - Throws: ``ExperimentError``.
  package func write(_ plan: SweepPlan, to store: TrialStore, _ catalog: Catalog) throws(ExperimentError) {
    var files: [(path: String, bytes: [UInt8])] = [
      ("\(store.folder.path)/sweep.json", Array((json(plan, store).line + "\n").utf8)),
      ("\(store.folder.path)/sweep.csv", Array(csv(plan, store).utf8)),
    ]
    if let text = try bestText(plan, store, catalog) {
      files.append(("\(store.folder.path)/best.toml", Array(text.utf8)))
    }
    try AtomicFile.write(files)
  }

  private func bestText(
    _ plan: SweepPlan, _ store: TrialStore, _ catalog: Catalog
  ) throws(ExperimentError) -> String? {
    guard let best, let seed = best.endings.first(where: { $0.ending.score != nil })?.seed else { return nil }
    let run = store.run(of: plan.trial(best.candidate, seed))
    let score = best.interquartileMean
    return SettingsFile.text(
      of: try .ofRun(run, catalog),
      comments: [
        "The best settings of the sweep \(store.folder.path): \(best.candidate.label)",
        "Interquartile mean of the return over \(best.scores.count) seeds: \(score.value)"
          + (score.interval.map { ", 95 % interval \($0.lowerBound) to \($0.upperBound)." } ?? "."),
        "The best of several is flattered by chance; ascent compare tries two files on fresh seeds.",
        Self.line(plan, store),
      ])
  }

  // MARK: sweep.json

  private func json(_ plan: SweepPlan, _ store: TrialStore) -> JSON {
    let candidates = rows.map { row in
      JSON.object(
        [("name", .text(row.candidate.name))] + fields(row) + [("trials", trials(row, plan, store))])
    }
    return .object([
      ("format", .text("1")), ("environment", .text(plan.environment)),
      ("method", .text(plan.method.rawValue)), ("seeds", .array(plan.seeds.map { .unsigned($0) })),
      ("goal", plan.goal.map { .number($0) } ?? .null),
      ("score", .text("mean return of \(plan.episodes) held-out episodes, seed \(plan.evaluationSeed)")),
      ("complete", .bool(interrupted == 0)), ("settings", .array(candidates)),
      (
        "pruned",
        .array(
          unscored.filter { $0.endings.contains { $0.word == "pruned" } }.map { .text($0.candidate.name) })
      ),
      (
        "failed",
        .array(
          failures.map { trial, failure in
            .object([
              ("trial", .text(trial.name)), ("exit_code", .integer(Int(failure.code))),
              ("ending", .text(failure.ending)), ("last_line", .text(failure.lastLine)),
              ("log", .text(store.log(of: trial))),
              ("line", .text(trial.line(in: store.run(of: trial).path))),
            ])
          })
      ),
      ("best", best.map { .text($0.candidate.name) } ?? .null),
      ("line", best == nil ? .null : .text(Self.line(plan, store))),
    ])
  }

  /// The statistics of a candidate as fields of a JSON object.
  package func fields(_ row: Row) -> [(String, JSON)] {
    let values = row.candidate.values.map { ($0.key, $0.value.json) }
    return [
      ("algorithm", .text(row.candidate.algorithm)), ("values", .object(values)),
      ("seeds", .integer(row.scores.count)), ("complete", .bool(row.isWhole)),
    ] + pair("interquartile_mean", row.interquartileMean) + pair("mean", row.mean)
      + pair("optimality_gap", row.optimalityGap) + pair("probability_that_best_is_better", row.bestIsBetter)
  }

  private func pair(_ name: String, _ estimate: Estimate?) -> [(String, JSON)] {
    let bounds = estimate?.interval.map { [JSON.number($0.lowerBound), .number($0.upperBound)] }
    return [
      (name, estimate.map { .number($0.value) } ?? .null),
      (name + "_interval", bounds.map { .array($0) } ?? .null),
    ]
  }

  private func trials(_ row: Row, _ plan: SweepPlan, _ store: TrialStore) -> JSON {
    .array(
      row.endings.map { seed, ending in
        let trial = plan.trial(row.candidate, seed)
        let run = store.run(of: trial).path
        return .object(
          [("seed", .unsigned(seed)), ("run", .text(run))] + ending.json + [
            ("line", .text(trial.line(in: run)))
          ])
      })
  }

  // MARK: sweep.csv

  private func csv(_ plan: SweepPlan, _ store: TrialStore) -> String {
    let keys = plan.ranges.map(\.key)
    let names =
      ["name", "algorithm", "seed"] + keys + ["ending", "mean_return", "standard_error", "run", "bits"]
    let all =
      rows.map { ($0.candidate, $0.endings) }
      + unscored.map { row in (row.candidate, zip(plan.seeds, row.endings).map { ($0, $1) }) }
    let lines = all.flatMap { candidate, endings in
      endings.map { seed, ending in
        let values = candidate.values.map(\.value.typed)
        let score = ending.score
        return [candidate.name, candidate.algorithm, String(seed)] + values + [
          ending.word, score.map { "\($0.meanReturn)" } ?? "", score?.standardError.map { "\($0)" } ?? "",
          store.run(of: plan.trial(candidate, seed)).path, score?.bits ?? "",
        ]
      }
    }
    return ([names] + lines).map { $0.map(Self.cell).joined(separator: ",") + "\n" }.joined()
  }

  /// A cell: in quotes where it has a comma, as RFC 4180 says.
  private static func cell(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}

/// A file of all settings, which `ascent train --config` takes.
enum SettingsFile {
  /// The text of the file.
  ///
  /// - Parameters:
  ///   - configuration: the settings.
  ///   - comments: the lines at its top.
  /// - Returns: all settings but the seed.
  static func text(of configuration: Configuration, comments: [String]) -> String {
    var (out, table) = (comments.map { "# \($0.inOneLine)\n" }.joined(), "")
    for setting in Configuration.settings where setting.key != "run.seed" {
      let parts = setting.key.split(separator: ".", maxSplits: 1)
      if parts[0] != table {
        table = String(parts[0])
        out += "\n[\(table)]\n"
      }
      out += "\(parts[1]) = \(setting.value(in: configuration).toml)\n"
    }
    return out
  }
}
