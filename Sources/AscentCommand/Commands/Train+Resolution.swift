internal import AscentExperiments
internal import AscentRegistries

// `--zoo`, and `--dry-run`: the settings and their origins.
extension Train {
  /// The entry of `--zoo` for an environment; nil without the option.
  func zooTranslation(of environment: String) throws(ExperimentError) -> ZooTranslation? {
    guard let zoo = resolution.zoo else { return nil }
    if preset != nil || config != nil {
      throw .usage(
        "--zoo takes the place of --preset and --config; omit \(preset == nil ? "--config" : "--preset")")
    }
    return try ZooTranslation(
      of: zoo, environment: environment, algorithm: algorithm,
      wrappers: environmentOptions.wrapper.filter { $0.contains(":") })
  }

  /// Says what an entry of `--zoo` has that this run does not.
  func showZooNotices(of settings: Configuration) throws {
    for notice in try zooTranslation(of: environment ?? settings.environment)?.notices ?? [] {
      output.notice(notice)
    }
  }

  /// Prints the settings as TOML with their origins as comments, or as JSON.
  func show(_ settings: Configuration) throws {
    try settings.check()
    let rows = Configuration.settings.map {
      (setting: $0, value: $0.value(in: settings), origin: settings.origin(of: $0))
    }
    guard !output.json else {
      for row in rows {
        let line = JSON.object([
          ("event", .text("setting")), ("key", .text(row.setting.key)), ("value", row.value.json),
          ("origin", .text(row.origin)),
        ])
        Terminal.writeLine(line)
      }
      return Terminal.writeLine(
        JSON.object([("event", .text("dry-run")), ("settings", .integer(rows.count))]))
    }
    var table = ""
    for row in rows {
      let parts = row.setting.key.split(separator: ".", maxSplits: 1)
      if parts[0] != table {
        if !table.isEmpty { Terminal.writeLine("") }
        Terminal.writeLine("[\(parts[0])]")
        table = String(parts[0])
      }
      let line = "\(parts[1]) = \(row.value.toml)"
      let gap = String(repeating: " ", count: max(2, 40 - line.count))
      Terminal.writeLine(line + gap + "# " + row.origin.inOneLine)
    }
  }
}
