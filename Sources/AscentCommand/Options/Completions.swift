internal import ArgumentParser
internal import AscentEnvironments
internal import AscentExperiments
internal import AscentPolicyGradients
internal import AscentRegistries
internal import FoundationEssentials

/// The values that shells offer for options and arguments; they come from the program's catalog.
///
/// A shell asks for them with `ascent ---completion`. None of them starts Python.
enum Completions {
  /// A value, and its description, which zsh shows.
  struct Offer {
    var value: String
    var help = ""
  }

  /// Environments: the native ones, those with presets, files of Python, and folders, which may be a run's.
  static var environments: CompletionKind {
    offering { prefix in
      natives + presets.filter { !$0.value.contains(" ") && !$0.value.hasPrefix("native:") }
        + entries(in: prefix)
    }
  }

  /// The names of presets, and that of no preset.
  static var presetNames: CompletionKind {
    offering { _ in presets + [Offer(value: Presets.none, help: "no preset")] }
  }

  /// The folder of a run.
  static var runs: CompletionKind { .directory }

  /// Named algorithms.
  static var algorithms: CompletionKind {
    offering { _ in AscentProgram.catalog.algorithms.entries.map { Offer(value: $0.name, help: $0.help) } }
  }

  /// Estimators, each alone or followed by a baseline, several joined by commas.
  static var estimators: CompletionKind {
    offering { prefix in
      let catalog = AscentProgram.catalog
      let known = prefix.lastIndex { $0 == "," || $0 == "+" }.map { String(prefix[...$0]) } ?? ""
      let offers =
        known.hasSuffix("+")
        ? catalog.baselines.entries.map { Offer(value: $0.name, help: $0.help) }
        : catalog.estimators.entries.map { Offer(value: $0.name, help: $0.help) }
      return offers.map { Offer(value: known + $0.value, help: $0.help) }
    }
  }

  /// Emissions, with the equals sign of those that take arguments.
  static var emissions: CompletionKind {
    offering { _ in
      AscentProgram.catalog.emissions.entries.map {
        Offer(value: $0.name + ($0.form.hasPrefix("=") ? "=" : ""), help: $0.help)
      }
    }
  }

  /// The keys of settings and, after the equals sign, the values of those that are names or flags.
  static var settings: CompletionKind {
    offering { prefix in
      let key = String(prefix.prefix { $0 != "=" })
      guard prefix.contains("="), let setting = Configuration.settings.first(where: { $0.key == key }) else {
        return Configuration.settings.map { Offer(value: "\($0.key)=", help: $0.help) }
      }
      return values(of: setting).map { Offer(value: "\(key)=\($0.value)", help: $0.help) }
    }
  }

  /// The columns of metrics.csv.
  static var metrics: CompletionKind {
    offering { _ in Metrics.columns.map { Offer(value: $0.name, help: $0.meaning) } }
  }

  /// The subjects of `ascent help`: commands, topics, and after `settings` a key.
  static var topics: CompletionKind {
    offering { _ in
      RootCommand.configuration.subcommands.filter { $0.configuration.shouldDisplay }.map {
        Offer(value: $0._commandName, help: $0.configuration.abstract)
      } + Help.topicNames.map { Offer(value: $0) }
        + Configuration.settings.map { Offer(value: $0.key, help: $0.help) }
    }
  }

  private static var natives: [Offer] {
    AscentProgram.catalog.environments.entries.map { Offer(value: "native:\($0.name)", help: $0.help) }
  }

  private static var presets: [Offer] {
    let names = AscentProgram.catalog.algorithms.entries.flatMap { Presets.environments(of: $0) }
    return Set(names).sorted().map { Offer(value: $0, help: "has a preset") }
  }

  private static func values(of setting: Setting) -> [Offer] {
    let choices = setting.choices(AscentProgram.catalog).map { Offer(value: $0.name, help: $0.help) }
    guard choices.isEmpty else { return choices }
    let value = setting.value(in: Configuration(environment: "ENV", catalog: AscentProgram.catalog))
    guard case .flag = value else { return [] }
    return [Offer(value: "true"), Offer(value: "false")]
  }

  /// The folders and the files of Python in the folder with which a path begins.
  private static func entries(in prefix: String) -> [Offer] {
    let folder = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted().compactMap { name in
      var isFolder = false
      guard FileManager.default.fileExists(atPath: folder + name, isDirectory: &isFolder) else { return nil }
      if isFolder { return Offer(value: "\(folder)\(name)/", help: "a folder") }
      return name.hasSuffix(".py") ? Offer(value: folder + name, help: "a file of Python") : nil
    }
  }

  /// Offers values that depend on the text before the cursor.
  private static func offering(_ offers: @escaping @Sendable (String) -> [Offer]) -> CompletionKind {
    .custom { _, _, prefix in offers(prefix).filter { $0.value.hasPrefix(prefix) }.map { shown($0) } }
  }

  /// An offer as the shell that asks reads it: zsh takes a description behind a colon.
  private static func shown(_ offer: Offer) -> String {
    guard CompletionShell.requesting == .zsh else { return offer.value }
    let value = offer.value.replacing("\\", with: "\\\\").replacing(":", with: "\\:")
    return offer.help.isEmpty ? value : "\(value):\(offer.help)"
  }
}
