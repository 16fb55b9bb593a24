internal import AscentExperiments
internal import AscentPolicyGradients
internal import AscentRegistries

/// Progress on standard error: one updated line on a terminal, otherwise at most one line per second.
struct ProgressLine {
  private let total: Int
  private let lanes: Int
  private var line: LiveLine
  /// The steps before this process resumed the run; they do not count for the rate.
  private var stepsBefore: Int?
  /// The objective of the last iteration in which an episode ended.
  private var objective: Objective?
  /// The iterations and steps that are complete, and the steps of each lane in the open iteration.
  private var done = (iterations: 0, steps: 0, ticks: 0)
  private let clock = ContinuousClock()
  /// The beginning of the open iteration.
  private var begun: ContinuousClock.Instant

  init(total: Int, lanes: Int, isQuiet: Bool) {
    (self.total, self.lanes) = (total, lanes)
    line = LiveLine(isQuiet: isQuiet)
    begun = clock.now
  }

  /// Counts a step of the lanes within an iteration, which may take long.
  mutating func step() {
    done.ticks += 1
    // An iteration that ends within a second shows its results instead.
    guard line.isDue, clock.now - begun >= .seconds(1) else { return }
    // Before the first iteration's report, the number of steps of a resumed run is not known here.
    let steps =
      stepsBefore == nil ? "" : "\(Terminal.grouped(done.steps))/\(Terminal.grouped(total)) steps"
    let iteration =
      "iteration \(done.iterations + 1): \(Terminal.grouped(done.ticks)) steps"
      + (lanes > 1 ? " in each of \(lanes) lanes" : "")
    line.show([(steps, 1), (iteration, 0)].filter { !$0.0.isEmpty })
  }

  mutating func show(_ report: Training.Report, steps: Int, seconds: Double) {
    let before = stepsBefore ?? steps - report.steps
    stepsBefore = before
    if report.objective.count > 0 { objective = report.objective }
    (done, begun) = ((report.iteration, steps, 0), clock.now)
    guard line.isDue || steps >= total else { return }
    let rate = seconds > 0 ? Double(steps - before) / seconds : 0
    let left = rate > 0 ? Double(total - steps) / rate : .nan
    let (mean, error) = (objective?.mean ?? .nan, objective?.standardError ?? .nan)
    line.show([
      ("\(Terminal.grouped(steps))/\(Terminal.grouped(total)) steps", 0),
      ("\(100 * steps / max(1, total)) %", 3), ("\(Terminal.grouped(Int(rate))) steps/s", 4),
      ("return \(Terminal.fixed(mean, 1)) ± \(Terminal.fixed(error, 1))", 1),
      ("left \(Terminal.clock(left))", 2),
    ])
  }

  mutating func finish() { line.finish() }
}

/// A line on standard error that is updated on a terminal, and otherwise written again at most once a second.
struct LiveLine {
  private let isQuiet: Bool
  private let isLive = Terminal.isInteractive
  private let clock = ContinuousClock()
  private var lastShown: ContinuousClock.Instant
  private var isOpen = false

  /// Makes a line that is first shown after a while.
  init(isQuiet: Bool, after delay: Duration = .zero) {
    self.isQuiet = isQuiet
    lastShown = clock.now + delay
  }

  /// True if enough time has passed since the line was last shown.
  var isDue: Bool { !isQuiet && clock.now - lastShown >= (isLive ? .milliseconds(100) : .seconds(1)) }

  mutating func show(_ text: String) { show([(text, 0)]) }

  /// Shows parts of a line, each with its rank: where a terminal is too narrow for all, those of the highest rank are left
  /// out, and what is still too long is cut.
  mutating func show(_ parts: [(text: String, rank: Int)]) {
    guard !isQuiet else { return }
    lastShown = clock.now
    let text = Self.fitting(parts, columns: isLive ? Terminal.progressColumns : .max)
    if isLive { Terminal.replaceLine(text) } else { Terminal.writeError(text.inOneLine + "\n") }
    isOpen = isLive
  }

  /// The parts that fit into a number of columns, each with its rank, joined by two spaces.
  static func fitting(_ parts: [(text: String, rank: Int)], columns: Int) -> String {
    var parts = parts
    while true {
      let line = parts.map(\.text).joined(separator: "  ")
      guard line.count > columns else { return line }
      guard parts.count > 1, let last = parts.indices.max(by: { parts[$0].rank < parts[$1].rank }) else {
        return line.prefix(max(1, columns) - 1) + "…"
      }
      parts.remove(at: last)
    }
  }

  /// Ends the line on a terminal.
  mutating func finish() {
    if isOpen { Terminal.writeError("\n") }
    isOpen = false
  }
}
