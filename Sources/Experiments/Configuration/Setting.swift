/// The value of one setting.
public enum SettingValue: Equatable, Sendable {
  case integer(Int64)
  case number(Double)
  case flag(Bool)
  case text(String)
  case integers([Int64])
  case texts([String])

  /// The value in the form in which a user types it.
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

  /// The value in a line of JSON.
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

  /// What a value of this kind looks like, for messages.
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

  /// Reads typed text as a value of the same kind as this one, or nil.
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

/// One key of run.toml: how it is read from a configuration and written into it, checked.
struct Setting: Sendable {
  let key: String
  let get: @Sendable (Configuration) -> SettingValue
  /// Returns what is wrong with the value, or nil when it was taken.
  let set: @Sendable (inout Configuration, SettingValue) -> String?

  init(
    _ key: String, get: @escaping @Sendable (Configuration) -> SettingValue,
    set: @escaping @Sendable (inout Configuration, SettingValue) -> String?
  ) {
    self.key = key
    self.get = get
    self.set = set
  }

  static func integer(
    _ key: String, _ path: any WritableKeyPath<Configuration, Int> & Sendable, in range: ClosedRange<Int>
  ) -> Setting {
    Setting(key) {
      .integer(Int64($0[keyPath: path]))
    } set: { configuration, value in
      guard case .integer(let x) = value, let n = Int(exactly: x), range.contains(n) else {
        return "a whole number from \(range.lowerBound) to \(range.upperBound)"
      }
      configuration[keyPath: path] = n
      return nil
    }
  }

  static func number(
    _ key: String, _ path: any WritableKeyPath<Configuration, Double> & Sendable, _ allowed: String,
    where isAllowed: @escaping @Sendable (Double) -> Bool
  ) -> Setting {
    Setting(key) {
      .number($0[keyPath: path])
    } set: { configuration, value in
      let x: Double
      switch value {
      case .number(let number): x = number
      case .integer(let whole): x = Double(whole)
      default: return allowed
      }
      guard x.isFinite, isAllowed(x) else { return allowed }
      configuration[keyPath: path] = x
      return nil
    }
  }

  /// A number that is not negative; what 0 stands for is said.
  static func amount(
    _ key: String, _ path: any WritableKeyPath<Configuration, Double> & Sendable, zero: String
  ) -> Setting {
    number(key, path, "0 \(zero), or a number above 0") { $0 >= 0 }
  }

  static func flag(
    _ key: String, _ path: any WritableKeyPath<Configuration, Bool> & Sendable
  ) -> Setting {
    Setting(key) {
      .flag($0[keyPath: path])
    } set: { configuration, value in
      guard case .flag(let isOn) = value else { return "true or false" }
      configuration[keyPath: path] = isOn
      return nil
    }
  }

  static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
    _ key: String, _ path: any WritableKeyPath<Configuration, Choice> & Sendable
  ) -> Setting {
    Setting(key) {
      .text($0[keyPath: path].rawValue)
    } set: { configuration, value in
      guard case .text(let name) = value, let choice = Choice(rawValue: name) else {
        return "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", ")
      }
      configuration[keyPath: path] = choice
      return nil
    }
  }
}
