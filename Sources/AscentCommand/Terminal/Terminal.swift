internal import AscentExperiments
internal import AscentRegistries
internal import Glibc
internal import Synchronization

/// Output of text to standard output and standard error, and the format of numbers and tables.
///
/// Text from files, names and exceptions reaches a terminal without control characters: every text is written here,
/// and made visible here.
enum Terminal {
  /// True if standard error is a terminal.
  static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

  /// Writes to standard error, which has everything except results.
  static func writeError(_ text: String) { write(text.visible, to: STDERR_FILENO) }

  /// True if rows can be updated: standard error is a terminal that can clear its screen.
  static var isLive: Bool { isInteractive && variable("TERM") != "dumb" }

  /// True if text may have colors: https://no-color.org.
  private static let hasColors = variable("NO_COLOR").isEmpty

  private static func variable(_ name: String) -> String {
    unsafe getenv(name).map { unsafe String(cString: $0) } ?? ""
  }

  /// Removes what is in the row of the cursor and below.
  static func eraseRows() { write("\r\u{1B}[J", to: STDERR_FILENO) }

  /// Writes rows to standard error from the cursor on, in the place of all that is there; only for a terminal.
  ///
  /// Behind one row the cursor stays; of several it waits in an empty row above them, unless they are the last.
  static func replaceRows(_ rows: [LiveLine.Row], isLast: Bool = false) {
    let texts = rows.map { row in
      let isColored = hasColors && !row.colored.isEmpty
      return row.text.inOneLine
        + (isColored ? "\u{1B}[36m\(row.colored.inOneLine)\u{1B}[0m" : row.colored.inOneLine)
    }
    let isBelow = rows.count > 1 && !isLast
    let end = isLast ? "\r\n" : isBelow ? "\r\u{1B}[\(rows.count)A" : ""
    write("\r\u{1B}[J" + (isBelow ? "\r\n" : "") + texts.joined(separator: "\r\n") + end, to: STDERR_FILENO)
  }

  /// Writes one line of results without buffering, so that a reader of a pipe gets it immediately.
  static func writeLine(_ text: String) { write(text.inOneLine + "\n", to: StandardStreams.results) }

  /// Writes one line of results of parts that have a color of ANSI or none.
  static func writeColored(_ parts: [(text: String, color: Int?)]) {
    let texts = parts.map { part in
      part.color.map { "\u{1B}[\($0)m\(part.text.inOneLine)\u{1B}[0m" } ?? part.text.inOneLine
    }
    write(texts.joined() + "\n", to: StandardStreams.results)
  }

  /// Writes a value as a line of results; characters that a terminal acts on are escapes of JSON.
  static func writeLine(_ json: JSON) {
    let scalars = json.line.unicodeScalars.map { scalar in
      // JSON itself escapes those of 16 bits; the others are pairs of UTF-16.
      scalar.isShown
        ? String(scalar) : String(scalar).utf16.map { "\\u" + String($0, radix: 16) }.joined()
    }
    writeLine(scalars.joined())
  }

