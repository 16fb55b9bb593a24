internal import AscentPolicyGradients

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
    let found = try TOMLText.entries(of: toml, file: file)
    // algorithm.name sets all keys of its table, so it is applied before the single settings; the base's own name would only
    // undo what a preset has set.
    for (path, value) in found
    where path == ["algorithm", "name"] && value.typed != configuration.algorithm.name {
      try configuration.apply(path, value, file)
    }
    // The run.toml of a run has all settings that there were.
    if found.contains(where: { $0.path == ["format"] }) {
      for setting in settings { if let value = setting.earlier { try configuration.set(setting, value) } }
    }
    for (path, value) in found where path != ["algorithm", "name"] && !isRecord(path.joined(separator: ".")) {
      try configuration.apply(path, value, file)
    }
    configuration.constructorArguments.sort()
    return configuration
  }

  /// Applies the settings of one table of a text, and returns their keys.
  mutating func apply(_ toml: String, table: String, file: String) throws(ExperimentError) -> [String] {
    let found = try TOMLText.entries(of: toml, file: file).filter { $0.path.first == table }
    for (path, value) in found { try apply(Array(path.dropFirst()), value, file) }
    constructorArguments.sort()
    return found.map { $0.path.dropFirst().joined(separator: ".") }
  }

  /// True if a key is a record of the run (versions, machine, budgets, result) rather than a setting.
  private static func isRecord(_ key: String) -> Bool {
    ["versions.", "made_with.", "budgets.", "changes.", "result."].contains { key.hasPrefix($0) }
      || key == "format"
  }

  /// The records of a run.toml besides its settings, in the file's order.
  static func records(in toml: String, file: String) throws(ExperimentError) -> [(key: String, value: String)]
  {
    do {
      return try TOMLReader.read(toml).map { ($0.path.joined(separator: "."), $0.value.typed) }
        .filter { isRecord($0.0) && $0.0 != "format" }
    } catch {
      throw .damaged(file: file, reason: "it is not TOML: \(error)")
    }
  }

  /// The names below `environment.arguments` that a key has; nil if it is the key of another setting.
  static func argumentPath(_ key: String) -> ArraySlice<String>? {
    argumentPath(key.split(separator: ".", omittingEmptySubsequences: false).map(String.init))
  }

  private static func argumentPath(_ path: [String]) -> ArraySlice<String>? {
    path.count > 2 && path.starts(with: ["environment", "arguments"]) ? path.dropFirst(2) : nil
  }

  /// Sets a constructor's argument, or a part of one.
  mutating func setArgument(_ path: ArraySlice<String>, _ value: SettingValue) {
    constructorArguments.set(path, value)
    constructorArguments.sort()
  }

  /// Sets the value at a path; the caller sorts the constructor's arguments, once.
  private mutating func apply(
    _ path: [String], _ value: SettingValue, _ file: String
  ) throws(ExperimentError) {
    if let names = Self.argumentPath(path) { return constructorArguments.set(names, value) }
    do {
      var value = value
      let setting = try Self.setting(path.joined(separator: "."))
      // An empty array has no element type; take the setting's.
      if case .texts(let texts) = value, texts.isEmpty, case .integers = setting.get(self) {
        value = .integers([])
      }
      try set(setting, value)
    } catch {
      throw .usage("\(file): \(error)")
    }
  }

  /// The text of run.toml: all settings, then `records`, tables of texts such as the versions and the fingerprint.
  public func toml(records: [(table: String, entries: [(String, String)])]) -> String {
    toml(records: records, omitting: [])
  }

  /// The text without the settings of some tables.
  func toml(
    records: [(table: String, entries: [(String, String)])], omitting tables: Set<String>
  ) -> String {
    var out = "format = \"1\"\n"
    var current = ""
    for setting in Self.settings {
      let parts = setting.key.split(separator: ".", maxSplits: 1)
      guard !tables.contains(String(parts[0])) else { continue }
      if parts[0] != current {
        current = String(parts[0])
        out += "\n[\(current)]\n"
      }
      out += "\(parts[1]) = \(setting.get(self).toml)\n"
    }
    for record in records where !record.entries.isEmpty {
      out += "\n[\(record.table)]\n"
      for (key, value) in record.entries { out += "\(key) = \(SettingValue.text(value).toml)\n" }
    }
    return out
  }
}
