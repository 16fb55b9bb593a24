internal import AscentRegistries

/// A JSON value whose object keys are written in the order in which they were given.
///
/// Foundation's encoder sorts or shuffles keys; people and scripts read these lines in a fixed order.
public enum JSON: Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case unsigned(UInt64)
  case number(Double)
  case single(Float)
  case text(String)
  case array([JSON])
  case object([(String, JSON)])

  /// The value as one line of text; a number that is not finite becomes null.
  public var line: String {
    var out = ""
    write(to: &out)
    return out
  }

  private func write(to out: inout String) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .integer(let value): out += String(value)
    case .unsigned(let value): out += String(value)
    case .number(let value): out += value.isFinite ? "\(value)" : "null"
    case .single(let value): out += value.isFinite ? "\(value)" : "null"
    case .text(let value): JSON.quote(value, to: &out)
    case .array(let values):
      out += "["
      for (k, value) in values.enumerated() {
        if k > 0 { out += "," }
        value.write(to: &out)
      }
      out += "]"
    case .object(let pairs):
      out += "{"
      for (k, pair) in pairs.enumerated() {
        if k > 0 { out += "," }
        JSON.quote(pair.0, to: &out)
        out += ":"
        pair.1.write(to: &out)
      }
      out += "}"
    }
  }

  private static func quote(_ text: String, to out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where !scalar.isShown && scalar.value < 0x10000:
        // All but the first 32 are valid as they are, but a terminal would act on them. TOML has the same escapes.
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
