/// The value of one setting.
public enum SettingValue: Equatable, Sendable {
  case integer(Int64)
  case number(Double)
  case flag(Bool)
  case text(String)
  case integers([Int64])
  case texts([String])

  /// The value as a user types it.
  public var typed: String {
    switch self {
    case .integer(let value): String(value)
    case .number(let value): "\(value)"
    case .flag(let value): value ? "true" : "false"
    case .text(let value): value
    case .integers(let values): values.map(String.init).joined(separator: ",")
    case .texts(let values): values.joined(separator: ",")
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
    }
  }

  /// Parses text as a value of the same kind as this one; nil if it is not one.
  func parsing(_ text: String) -> SettingValue? {
    switch self {
    case .integer: return Int64(text).map { .integer($0) }
    case .number: return Double(text).map { .number($0) }
    case .flag: return Bool(text).map { .flag($0) }
    case .text: return .text(text)
    case .integers:
      if text.isEmpty { return .integers([]) }
      let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int64($0) }
      let values = parts.compactMap(\.self)
      return values.count == parts.count ? .integers(values) : nil
    case .texts:
      return .texts(text.split(separator: ",").map(String.init))
    }
  }
}
