internal import ArgumentParser
internal import AscentExperiments
internal import AscentPolicyGradients
internal import AscentRegistries

/// `ascent algorithms`.
struct Algorithms: ParsableCommand {
  static let configuration = CommandConfiguration.page(
    "List the named algorithms, and the environments that have tuned settings; or explain one.",
    examples: ["algorithms", "algorithms ppo"])

  @Argument(
    help: ArgumentHelp("Show and explain every setting of this one.", valueName: "name"),
    completion: Completions.algorithms)
  var name: String?

  @OptionGroup var format: FormatOptions

  func run() throws {
    let algorithms = AscentProgram.catalog.algorithms
    guard let name else {
      for algorithm in algorithms.entries { show(algorithm) }
      return
    }
    let algorithm: AlgorithmSettings
    do {
      algorithm = try algorithms.entry(named: name)
    } catch {
      throw ExperimentError.usage("\(error)")
    }
    guard !format.json else { return show(algorithm) }
    let configuration = Self.configuration(of: algorithm)
    for setting in Self.settings {
      Explanation.lines(of: setting, in: configuration).forEach(Terminal.writeLine)
    }
  }

  /// The settings that a named algorithm sets.
  private static var settings: [Setting] {
    Configuration.settings.filter { setting in
      ["algorithm.", "rollout.", "normalize."].contains { setting.key.hasPrefix($0) }
    }
  }

  private static func configuration(of algorithm: AlgorithmSettings) -> Configuration {
    var configuration = Configuration(environment: "ENV", catalog: AscentProgram.catalog)
    configuration.algorithm = algorithm
    return configuration
  }

  private func show(_ algorithm: AlgorithmSettings) {
    let presets = Presets.environments(of: algorithm)
    guard format.json else {
      let indent = String(repeating: " ", count: 22)
      let gap = String(repeating: " ", count: max(2, 22 - algorithm.name.count))
      Terminal.writeLine(algorithm.name + gap + algorithm.help)
      if !presets.isEmpty { Terminal.writeLine(indent + "tuned for " + presets.joined(separator: ", ")) }
      return
    }
    let configuration = Self.configuration(of: algorithm)
    let line = JSON.object([
      ("event", .text("algorithm")), ("name", .text(algorithm.name)), ("summary", .text(algorithm.help)),
      ("settings", .object(Self.settings.map { ($0.key, $0.value(in: configuration).json) })),
      ("presets", .array(presets.map { .text($0) })),
    ])
    Terminal.writeLine(line)
  }
}
