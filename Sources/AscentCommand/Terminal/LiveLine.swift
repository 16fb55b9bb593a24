internal import AscentExperiments
internal import AscentRegistries

/// One or two rows on standard error that are updated on a terminal, and otherwise one that is written again at most once a
/// second.
///
/// Of two rows, the cursor waits in an empty row above them, and each update clears from the cursor to the end of the screen.
/// So nothing above is ever touched: a line that others print meanwhile goes into the empty row and stays, and nothing is lost
/// when the window is resized, however the terminal then wraps its rows.
struct LiveLine {
  /// A row: a text, and a part behind it in another color.
  struct Row {
    var text: String
    var colored = ""
    var count: Int { text.count + colored.count }
  }

  private let isQuiet: Bool
  /// True if the rows are updated.
  let isLive = Terminal.isLive
  private let clock = ContinuousClock()
  private var lastShown: ContinuousClock.Instant
  /// The rows that are shown; empty if they have ended.
  private var rows: [Row] = []

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
    show(rows: [Row(text: Self.fitting(texts, isLive ? Terminal.progressColumns : .max))])
  }

  /// The first of several texts that fits into so many columns, or the beginning of the last.
  static func fitting(_ texts: [String], _ columns: Int) -> String {
    guard let shortest = texts.last else { return "" }
    return texts.first { $0.count <= columns } ?? shortest.prefix(max(1, columns) - 1) + "…"
  }

  /// Shows rows, each of which fits.
  mutating func show(rows: [Row]) {
    guard !isQuiet, let first = rows.first else { return }
    lastShown = clock.now
    guard isLive else { return Terminal.writeError((first.text + first.colored).inOneLine + "\n") }
    Terminal.replaceRows(rows)
    self.rows = rows
  }

  /// Writes a line that stays, above the rows that are shown: the first of several texts that fits.
  mutating func add(_ texts: [String]) {
    guard !isQuiet, let longest = texts.first else { return }
    guard isLive else { return Terminal.writeError(longest.inOneLine + "\n") }
    Terminal.replaceRows([Row(text: Self.fitting(texts, Terminal.progressColumns))])
    Terminal.writeError("\n")
    if !rows.isEmpty { Terminal.replaceRows(rows) }
  }

  /// Removes the rows from a terminal, until they are shown again.
  mutating func erase() {
    if !rows.isEmpty { Terminal.eraseRows() }
    rows = []
  }

  /// Ends the line on a terminal.
  mutating func finish() {
    // Of two rows, the cursor is above the first.
    if rows.count > 1 { Terminal.replaceRows(rows, isLast: true) }
    if rows.count == 1 { Terminal.writeError("\n") }
    rows = []
  }
}
