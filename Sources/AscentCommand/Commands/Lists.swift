internal import ArgumentParser
internal import Experiments
internal import PolicyGradients
internal import PythonEnvironments
internal import Registries

/// `ascent environments`.
struct Environments: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the native environments and the ids that the Python knows.")

  @OptionGroup var environmentOptions: EnvironmentOptions
  @Flag(help: "Print one JSON object per line on standard output.")
  var json = false

  func run() throws {
    for problem in EnvironmentReference.NativeProblem.allCases {
      show("native:\(problem.rawValue)", problem.summary)
    }
    let identifiers: [String]
    let vectors: Set<String>
    do {
      let interpreter = try environmentOptions.host.start()
      identifiers = try interpreter.environmentIdentifiers()
      vectors = Set(try interpreter.environmentIdentifiers(ofVectors: true))
    } catch {
      Terminal.writeError("no hosted environments: \(error)\n")
      return
    }
    for identifier in identifiers {
      show(identifier, vectors.contains(identifier) ? "also a vector (train --vector)" : nil)
    }
  }

  private func show(_ name: String, _ summary: String?) {
    if json {
      let pairs: [(String, JSON)] = [("event", .text("environment")), ("env", .text(name))]
      Terminal.writeLine(JSON.object(pairs + (summary.map { [("summary", .text($0))] } ?? [])).line)
    } else {
      let gap = String(repeating: " ", count: max(2, 25 - name.count))
      Terminal.writeLine(name + (summary.map { gap + $0 } ?? ""))
    }
  }
}

/// `ascent algorithms`.
struct Algorithms: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the named algorithms with their settings, and the environments that have tuned ones.")

  @Argument(help: ArgumentHelp("Show every setting of this one.", valueName: "name"))
  var name: String?

  @Flag(help: "Print one JSON object per line on standard output.")
  var json = false

  func run() throws {
    guard let name else {
      for algorithm in Algorithm.all { show(algorithm) }
      return
    }
    var settings = Configuration(environment: "ENV")
    guard let algorithm = Algorithm.all.first(where: { $0.name == name }) else {
      let nearest = NearestName.of(name, among: Algorithm.all.map(\.name))
      throw ExperimentError.usage("there is no algorithm '\(name)'; the nearest is '\(nearest)'")
    }
    settings.algorithm = algorithm
    guard !json else { return show(settings.algorithm) }
    for (key, value) in settings.algorithmSettings { Terminal.writeLine("\(key) = \(value.typed)") }
  }

  private func show(_ algorithm: Algorithm) {
    let presets = Presets.environments(of: algorithm)
    guard json else {
      let indent = String(repeating: " ", count: 22)
      let gap = String(repeating: " ", count: max(2, 22 - algorithm.name.count))
      Terminal.writeLine(algorithm.name + gap + algorithm.summary)
      if !presets.isEmpty { Terminal.writeLine(indent + "tuned for " + presets.joined(separator: ", ")) }
      return
    }
    var settings = Configuration(environment: "ENV")
    settings.algorithm = algorithm
    let line = JSON.object([
      ("event", .text("algorithm")), ("name", .text(algorithm.name)), ("summary", .text(algorithm.summary)),
      ("settings", .object(settings.algorithmSettings.map { ($0.key, $0.value.json) })),
      ("presets", .array(presets.map { .text($0) })),
    ])
    Terminal.writeLine(line.line)
  }
}
