/// The value of one setting.
public enum SettingValue: Equatable, Sendable {
  case integer(Int64)
  case number(Double)
  case flag(Bool)
  case text(String)
  case integers([Int64])
  case texts([String])
  /// An array of other values, or of several kinds.
  case array([SettingValue])
  case table(NamedValues)

  /// The value as a user types it.
  public var typed: String {
    switch self {
    case .integer(let value): String(value)
    case .number(let value): "\(value)"
    case .flag(let value): value ? "true" : "false"
    case .text(let value): value
    case .integers(let values): values.map(String.init).joined(separator: ",")
    case .texts(let values): values.joined(separator: ",")
    case .array, .table: toml
    }
  }

  /// The value as TOML, on one line.
  package var toml: String {
    switch self {
    case .integer, .number, .flag: typed
    case .text(let text): JSON.text(text).line
    case .integers(let list): "[" + list.map(String.init).joined(separator: ", ") + "]"
    case .texts(let list): "[" + list.map { JSON.text($0).line }.joined(separator: ", ") + "]"
    case .array(let list): "[" + list.map(\.toml).joined(separator: ", ") + "]"
    case .table(let values): values.toml
    }
  }

  /// The value as JSON.
  public var json: JSON {
    switch self {
    case .integer(let value): .integer(Int(value))
    case .number(let value): .number(value)
    case .flag(let value): .bool(value)
    case .text(let value): .text(value)
    case .integers(let values): .array(values.map { .integer(Int($0)) })
    case .texts(let values): .array(values.map { .text($0) })
    case .array(let values): .array(values.map(\.json))
    case .table(let values): .object(values.entries.map { ($0.name, $0.value.json) })
    }
  }

  /// The kind of the value, for messages.
  var kind: String {
    switch self {
    case .integer: "a whole number"
    case .number: "a number"
    case .flag: "true or false"
    case .text: "a text"
    case .integers: "whole numbers joined by commas"
    case .texts: "texts joined by commas"
    case .array: "an array such as [1, 2.5]"
    case .table: "a table such as {size = 8}"
    }
  }

  /// Parses text as a value of the same kind as this one; nil if it is not one.
  func parsing(_ text: String) -> SettingValue? {
    switch self {
    case .integer: return Self.whole(text).map { .integer($0) }
    case .number: return Double(text).map { .number($0) }
    case .flag: return Bool(text).map { .flag($0) }
    case .text: return .text(text)
    case .integers:
      if text.isEmpty { return .integers([]) }
      let parts = text.split(separator: ",", omittingEmptySubsequences: false).map {
        Self.whole(String($0)) as Int64?
      }
      let values = parts.compactMap(\.self)
      return values.count == parts.count ? .integers(values) : nil
    case .texts:
      return .texts(text.split(separator: ",").map(String.init))
    case .array, .table:
      return try? TOMLReader.value(of: text)
    }
  }

  /// Parses a whole number: digits, or a decimal number that is whole, such as 1e6; nil for other texts.
  public static func whole<Number: FixedWidthInteger>(_ text: String) -> Number? {
    if let number = Number(text) { return number }
    let isDecimal = text.utf8.allSatisfy { (48...57).contains($0) || ".eE+-".utf8.contains($0) }
    guard isDecimal, let x = Double(text), abs(x) <= 0x1p53 else { return nil }
    return Number(exactly: x)
  }

  /// Parses the value of a constructor's argument: a value of TOML, or a text without quotes.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` for damaged TOML, and for Python's `True`, `False` and `None`, which as texts
  ///   would mean something else.
  public static func argument(typed text: String, of name: String) throws(ExperimentError) -> SettingValue {
    if let meant = ["True": "true", "False": "false"][text] {
      throw .usage("\(name) takes TOML: write \(meant), or '\"\(text)\"' for the text")
    }
    guard text != "None", text != "null" else {
      throw .usage("\(name): TOML has no None; omit the argument, or write '\"None\"' for the text")
    }
    do {
      return try TOMLReader.value(of: text)
    } catch {
      guard let first = text.first, !"[{\"'".contains(first) else {
        throw .usage("\(name) = \(text) is not TOML: \(error.reason)")
      }
      // What Python reads as a number must not become a text without a word.
      guard Double(text) == nil else {
        throw .usage(
          "\(name) = \(text) is not a number of TOML, such as 1.0, 0.5 or at most \(Int64.max); write '\"\(text)\"' for the text"
        )
      }
      return .text(text)
    }
  }
}
