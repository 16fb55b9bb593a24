internal import AscentRegistries

/// Text of HTML and SVG.
///
/// Everything that comes from a run goes through ``text(_:)``.
enum Markup {
  /// A text whose characters mean nothing to HTML, in one line, without characters that reverse its direction.
  static func text(_ text: some StringProtocol) -> String {
    var out = ""
    for scalar in text.inOneLine.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// A table that scrolls by itself where the page is too narrow.
  ///
  /// - Parameters:
  ///   - caption: its name, which is not escaped.
  ///   - head: the heads of the columns, which are not escaped.
  ///   - rows: cells, which are not escaped; the first of a row is its head.
  ///   - numbers: the columns that are aligned right.
  /// - Returns: the table.
  static func table(_ caption: String, _ head: [String], _ rows: [[String]], numbers: Set<Int> = []) -> String
  {
    let align = { (k: Int) in numbers.contains(k) ? " class=\"number\"" : "" }
    var out = "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(caption)\"><table>"
    out += "<caption>\(caption)</caption>\n<thead><tr>"
    for (k, cell) in head.enumerated() { out += "<th scope=\"col\"\(align(k))>\(cell)</th>" }
    out += "</tr></thead>\n<tbody>\n"
    for row in rows {
      out += "<tr>"
      for (k, cell) in row.enumerated() {
        out += k == 0 ? "<th scope=\"row\">\(cell)</th>" : "<td\(align(k))>\(cell)</td>"
      }
      out += "</tr>\n"
    }
    return out + "</tbody></table></div>\n"
  }

  /// A section with a heading.
  static func section(_ name: String, _ title: String, _ content: String) -> String {
    "<section aria-labelledby=\"\(name)\"><h2 id=\"\(name)\">\(title)</h2>\n\(content)</section>\n"
  }

  /// A whole number with thousands apart.
  static func grouped(_ x: Double) -> String {
    guard abs(x) < 1e15 else { return AxisNumber.text(x) }
    let digits = Array(String(Int(abs(x).rounded())))
    var out = x < 0 ? "−" : ""
    for (k, digit) in digits.enumerated() {
      if k > 0, (digits.count - k) % 3 == 0 { out += "," }
      out.append(digit)
    }
    return out
  }

  /// A return or another measured number: with about four digits.
  static func number(_ x: Double) -> String {
    guard abs(x) < 10_000, abs(x) >= 0.001 || x == 0 else { return minus(AxisNumber.text(x)) }
    let decimals = abs(x) >= 1000 ? 0 : abs(x) >= 10 ? 1 : abs(x) >= 1 ? 2 : 3
    let scale = [1.0, 10, 100, 1000][decimals]
    let whole = Int((abs(x) * scale).rounded())
    let fraction = String(whole % Int(scale))
    let sign = x < 0 && whole > 0 ? "−" : ""
    let zeros = String(repeating: "0", count: max(0, decimals - fraction.count))
    return sign + String(whole / Int(scale)) + (decimals == 0 ? "" : "." + zeros + fraction)
  }

  /// An interval.
  static func interval(_ range: ClosedRange<Double>) -> String {
    "[\(number(range.lowerBound)), \(number(range.upperBound))]"
  }

  /// A number with a true minus sign.
  static func minus(_ text: String) -> String { text.replacing("-", with: "−") }

  /// Seconds as hours, minutes and seconds.
  static func time(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e12 else { return "–" }
    if seconds < 100 { return "\(number(seconds)) s" }
    let whole = Int(seconds.rounded())
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(grouped(Double(whole / 3600))) h \(whole / 60 % 60) min"
  }
}
