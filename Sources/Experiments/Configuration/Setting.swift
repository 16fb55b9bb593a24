internal import AscentRegistries

/// One key of run.toml: its meaning, its possible values, and access to its value in a configuration.
public struct Setting: Sendable {
  /// The key, such as `algorithm.gamma`.
  public let key: String
  /// The meaning of the setting, in one line.
  public let help: String
  /// The unit of its numbers, such as `steps`; empty for names, flags and numbers without a unit.
  public let unit: String
  /// The possible values.
  let domain: Domain
  let get: Getter
  let set: Setter
  /// The value that runs had before there was the setting, if it is not today's default; their run.toml lacks the key.
  private(set) var earlier: SettingValue?
  /// Values that earlier versions wrote in other words, in TOML: then and now.
  private(set) var reworded: [String: String] = [:]

  /// The possible values of a setting, which may depend on the catalog.
  struct Domain: Sendable {
    /// A description that completes a sentence after "takes".
    let words: @Sendable (Catalog) -> String
    /// The possible names, each with a description; empty if the values are not names.
    var names: @Sendable (Catalog) -> [(name: String, help: String)] = { _ in [] }

    /// Values that are described in words.
    static func described(_ words: String) -> Domain { Domain { _ in words } }

    /// Values that are names.
    static func named(_ names: @escaping @Sendable (Catalog) -> [(name: String, help: String)]) -> Domain {
      Domain(words: { "one of " + names($0).map(\.name).joined(separator: ", ") }, names: names)
    }
  }

  /// The error for a value that a setting does not accept.
  struct Refusal: Error {
    /// The possible values in words; nil for the setting's ``Setting/allowed(_:)``.
    var allowed: String?
  }

  /// Reads the value from a configuration.
  typealias Getter = @Sendable (Configuration) -> SettingValue
  /// Writes a value into a configuration, or throws.
  typealias Setter = @Sendable (inout Configuration, SettingValue) throws(Refusal) -> Void

  /// Makes a setting from its getter and setter.
  init(_ key: String, _ help: String, takes allowed: String, get: @escaping Getter, set: @escaping Setter) {
    self.init(key, help, in: .described(allowed), get: get, set: set)
  }

  private init(
    _ key: String, _ help: String, unit: String = "", in domain: Domain, get: @escaping Getter,
    set: @escaping Setter
  ) {
    (self.key, self.help, self.unit, self.domain, self.get, self.set) = (key, help, unit, domain, get, set)
  }

  /// Returns the same setting with a list of names.
  func choosing(_ names: @escaping @Sendable (Catalog) -> [(name: String, help: String)]) -> Setting {
    var other = domain
    other.names = names
    return Setting(key, help, unit: unit, in: other, get: get, set: set)
  }

  /// Returns the same setting, which changes others after it is set.
  func adjusting(_ change: @escaping @Sendable (inout Configuration) -> Void) -> Setting {
    let set = set
    var other = Setting(key, help, unit: unit, in: domain, get: get) {
      configuration, value throws(Refusal) in
      try set(&configuration, value)
      change(&configuration)
    }
    (other.earlier, other.reworded) = (earlier, reworded)
    return other
  }

  /// Returns the same setting with the value of runs that were made before it existed.
  func formerly(_ value: SettingValue) -> Setting {
    var other = self
    other.earlier = value
    return other
  }

  /// True for `checkpoint.*` and `tensorboard.*`, which affect no result and can change when a run is resumed.
  package var isOfStorage: Bool { key.hasPrefix("checkpoint.") || key.hasPrefix("tensorboard.") }

  /// False for those and for `evaluation.*`: none of them affects what is learned.
  package var affectsLearning: Bool { !isOfStorage && !key.hasPrefix("evaluation.") }

  /// The possible values, in words.
  public func allowed(_ catalog: Catalog) -> String { domain.words(catalog) }

  /// The possible names, each with a description; empty if the values are not names.
  public func choices(_ catalog: Catalog) -> [(name: String, help: String)] { domain.names(catalog) }

  /// The value of the setting in a configuration.
  public func value(in configuration: Configuration) -> SettingValue { get(configuration) }

  /// A setting that takes a whole number within a range.
  static func integer(
    _ key: String, _ path: any WritableKeyPath<Configuration, Int> & Sendable, in range: ClosedRange<Int>,
    _ help: String, unit: String = ""
  ) -> Setting {
    let domain = Domain.described("a whole number from \(range.lowerBound) to \(range.upperBound)")
    return Setting(key, help, unit: unit, in: domain) {
      .integer(Int64($0[keyPath: path]))
    } set: { configuration, value throws(Refusal) in
      let whole: Int? =
        switch value {
        case .integer(let x): Int(exactly: x)
        case .number(let x): abs(x) <= 0x1p53 ? Int(exactly: x) : nil
        default: nil
        }
      guard let whole, range.contains(whole) else { throw Refusal() }
      configuration[keyPath: path] = whole
    }
  }

  /// The set of numbers that a setting accepts.
  struct Numbers: Sendable {
    let words: String
    let contains: @Sendable (Double) -> Bool

    /// The numbers from 0 to 1.
    static let unitInterval = Numbers(words: "a number from 0 to 1") { $0 >= 0 && $0 <= 1 }
    /// The numbers above 0.
    static let positive = Numbers(words: "a number above 0") { $0 > 0 }
    /// The learning rates: above 0, up to 1000.
    static let rate = Numbers(words: "a number above 0 and up to 1000") { $0 > 0 && $0 <= 1000 }
    /// The numbers from 0, where 0 has a special meaning.
    static func zero(_ meaning: String) -> Numbers {
      Numbers(words: "0 \(meaning), or a number above 0") { $0 >= 0 }
    }
  }

  /// A setting that takes a number.
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

  /// A setting that takes true or false.
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

  /// A setting that takes a case of an enumeration.
  ///
  /// - Parameters:
  ///   - key: the key.
  ///   - path: the property.
  ///   - help: the meaning.
  ///   - former: the cases for true and false, if the setting was a flag before; both are still read.
  /// - Returns: the setting.
  static func choice<Choice: NamedChoice>(
    _ key: String, _ path: any WritableKeyPath<Configuration, Choice> & Sendable, _ help: String,
    former: (true: Choice, false: Choice)? = nil
  ) -> Setting {
    let flags = former.map { ["true": $0.true, "false": $0.false] } ?? [:]
    var setting = Setting(key, help, in: .named { _ in Choice.allCases.map { ($0.rawValue, $0.help) } }) {
      .text($0[keyPath: path].rawValue)
    } set: { configuration, value throws(Refusal) in
      let choice: Choice? =
        switch value {
        case .text(let name): Choice(rawValue: name) ?? flags[name]
        case .flag: flags[value.typed]
        default: nil
        }
      guard let choice else { throw Refusal() }
      configuration[keyPath: path] = choice
    }
    setting.reworded = flags.mapValues { SettingValue.text($0.rawValue).toml }
    return setting
  }

  /// A setting that takes an entry of a registry.
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
