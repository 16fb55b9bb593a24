internal import Experiments
internal import PolicyGradients

/// Progress on standard error: one updated line on a terminal, otherwise at most one line per second.
struct ProgressLine {
  private let total: Int
  private let isQuiet: Bool
  private let isLive = Terminal.isInteractive
  private var lastShown = -1.0
  /// The steps before this process resumed the run; they do not count for the rate.
  private var stepsBefore: Int?
  /// The objective of the last iteration in which an episode ended.
  private var objective: Objective?
  private var isOpen = false

  init(total: Int, isQuiet: Bool) {
    self.total = total
    self.isQuiet = isQuiet
  }

  mutating func show(_ report: Training.Report, steps: Int, seconds: Double) {
    let before = stepsBefore ?? steps - report.steps
    stepsBefore = before
    if report.objective.count > 0 { objective = report.objective }
    guard !isQuiet, seconds - lastShown >= (isLive ? 0.1 : 1) || steps >= total else { return }
    lastShown = seconds
    let rate = seconds > 0 ? Double(steps - before) / seconds : 0
    let left = rate > 0 ? Double(total - steps) / rate : .nan
    let line =
      "\(Terminal.grouped(steps))/\(Terminal.grouped(total)) steps  \(100 * steps / max(1, total)) %  "
      + "\(Terminal.grouped(Int(rate))) steps/s  "
      + "return \(Terminal.fixed(objective?.mean ?? .nan, 1)) "
      + "± \(Terminal.fixed(objective?.standardError ?? .nan, 1))"
      + "  left \(Terminal.clock(left))"
    Terminal.writeError(isLive ? "\r\u{1B}[K\(line)" : line + "\n")
    isOpen = isLive
  }

  mutating func finish() {
    if isOpen { Terminal.writeError("\n") }
    isOpen = false
  }
}
