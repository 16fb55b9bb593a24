internal import ArgumentParser
internal import AscentExperiments
internal import AscentRegistries

/// `ascent help`.
struct Help: ParsableCommand {
  static let configuration = CommandConfiguration.page(
    "Explain a command; or all settings, metrics or exit codes.",
    examples: ["help train", "help settings algorithm.rate", "help exit-codes"])

  @Argument(
    help: ArgumentHelp(
      "A command, settings, metrics or exit-codes; after settings, a key or the beginning of keys.",
      valueName: "topic"), completion: Completions.topics)
  var topics: [String] = []

  @OptionGroup var format: FormatOptions

  /// The topics of `ascent help` besides commands.
  private enum Topic: String, CaseIterable {
    case settings, metrics
    case exitCodes = "exit-codes"
  }

  /// The names of the topics.
  static var topicNames: [String] { Topic.allCases.map(\.rawValue) }

  func run() throws {
    guard let first = topics.first else {
      return Terminal.writeLines(RootCommand.helpMessage(columns: Terminal.columns))
    }
    guard let topic = Topic(rawValue: first) else { return try explainCommand(first) }
    guard topics.count <= (topic == .settings ? 2 : 1) else {
      throw ExperimentError.usage(
        "ascent help explains one topic at a time, not \(topics.joined(separator: " "))")
    }
    switch topic {
    case .settings: try explainSettings()
    case .metrics: explainMetrics()
    case .exitCodes:
      for status in ExitStatus.allCases { show(Explanation.lines(of: status), Explanation.json(of: status)) }
    }
  }

  private func show(_ lines: [String], _ json: JSON) {
    guard !format.json else { return Terminal.writeLine(json) }
    for line in lines { Terminal.writeLine(line) }
  }

  private func explainCommand(_ name: String) throws {
    let commands = RootCommand.configuration.subcommands.filter { $0.configuration.shouldDisplay }
    guard topics.count == 1, !format.json else {
      throw ExperimentError.usage("ascent help \(name) takes no other arguments")
    }
    let names = commands.map { Self.name(of: $0) }
    guard let command = commands.first(where: { Self.name(of: $0) == name }) else {
      let known = names + Topic.allCases.map(\.rawValue)
      throw ExperimentError.usage("\(UnknownName(kind: "command or topic", name: name, known: known))")
    }
    Terminal.writeLines(RootCommand.helpMessage(for: command, columns: Terminal.columns))
  }

  /// The name of a command on the command line.
  private static func name(of command: any ParsableCommand.Type) -> String {
    command._commandName
  }

  private func explainSettings() throws {
    let catalog = AscentProgram.catalog
    let configuration = Configuration(environment: "ENV", catalog: catalog)
    let prefix = topics.count > 1 ? topics[1] : ""
    let settings = Configuration.settings.filter { $0.key.hasPrefix(prefix) }
    guard !settings.isEmpty else {
      throw ExperimentError.usage(
        "\(UnknownName(kind: "setting", name: prefix, known: Configuration.settings.map(\.key)))")
    }
    for setting in settings {
      show(
        Explanation.lines(of: setting, in: configuration), Explanation.json(of: setting, in: configuration))
    }
  }

  private func explainMetrics() {
    if !format.json { Terminal.writeLine("metrics.csv of ascent train, a row for each iteration:") }
    for column in Metrics.columns {
      show(Explanation.lines(of: column), Explanation.json(of: column, command: "train"))
    }
    if !format.json {
      Terminal.writeLines(
        "\nevaluations.csv of ascent train, a row for each evaluation (evaluation.every_steps):")
    }
    for column in InterimEvaluation.columns {
      show(Explanation.lines(of: column), Explanation.json(of: column, command: "evaluation"))
    }
    if !format.json {
      Terminal.writeLines(
        "\nThe names in TensorBoard and in the lines of ascent train --json; in code, columns of metrics.csv:"
      )
    }
    for tag in MetricsTag.all { show(Explanation.lines(of: tag), Explanation.json(of: tag)) }
    if !format.json { Terminal.writeLines("\nmetrics.csv of ascent clone, a row for each pass:") }
    for column in Cloning.columns {
      show(Explanation.lines(of: column), Explanation.json(of: column, command: "clone"))
    }
  }
}
