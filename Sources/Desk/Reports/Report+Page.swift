internal import AscentExperiments
internal import AscentPolicyGradients
internal import AscentRegistries

extension Report {
  /// The page: one file of HTML that needs nothing else, and runs nothing.
  package var page: String {
    let (title, style) = (
      Markup.text(self.title), String(decoding: PackageResources.report_css, as: UTF8.self)
    )
    let body = header + curves + returns + evaluations
    let end = diagnostics + settings + repetition + runList + versions + remarks
    let frame = """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-ascent'; img-src data:; media-src data:">
      <meta name="color-scheme" content="light dark">
      <title>\(title) · Ascent</title>
      <style nonce="ascent">
      \(style)</style></head>
      <body><main>

      """
    let foot =
      "<footer>Written by ascent \(Markup.text(AscentVersion.current)) from \(Markup.text(path)).</footer>\n</main></body></html>\n"
    let room = Self.largest - frame.utf8.count - body.utf8.count - end.utf8.count - foot.utf8.count
    return frame + body + ReportVideos(of: runs, room: room).section + end + foot
  }

  /// The name of the page.
  private var title: String {
    let algorithms = Set(runs.map(\.configuration.algorithm.name)).sorted().joined(separator: ", ")
    return "\(environments.joined(separator: ", ")) – \(algorithms)"
  }

  private var header: String {
    let (count, seeds) = (runs.count, Set(runs.map(\.configuration.seed)).count)
    let algorithms = Set(runs.map(\.configuration.algorithm.name)).sorted().map { Markup.text($0) }
    var out = "<header><p class=\"eyebrow\">\(count == 1 ? "Training run" : "Training runs")</p>\n"
    out += "<h1>\(environments.map { Markup.text($0) }.joined(separator: ", "))</h1>\n"
    out += "<p class=\"lede\">\(algorithms.joined(separator: ", ")) · \(count) run\(count == 1 ? "" : "s")"
    out += seeds > 1 ? " · \(seeds) seeds" : " · seed \(runs.first?.configuration.seed ?? 0)"
    out += "</p></header>\n<dl class=\"cards\">\n"
    for (name, value, note) in cards {
      out += "<div class=\"card\"><dt>\(name)</dt><dd>\(value)<small>\(note)</small></dd></div>\n"
    }
    return out + "</dl>\n"
  }

  /// The numbers at the top of the page.
  private var cards: [(String, String, String)] {
    var cards: [(String, String, String)] = []
    if let best = entries.first, let centers = best.centers {
      let isOne = runs.count == 1
      let name = entries.count > 1 ? "Best final training return" : "Final training return"
      let interval = best.intervals.map {
        "95 % interval <span class=\"interval\">\(Markup.interval($0.interquartile))</span>"
      }
      let episodes = best.finals.first.map { "mean of the last \($0.final.episodes) training episodes" } ?? ""
      let label =
        environments.count > 1 ? "\(best.group.label) in \(best.group.environment)" : best.group.label
      let note =
        isOne
        ? episodes
        : [entries.count > 1 ? Markup.text(label) : nil, interval].compactMap(\.self).joined(separator: ", ")
      cards.append((name, Markup.number(centers.interquartile), note))
    }
    let steps = runs.compactMap { $0.last(of: "steps") }
    if let most = steps.max(), let least = steps.min() {
      let budget = runs.map(\.configuration.steps).max() ?? 0
      let note =
        least < most
        ? "from \(Markup.grouped(least))"
        : Double(budget) > most ? "of \(Markup.grouped(Double(budget)))" : "as planned"
      cards.append(("Steps\(runs.count == 1 ? "" : " of a run")", Markup.grouped(most), note))
    }
    let seconds = runs.compactMap(\.seconds).reduce(0, +)
    if seconds > 0 {
      let speed = steps.reduce(0, +) / seconds
      cards.append(("Training time", Markup.time(seconds), "\(Markup.grouped(speed)) steps a second"))
    }
    let finished = runs.count { $0.record("result.fingerprint") != nil }
    cards.append(
      (
        "Finished", runs.count == 1 ? (finished == 1 ? "yes" : "not yet") : "\(finished) of \(runs.count)",
        runs.count == 1 ? fingerprintNote : "runs"
      ))
    return cards
  }

