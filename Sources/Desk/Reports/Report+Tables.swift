internal import AscentExperiments
internal import AscentPolicyGradients
internal import AscentRegistries

// The tables of the page.
extension Report {
  /// The final returns of the groups.
  var returns: String {
    guard runs.count > 1 else { return "" }
    var out = ""
    for environment in environments {
      let own = entries.filter { $0.group.environment == environment }
      let range = AxisMarks.range(of: own.flatMap { $0.finals.map(\.final.mean) })
      let rows = own.map { row(of: $0, in: range) }
      let head = ["Runs of", "Runs", "Interquartile mean", "Mean", "Each seed"]
      out += Markup.table(
        environments.count > 1
          ? "Final training returns in \(Markup.text(environment))" : "Final training returns", head, rows,
        numbers: [1, 2, 3])
    }
    out +=
      "<p class=\"note\">The final return of a run is the mean return of the training episodes of its last iterations that together have at least \(FinalReturn.least). In brackets: 95 % bootstrap intervals over the runs, from 10,000 resamples; with fewer than ten runs they are too narrow. Held-out episodes, as in <code>ascent sweep</code> and <code>ascent evaluate</code>, have other returns: those of the final policy, without exploration.</p>\n"
    return Markup.section("returns", "Final training returns", out)
  }

  private func row(of entry: Entry, in range: ClosedRange<Double>) -> [String] {
    let cell = { (center: Double?, interval: ClosedRange<Double>?) in
      guard let center else { return "–" }
      return "<b>\(Markup.number(center))</b>"
        + (interval.map { " <span class=\"interval\">\(Markup.interval($0))</span>" } ?? "")
    }
    let values = entry.finals.map { "seed \($0.run.configuration.seed): \(Markup.number($0.final.mean))" }
    let strip = DotStrip.svg(
      entry.finals.map(\.final.mean), entry.intervals?.interquartile, in: range, style: entry.style,
      words: values.isEmpty ? "no episode has ended" : values.joined(separator: ", "))
    return [
      "<span class=\"swatch \(entry.style)\"></span>\(Markup.text(entry.group.label))",
      "\(entry.group.runs.count)",
      cell(entry.centers?.interquartile, entry.intervals?.interquartile),
      cell(entry.centers?.mean, entry.intervals?.mean),
      strip,
    ]
  }

  /// Every run.
  var runList: String {
    guard runs.count > 1 else { return "" }
    let rows = entries.flatMap { entry in
      entry.group.runs.map { run in
        let final = FinalReturn(of: run)
        return [
          Markup.text(name(of: run)),
          "<span class=\"swatch \(entry.style)\"></span>\(Markup.text(entry.group.label))",
          "\(run.configuration.seed)", run.last(of: "steps").map { Markup.grouped($0) } ?? "–",
          final.map { Markup.number($0.mean) } ?? "–", run.seconds.map { Markup.time($0) } ?? "–",
          run.record("result.fingerprint").map { "<code>\(Markup.text(String($0.prefix(12))))</code>" }
            ?? "not finished",
        ]
      }
    }
    let head = ["Run", "Of", "Seed", "Steps", "Final training return", "Time", "Fingerprint"]
    return Markup.section("runs", "Runs", Markup.table("Runs", head, rows, numbers: [2, 3, 4, 5]))
  }

  /// The path of a run below the folder of the report.
  func name(of run: RunCurve) -> String {
    let start = path.hasSuffix("/") ? path : path + "/"
    return run.folder.path.hasPrefix(start) ? String(run.folder.path.dropFirst(start.count)) : run.folder.path
  }

  // MARK: Settings

  /// The settings that differ from the defaults of their algorithm.
  var settings: String {
    var rows: [[String]] = []
    for setting in Configuration.settings
    where RunGroup.distinguishes(setting) && setting.key != RunGroup.environmentKey {
      var variants: [Variant] = []
      for entry in entries {
        for run in entry.group.runs {
          let (value, standard) = Self.values(of: setting, run)
          let label = entry.group.label
          if let k = variants.firstIndex(where: { $0.value == value && $0.standard == standard }) {
            if !variants[k].labels.contains(label) { variants[k].labels.append(label) }
          } else {
            variants.append((value, standard, [label]))
          }
        }
      }
      guard variants.contains(where: { $0.value != $0.standard }) else { continue }
      rows += self.rows(of: setting, variants)
    }
    guard !rows.isEmpty else {
      return Markup.section("settings", "Settings", "<p>All settings have their defaults.</p>\n")
    }
    return Markup.section(
      "settings", "Settings that differ from the defaults",
      Markup.table("Settings", ["Setting", "Value", "Default"] + (entries.count > 1 ? ["Runs"] : []), rows))
  }

  /// A value of a setting, its default, and the labels of the groups that have it.
  private typealias Variant = (value: String, standard: String, labels: [String])

