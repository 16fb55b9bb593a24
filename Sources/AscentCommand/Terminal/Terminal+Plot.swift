internal import AscentDesk
internal import AscentExperiments
internal import FoundationEssentials
internal import Glibc

// Drawings on standard output.
extension Terminal {
  /// What standard output can show: colors on a terminal without NO_COLOR, and more than ASCII where the locale is UTF-8.
  static var plotStyle: CharacterPlot.Style {
    let variables = ProcessInfo.processInfo.environment
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { variables[$0] }.first { !$0.isEmpty } ?? ""
    let charset = locale.lowercased().filter { $0 != "-" }
    let isDumb = variables["TERM"] ?? "dumb" == "dumb"
    let wantsColor = (variables["NO_COLOR"] ?? "").isEmpty && !isDumb
    return CharacterPlot.Style(
      columns: columns, isUnicode: charset.contains("utf8"),
      isColored: wantsColor && isatty(StandardStreams.results) == 1)
  }

  /// The numbers of colors of ANSI: those of curves, which are legible on dark and on light.
  private static let colors = [36, 31, 32, 35, 33, 34]

  /// Writes one line of results whose parts have colors.
  static func writeLine(spans: [CharacterPlot.Span], isColored: Bool) {
    guard isColored else { return writeLine(spans.map(\.text).joined()) }
    writeColored(
      spans.map { ($0.text, $0.curve.map { colors[$0 % colors.count] }) })
  }
}
