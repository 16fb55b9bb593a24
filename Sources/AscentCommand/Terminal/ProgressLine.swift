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
    line.show(steps.isEmpty ? [iteration] : ["\(steps)  \(iteration)", iteration])
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
    let (all, percent) = ("\(Terminal.grouped(total)) steps", "\(100 * steps / max(1, total)) %")
    let speed = "\(Terminal.grouped(Int(rate))) steps/s"
    let result = "return \(Terminal.fixed(mean, 1)) ± \(Terminal.fixed(error, 1))"
    let (made, rest) = (Terminal.grouped(steps), "left \(Terminal.clock(left))")
    line.show([
      "\(made)/\(all)  \(percent)  \(speed)  \(result)  \(rest)",
      "\(made)/\(all)  \(percent)  \(result)  \(rest)", "\(made)/\(all)  \(result)  \(rest)",
      "\(made)/\(all)  \(result)", "\(made) steps  \(result)", "\(made) steps",
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

  mutating func show(_ text: String) { show([text]) }

  /// Shows the first of several texts, from the longest to the shortest, that fits into a line of the terminal; the end of
  /// the shortest is left out where it does not fit either.
  mutating func show(_ texts: [String]) {
    guard !isQuiet, let shortest = texts.last else { return }
    lastShown = clock.now
    let columns = isLive ? Terminal.progressColumns : .max
    let text = texts.first { $0.count <= columns } ?? shortest.prefix(max(1, columns) - 1) + "…"
    if isLive { Terminal.replaceLine(text) } else { Terminal.writeError(text.inOneLine + "\n") }
    isOpen = isLive
  }

  /// Ends the line on a terminal.
  mutating func finish() {
    if isOpen { Terminal.writeError("\n") }
    isOpen = false
  }
}