  /// The rows of a setting: one for each of a few values, or one with all of many.
  private func rows(of setting: Setting, _ variants: [Variant]) -> [[String]] {
    let name = "<code>\(Markup.text(setting.key))</code><small>\(Markup.text(setting.help))</small>"
    let isOfGroups = entries.count > 1
    guard variants.count <= 3 else {
      let values = variants.prefix(24).map { Self.shown($0.value) }.joined(separator: ", ")
      let rest = variants.count > 24 ? ", …" : ""
      let standards = Set(variants.map(\.standard)).sorted().map { Self.shown($0) }.joined(separator: ", ")
      let cells = [name, "<div class=\"several\"><b>\(values)\(rest)</b></div>", standards]
      return [cells + (isOfGroups ? ["\(variants.count) values"] : [])]
    }
    return variants.enumerated().map { number, variant in
      let labels = variant.labels.prefix(4).joined(separator: "; ") + (variant.labels.count > 4 ? "; …" : "")
      let cells = [
        number == 0 ? name : "", "<b>\(Self.shown(variant.value))</b>", Self.shown(variant.standard),
      ]
      return cells + (isOfGroups ? [variants.count > 1 ? Markup.text(labels) : "all"] : [])
    }
  }

  private static func values(of setting: Setting, _ run: RunCurve) -> (value: String, standard: String) {
    var base = Configuration(environment: run.configuration.environment, catalog: run.configuration.catalog)
    if setting.key != RunGroup.algorithmKey {
      try? base.set(RunGroup.algorithmKey, typed: run.configuration.algorithm.name)
    }
    return (setting.value(in: run.configuration).typed, setting.value(in: base).typed)
  }

  private static func shown(_ value: String) -> String { value.isEmpty ? "none" : Markup.text(value) }

  // MARK: Again

  /// The commands that make the runs again, and what they must lead to.
  var repetition: String {
    var parts: [String] = []
    for (number, run) in runs.prefix(Self.mostLines).enumerated() {
      var lines: [String] = []
      if let line = TrainLine.of(run.configuration) { lines.append(Markup.text(line)) }
      let folder = ShellWords.line([run.folder.path])
      lines.append("ascent reproduce \(Markup.text(folder))")
      var text = "<pre tabindex=\"0\">\(lines.joined(separator: "\n"))</pre>\n<dl class=\"prints\">"
      for (key, name) in [("result.fingerprint", "Fingerprint"), ("result.bits", "Bits")] {
        if let value = run.record(key) {
          text += "<dt>\(name)</dt><dd><code>\(Markup.text(value))</code></dd>"
        }
      }
      text += "</dl>\n"
      parts.append(
        runs.count == 1
          ? text
          : "<details\(number == 0 ? " open" : "")><summary>\(Markup.text(name(of: run)))</summary>\n\(text)</details>\n"
      )
    }
    var out = parts.prefix(Self.mostShown).joined()
    if parts.count > Self.mostShown {
      let rest = parts.dropFirst(Self.mostShown)
      out +=
        "<details><summary>\(rest.count) more runs</summary>\n<div class=\"nested\">\(rest.joined())</div></details>\n"
    }
    if runs.count > Self.mostLines {
      out +=
        "<p class=\"note\">And \(runs.count - Self.mostLines) more: ascent report of a single run has its line.</p>\n"
    }
    out +=
      "<p class=\"note\">The same line gives the same fingerprint, bit for bit, with the same versions. The second line repeats a run from its folder and compares every byte.</p>\n"
    return Markup.section("again", "Make it again", out)
  }

  /// The number of runs that a list shows before it is opened.
  private static let mostShown = 6
  /// The largest number of runs whose lines are told.
  private static let mostLines = 100

  /// The versions with which the runs were made.
  var versions: String {
    var keys: [String] = []
    for run in runs {
      for record in run.records
      where !keys.contains(record.key) && !record.key.hasPrefix("result.")
        && !record.key.hasPrefix("budgets.")
      {
        keys.append(record.key)
      }
    }
    let rows = keys.map { key in
      var values: [String] = []
      for run in runs {
        let value = run.record(key) ?? "not recorded"
        if !values.contains(value) { values.append(value) }
      }
      return ["<code>\(Markup.text(key))</code>", values.map { Markup.text($0) }.joined(separator: "<br>")]
    }
    guard !rows.isEmpty else { return "" }
    return Markup.section("versions", "Versions", Markup.table("Versions", ["What", "Version"], rows))
  }

  /// What was noticed when the runs were made, and when they were read.
  var remarks: String {
    var lines = notices
    for run in runs {
      for notice in run.folder.recordedNotices {
        let line = runs.count == 1 ? notice : "\(name(of: run)): \(notice)"
        if !lines.contains(line) { lines.append(line) }
      }
    }
    guard !lines.isEmpty else { return "" }
    let items = lines.prefix(50).map { "<li>\(Markup.text($0))</li>" }.joined(separator: "\n")
    return Markup.section("notices", "Notices", "<ul class=\"notices\">\n\(items)\n</ul>\n")
  }
}
