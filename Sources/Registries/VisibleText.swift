extension StringProtocol {
  /// The text with each control or format character as an escape, such as `\x1b`; lines and tabs stay.
  ///
  /// Names and messages come from files and environments: one that could move a terminal's cursor, or reverse the order
  /// of what follows it, could show something else than what was written.
  package var visible: String { escaped { $0 == "\n" || $0 == "\t" } }

  /// The same for a text that is a part of one line: line breaks and tabs are `\n` and `\t`.
  package var inOneLine: String { escaped { _ in false } }

  private func escaped(except isKept: (Unicode.Scalar) -> Bool) -> String {
    var out = ""
    for scalar in unicodeScalars {
      if scalar.isShown || isKept(scalar) {
        out.unicodeScalars.append(scalar)
      } else {
        out += scalar.escape
      }
    }
    return out
  }
}

extension Unicode.Scalar {
  /// True unless it is a control or format character, or separates lines.
  ///
  /// Format characters are those that reverse the direction of text, or have no width.
  package var isShown: Bool {
    guard value < 0x20 || value >= 0x7F else { return true }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return false
    default: return true
    }
  }

  /// The character as an escape of Python: `\n`, `\x1b`, `\u202e`.
  fileprivate var escape: String {
    switch self {
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default:
      let hex = String(value, radix: 16)
      let (mark, width) = value < 0x100 ? ("x", 2) : value < 0x10000 ? ("u", 4) : ("U", 8)
      return "\\" + mark + String(repeating: "0", count: width - hex.count) + hex
    }
  }
}