  /// Writes a text of several lines to the results.
  static func writeLines(_ text: String) {
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) { writeLine(String(line)) }
  }

  /// The error number of the first failure to write a result; 0 if there was none.
  private static let failure = Atomic<Int32>(0)

  /// The exit code of a command that did what it was asked for: ``ExitStatus/machine`` if results could not be written.
  static func endOfOutput() -> ExitStatus {
    let number = failure.load(ordering: .relaxed)
    guard number != 0 else { return .done }
    writeError("ascent: cannot write to standard output: \(reason(number))\n")
    return .machine
  }

  private static func reason(_ number: Int32) -> String {
    switch number {
    case EBADF: "it is closed, or not open for writing"
    case EPIPE: "its reader ended before it had everything"
    default: AtomicFile.reason(number)
    }
  }

  /// Makes a write to a closed pipe, as Python also does when it starts, and one beyond the limit of a file's size fail
  /// instead of ending the process.
  static func ignoreClosedPipes() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
  }

  private static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN {
        StandardStreams.awaitRoom(descriptor)
        continue
      }
      guard count > 0 else {
        let number = errno
        if number == EPIPE { Interrupt.request() }
        if descriptor != STDERR_FILENO {
          _ = failure.compareExchange(expected: 0, desired: number, ordering: .relaxed)
        }
        return
      }
      bytes = bytes.dropFirst(count)
    }
  }

  /// Asks a question that is answered with y or n; nil if standard input or standard error is no terminal.
  static var question: (@Sendable (String) -> Bool)? {
    guard isatty(STDIN_FILENO) == 1, isInteractive else { return nil }
    return { text in
      writeError("ascent: \(text)\nRun it? [y/N] ")
      // Unlike a read, this ends with a signal.
      var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      guard unsafe poll(&input, 1, -1) > 0, !Interrupt.isRequested else { return false }
      return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }
  }

  /// The width of texts on standard output: that of the terminal but at most 100, or 80 if it is no terminal.
  static var columns: Int { min(100, columns(of: StandardStreams.results)) }

  /// The width of a line of progress on standard error: one column less than the terminal's, where the cursor stands.
  static var progressColumns: Int { columns(of: STDERR_FILENO) - 1 }

  /// The width of a terminal; 80 if it is none or does not say.
  private static func columns(of descriptor: Int32) -> Int {
    var size = winsize()
    let isKnown = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? Int(size.ws_col) : 80
  }

  /// Wraps a text to lines of at most ``columns`` characters; longer words are not split.
  ///
  /// - Parameters:
  ///   - text: the text; words are separated by spaces.
  ///   - indent: the beginning of each line.
  ///   - first: the beginning of the first line, if it differs.
  /// - Returns: the lines.
  static func wrapped(_ text: String, indent: String, first: String? = nil) -> [String] {
    var lines: [String] = []
    var (line, isEmpty) = (first ?? indent, true)
    for word in text.split(separator: " ") {
      if !isEmpty, line.count + 1 + word.count > columns {
        lines.append(line)
        (line, isEmpty) = (indent, true)
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return lines + [line]
  }

  /// Formats seconds as 1:02:03 or 2:03.
  static func clock(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 360_000 else { return "–" }
    let whole = Int(seconds.rounded())
    let pair = { (n: Int) in (n < 10 ? "0" : "") + String(n) }
    let (h, m, s) = (whole / 3600, whole / 60 % 60, whole % 60)
    return h > 0 ? "\(h):\(pair(m)):\(pair(s))" : "\(m):\(pair(s))"
  }

  /// Formats a whole number with commas: 12,345.
  static func grouped(_ n: Int) -> String {
    var out = ""
    for (k, digit) in String(n).enumerated() {
      let left = String(n).count - k
      if k > 0, left % 3 == 0 { out += "," }
      out.append(digit)
    }
    return out
  }

  /// Formats a number with `digits` digits after the decimal point, at most 3.
  static func fixed(_ x: Double, _ digits: Int) -> String {
    guard x.isFinite else { return "–" }
    let scale = [1.0, 10, 100, 1000][min(max(digits, 0), 3)]
    let scaled = (abs(x) * scale).rounded()
    guard scaled < 1e15 else { return "\(x)" }
    let whole = Int(scaled)
    let sign = x < 0 && whole > 0 ? "-" : ""
    guard digits > 0 else { return sign + String(whole) }
    let fraction = String(whole % Int(scale))
    return sign + String(whole / Int(scale)) + "." + String(repeating: "0", count: digits - fraction.count)
      + fraction
  }

  /// Formats a number with four significant digits: 0.03142, 314.2, 3.142e-7.
  static func short(_ x: Double) -> String {
    guard x.isFinite else { return "–" }
    guard x != 0 else { return "0" }
    var magnitude = Int(Double(x.exponent) * 0.30103)
    while abs(x) >= power(ofTen: magnitude + 1) { magnitude += 1 }
    while abs(x) < power(ofTen: magnitude) { magnitude -= 1 }
    guard (-4..<7).contains(magnitude) else {
      return "\(short(x / power(ofTen: magnitude)))e\(magnitude)"
    }
    let decimals = max(0, 3 - magnitude)
    var digits = String(Int((abs(x) * power(ofTen: decimals)).rounded()))
    while digits.count <= decimals { digits = "0" + digits }
    let split = digits.index(digits.endIndex, offsetBy: -decimals)
    let sign = x < 0 ? "-" : ""
    return decimals == 0 ? sign + digits : "\(sign)\(digits[..<split]).\(digits[split...])"
  }

  /// The number next to 10ⁿ.
  private static func power(ofTen n: Int) -> Double { Double("1e\(n)") ?? .nan }

  /// Formats rows of equal length as lines: the first column is aligned left, the others right.
  static func table(_ rows: [[String]]) -> [String] {
    guard let columns = rows.map(\.count).max() else { return [] }
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.enumerated().map { column, text in
        let gap = String(repeating: " ", count: widths[column] - text.count)
        return column == 0 ? text + gap : gap + text
      }.joined(separator: "  ")
    }
  }
}
