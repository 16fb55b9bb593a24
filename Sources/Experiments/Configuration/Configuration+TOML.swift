extension Configuration {
  /// Reads a configuration: the keys of `toml`, and `base` for all others.
  ///
  /// - Parameters:
  ///   - toml: the text of a run.toml or of a file given by `--config`.
  ///   - file: its name, for messages.
  ///   - base: the configuration with the values of all other keys.
  /// - Returns: the configuration.
  /// - Throws: ``ExperimentError/usage(_:)`` for text that is not TOML, an unknown key or a bad value.
  public static func reading(
    _ toml: String, file: String, over base: Configuration
  ) throws(ExperimentError) -> Configuration {
    var configuration = base
    let found: [(String, SettingValue)]
    do {
      found = try flat(toml)
    } catch {
      throw .usage("\(file) is not TOML: \(error)")
    }
    // algorithm.name sets all keys of its table, so it is applied before the single settings.
    for (key, value) in found where key == "algorithm.name" {
      try configuration.apply(key, value, file)
    }
    for (key, value) in found where key != "algorithm.name" && !isRecord(key) {
      try configuration.apply(key, value, file)
    }
    return configuration
  }

  /// Applies the settings of one table of a text.
  mutating func apply(_ toml: String, table: String, file: String) throws(ExperimentError) {
    let found: [(String, SettingValue)]
    do {
      found = try TOMLReader.read(toml).filter { $0.path.first == table }.map {
        ($0.path.dropFirst().joined(separator: "."), $0.value)
      }
    } catch {
      throw .usage("\(file) is not TOML: \(error)")
    }
    for (key, value) in found { try apply(key, value, file) }
  }

  /// True if a key is a record of the run (versions, machine, result) rather than a setting.
  private static func isRecord(_ key: String) -> Bool {
    ["versions.", "made_with.", "result."].contains { key.hasPrefix($0) } || key == "format"
  }

  /// The records of a run.toml besides its settings, in the file's order.
  static func records(in toml: String, file: String) throws(ExperimentError) -> [(key: String, value: String)]
  {
    do {
      return try flat(toml).filter { isRecord($0.0) && $0.0 != "format" }
        .map { ($0.0, $0.1.typed) }
    } catch {
      throw .damaged(file: file, reason: "it is not TOML: \(error)")
    }
  }

  private mutating func apply(_ key: String, _ value: SettingValue, _ file: String) throws(ExperimentError) {
    do {
      var value = value
      let setting = try Self.setting(key)
      // An empty array has no element type; take the setting's.
      if case .texts(let texts) = value, texts.isEmpty, case .integers = setting.get(self) {
        value = .integers([])
      }
      try set(setting, value)
    } catch {
      throw .usage("\(file): \(error)")
    }
  }

  private static func flat(_ toml: String) throws(TOMLReader.Fault) -> [(String, SettingValue)] {
    try TOMLReader.read(toml).map { ($0.path.joined(separator: "."), $0.value) }
  }

  /// The text of run.toml: all settings, then `records`, tables of texts such as the versions and the fingerprint.
  public func toml(records: [(table: String, entries: [(String, String)])]) -> String {
    var out = "format = \"1\"\n"
    var current = ""
    for setting in Self.settings {
      let parts = setting.key.split(separator: ".", maxSplits: 1)
      if parts[0] != current {
        current = String(parts[0])
        out += "\n[\(current)]\n"
      }
      out += "\(parts[1]) = \(Self.literal(setting.get(self)))\n"
    }
    for record in records where !record.entries.isEmpty {
      out += "\n[\(record.table)]\n"
      for (key, value) in record.entries { out += "\(key) = \(Self.literal(.text(value)))\n" }
    }
    return out
  }

  private static func literal(_ value: SettingValue) -> String {
    switch value {
    case .integer, .number, .flag: value.typed
    case .text(let text): JSON.text(text).line
    case .integers(let list): "[" + list.map(String.init).joined(separator: ", ") + "]"
    case .texts(let list): "[" + list.map { JSON.text($0).line }.joined(separator: ", ") + "]"
    }
  }
}