  private var fingerprintNote: String {
    runs.first?.record("result.fingerprint").map { "fingerprint \(Markup.text(String($0.prefix(12))))…" }
      ?? "the run has no fingerprint"
  }

  // MARK: Curves

  private var curves: String {
    var out = ""
    for (number, environment) in environments.enumerated() {
      guard let chart = chart(of: "mean_return", in: environment, hasGray: true) else { continue }
      if environments.count > 1 { out += "<h3>\(Markup.text(environment))</h3>\n" }
      out += figure(chart, "return-\(number)", caption: caption(of: chart, in: environment))
    }
    return out.isEmpty ? "" : Markup.section("curves", "Learning curves", out)
  }

  private func caption(of chart: Chart, in environment: String) -> String {
    let hasBands = chart.lines.contains { $0.band != nil }
    let points = "Mean return of the training episodes of each iteration"
    let ofRuns = " Bold: the mean over runs with its 95 % bootstrap interval"
    let thin = chart.lines.contains { !$0.runs.isEmpty } ? "; thin: single runs." : "."
    let left = entries.count { $0.group.environment == environment } - chart.lines.count
    let rest = left > 0 ? " \(left) more are not drawn." : ""
    return points + (hasBands ? "." + ofRuns + thin : ".") + rest
  }

  /// A picture in two widths, of which the style sheet shows one, with its legend.
  private func figure(_ chart: Chart, _ id: String, caption: String) -> String {
    var out = "<figure>\n"
    out += chart.svg(width: 960, height: 380, id: "\(id)-wide", style: "wide")
    out += chart.svg(width: 360, height: 280, id: "\(id)-narrow", style: "narrow")
    return out + "<figcaption>\(legend(of: chart))\(caption)</figcaption></figure>\n"
  }

  private func legend(of chart: Chart) -> String {
    let colored = chart.lines.reversed().filter { $0.color != nil }
    let gray = chart.lines.count - colored.count
    guard chart.lines.count > 1 else { return "" }
    var out = "<ul class=\"legend\">"
    for line in colored {
      out += "<li><span class=\"swatch \(line.style)\"></span>\(Markup.text(line.label))</li>"
    }
    if gray > 0 { out += "<li><span class=\"swatch rest\"></span>\(gray) more, in gray</li>" }
    return out + "</ul>"
  }

  private var evaluations: String {
    var out = ""
    for (number, environment) in environments.enumerated() {
      guard let chart = chart(of: "mean_return", in: environment, isOfEvaluations: true, hasGray: true) else {
        continue
      }
      if environments.count > 1 { out += "<h3>\(Markup.text(environment))</h3>\n" }
      out += figure(
        chart, "evaluation-\(number)",
        caption: "Mean return of evaluations during training, on episodes of their own (evaluations.csv).")
    }
    return out.isEmpty ? "" : Markup.section("evaluations", "Evaluations", out)
  }

  /// Small pictures of what tells how the learner is doing.
  private var diagnostics: String {
    let columns = [
      "entropy", "divergence", "explained_variance", "gradient_norm", "mean_length", "value_error",
    ]
    var out = ""
    for (number, environment) in environments.enumerated() {
      var charts = ""
      for column in columns {
        guard let chart = chart(of: column, in: environment) else { continue }
        charts +=
          "<figure>\(chart.svg(width: 360, height: 220, id: "\(column)-\(number)", style: ""))</figure>\n"
      }
      guard !charts.isEmpty else { continue }
      if environments.count > 1 { out += "<h3>\(Markup.text(environment))</h3>\n" }
      out += "<div class=\"small\">\n\(charts)</div>\n"
    }
    return out.isEmpty ? "" : Markup.section("diagnostics", "Diagnostics", out)
  }
}
