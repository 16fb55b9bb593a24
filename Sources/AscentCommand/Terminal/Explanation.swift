internal import AscentExperiments

/// Descriptions of settings, metrics and exit codes, as text and as JSON.
enum Explanation {
  private static let indent = "    "

  /// The text for a setting and its value in a configuration.
  static func lines(of setting: Setting, in configuration: Configuration) -> [String] {
    let value = setting.value(in: configuration).typed
    let unit = setting.unit.isEmpty ? "" : ", in \(setting.unit)"
    let choices = setting.choices(configuration.catalog)
    var lines = ["\(setting.key) = \(value)"]
    lines += Terminal.wrapped(setting.help, indent: indent)
    guard !choices.isEmpty else {
      return lines
        + Terminal.wrapped("Takes \(setting.allowed(configuration.catalog))\(unit).", indent: indent)
    }
    let width = choices.map(\.name.count).max() ?? 0
    for choice in choices {
      let name = choice.name + String(repeating: " ", count: width - choice.name.count)
      lines += Terminal.wrapped(
        choice.help, indent: indent + "  " + String(repeating: " ", count: width + 2),
        first: indent + "  " + name + "  ")
    }
    return lines
  }

  /// The JSON for a setting and its value in a configuration.
  static func json(of setting: Setting, in configuration: Configuration) -> JSON {
    .object([
      ("event", .text("setting")), ("key", .text(setting.key)), ("help", .text(setting.help)),
      ("unit", .text(setting.unit)), ("allowed", .text(setting.allowed(configuration.catalog))),
      ("default", setting.value(in: configuration).json),
      (
        "choices",
        .array(
          setting.choices(configuration.catalog).map {
            .object([("name", .text($0.name)), ("help", .text($0.help))])
          })
      ),
    ])
  }

  /// The text for a column of a metrics.csv.
  static func lines<Row>(of column: MetricsColumn<Row>) -> [String] {
    [column.name + (column.unit.isEmpty ? "" : " (\(column.unit))")]
      + Terminal.wrapped(column.meaning, indent: indent)
  }

  /// The JSON for a column of a metrics.csv.
  static func json<Row>(of column: MetricsColumn<Row>, command: String) -> JSON {
    .object([
      ("event", .text("metric")), ("command", .text(command)), ("name", .text(column.name)),
      ("meaning", .text(column.meaning)), ("unit", .text(column.unit)),
    ])
  }

  /// The text for a name in TensorBoard.
  static func lines(of tag: MetricsTag) -> [String] {
    [tag.name] + Terminal.wrapped(tag.meaning, indent: indent)
  }

  /// The JSON for a name in TensorBoard.
  static func json(of tag: MetricsTag) -> JSON {
    .object([
      ("event", .text("metric")), ("command", .text("tensorboard")), ("name", .text(tag.name)),
      ("meaning", .text(tag.meaning)), ("unit", .text("")),
    ])
  }

  /// The text for an exit code.
  static func lines(of status: ExitStatus) -> [String] {
    let code = String(status.rawValue)
    let gap = String(repeating: " ", count: 5 - code.count)
    return Terminal.wrapped(status.meaning, indent: "     ", first: code + gap)
  }

  /// The JSON for an exit code.
  static func json(of status: ExitStatus) -> JSON {
    .object([
      ("event", .text("exit_code")), ("code", .integer(Int(status.rawValue))),
      ("meaning", .text(status.meaning)),
    ])
  }
}
