internal import Registries

/// One key of run.toml: what it means, what it takes, and how it is read from a configuration and written into it.
public struct Setting: Sendable {
  /// The key, such as `algorithm.gamma`.
  public let key: String
  /// What it means, in one line.
  public let help: String
  /// What its numbers count, such as `steps`; empty for names, flags and numbers without a unit.
  public let unit: String
  /// The values that it takes.
  let domain: Domain
  let get: Getter
  let set: Setter

  /// The values that a setting takes, which may depend on what a catalog has.
  struct Domain: Sendable {
    /// In words, behind "takes".
    let words: @Sendable (Catalog) -> String
    /// The names, each with a line; empty if the values are no names.
    var names: @Sendable (Catalog) -> [(name: String, help: String)] = { _ in [] }

    /// Values in words.
    static func described(_ words: String) -> Domain { Domain { _ in words } }

    /// Names.
    static func named(_ names: @escaping @Sendable (Catalog) -> [(name: String, help: String)]) -> Domain {
      Domain(words: { "one of " + names($0).map(\.name).joined(separator: ", ") }, names: names)
    }
  }

  /// A value that a setting does not take.
  struct Refusal: Error {
    /// What it takes instead, where that is not the setting's ``Setting/allowed(_:)``.
    var allowed: String?
  }

  /// Reads a value.
  typealias Getter = @Sendable (Configuration) -> SettingValue
  /// Writes a value, or refuses it.
  typealias Setter = @Sendable (inout Configuration, SettingValue) throws(Refusal) -> Void

  /// Describes a setting by hand.
  init(_ key: String, _ help: String, takes allowed: String, get: @escaping Getter, set: @escaping Setter) {
    self.init(key, help, in: .described(allowed), get: get, set: set)
  }

  private init(
    _ key: String, _ help: String, unit: String = "", in domain: Domain, get: @escaping Getter,
    set: @escaping Setter
  ) {
    (self.key, self.help, self.unit, self.domain, self.get, self.set) = (key, help, unit, domain, get, set)
  }

  /// The same setting, which takes these names.
  func choosing(_ names: @escaping @Sendable (Catalog) -> [(name: String, help: String)]) -> Setting {
    var other = domain
    other.names = names
    return Setting(key, help, unit: unit, in: other, get: get, set: set)
  }

  /// The values that it takes, in words.
  public func allowed(_ catalog: Catalog) -> String { domain.words(catalog) }

  /// The names that it takes, each with a line; empty if it takes no names.
  public func choices(_ catalog: Catalog) -> [(name: String, help: String)] { domain.names(catalog) }

  /// The value that a configuration has.
  public func value(in configuration: Configuration) -> SettingValue { get(configuration) }

  /// A whole number within a range.
  static func integer(
    _ key: String, _ path: any WritableKeyPath<Configuration, Int> & Sendable, in range: ClosedRange<Int>,
    _ help: String, unit: String = ""
  ) -> Setting {
    let domain = Domain.described("a whole number from \(range.lowerBound) to \(range.upperBound)")
    return Setting(key, help, unit: unit, in: domain) {
      .integer(Int64($0[keyPath: path]))
    } set: { configuration, value throws(Refusal) in
      guard case .integer(let x) = value, let n = Int(exactly: x), range.contains(n) else { throw Refusal() }
      configuration[keyPath: path] = n
    }
  }

  /// The numbers that a setting takes.
  struct Numbers: Sendable {
    let words: String
    let contains: @Sendable (Double) -> Bool

    /// From 0 to 1.
    static let unitInterval = Numbers(words: "a number from 0 to 1") { $0 >= 0 && $0 <= 1 }
    /// Above 0.
    static let positive = Numbers(words: "a number above 0") { $0 > 0 }
    /// A rate.
    static let rate = Numbers(words: "a number above 0 and up to 1000") { $0 > 0 && $0 <= 1000 }
    /// 0, which stands for something, or above.
    static func zero(_ meaning: String) -> Numbers {
      Numbers(words: "0 \(meaning), or a number above 0") { $0 >= 0 }
    }
  }

  /// A number.
  static func number(
    _ key: String, _ path: any WritableKeyPath<Configuration, Double> & Sendable, _ numbers: Numbers,
    _ help: String, unit: String = ""
  ) -> Setting {
    Setting(key, help, unit: unit, in: .described(numbers.words)) {
      .number($0[keyPath: path])
    } set: { configuration, value throws(Refusal) in
      let x: Double
      switch value {
      case .number(let number): x = number
      case .integer(let whole): x = Double(whole)
      default: throw Refusal()
      }
      guard x.isFinite, numbers.contains(x) else { throw Refusal() }
      configuration[keyPath: path] = x
    }
  }

  /// Yes or no.
  static func flag(
    _ key: String, _ path: any WritableKeyPath<Configuration, Bool> & Sendable, _ help: String
  ) -> Setting {
    Setting(key, help, in: .described("true or false")) {
      .flag($0[keyPath: path])
    } set: { configuration, value throws(Refusal) in
      guard case .flag(let isOn) = value else { throw Refusal() }
      configuration[keyPath: path] = isOn
    }
  }

  /// One of the cases of an enumeration.
  static func choice<Choice: NamedChoice>(
    _ key: String, _ path: any WritableKeyPath<Configuration, Choice> & Sendable, _ help: String
  ) -> Setting {
    Setting(key, help, in: .named { _ in Choice.allCases.map { ($0.rawValue, $0.help) } }) {
      .text($0[keyPath: path].rawValue)
    } set: { configuration, value throws(Refusal) in
      guard case .text(let name) = value, let choice = Choice(rawValue: name) else { throw Refusal() }
      configuration[keyPath: path] = choice
    }
  }

  /// One of the entries of a registry.
  static func entry<Entry: RegistryEntry>(
    _ key: String, _ path: any WritableKeyPath<Configuration, Entry> & Sendable,
    _ registry: any KeyPath<Catalog, Registry<Entry>> & Sendable, _ help: String
  ) -> Setting {
    let domain = Domain.named { $0[keyPath: registry].entries.map { ($0.name, $0.help) } }
    return Setting(key, help, in: domain) {
      .text($0[keyPath: path].name)
    } set: { configuration, value throws(Refusal) in
      guard let entry = try? configuration.catalog[keyPath: registry].entry(named: value.typed) else {
        throw Refusal()
      }
      configuration[keyPath: path] = entry
    }
  }
}
