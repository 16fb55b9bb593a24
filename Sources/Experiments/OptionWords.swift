internal import Synchronization

/// The words by which errors name what a user can change: options on the command line, parameters and properties in a
/// program that calls the library.
public enum OptionWords {
  private static let isCommandLine = Atomic<Bool>(false)

  /// Makes errors speak of options, as the command line `ascent` does at its beginning.
  public static func speakOfOptions() { isCommandLine.store(true, ordering: .relaxed) }

  /// The options that sentences of the library name, with what they are in a program.
  static let parameters: [(option: String, parameter: String)] = [
    ("--accept-changes", "beginning: .resumed(acceptingChanges: true)"),
    ("--capture-rng", "environment.capture_rng"),
    ("--deterministic", "isStochastic: false"),
    ("--discount", "discount:"),
    ("--env-arg", "environment.arguments"),
    ("--environment-rng", "environment.rng ="),
    ("--estimator", "estimator:"),
    ("--format", "ExportFormat"),
    ("--lanes", "Configuration.lanes ="),
    ("--memory-limit", "Workforce.memoryLimit"),
    ("--name", "name:"),
    ("--on-fault", "environment.on_fault ="),
    ("--out", "folder:"),
    ("--patience", "Workforce.patience"),
    ("--preset-wrappers", "environment.wrappers"),
    ("--python", "PythonHosting.python"),
    ("--resume", "beginning: .resumed(acceptingChanges: false)"),
    ("--set", "Configuration:"),
    ("--steps", "steps:"),
    ("--trust", "PythonHosting.trust.isGiven = true"),
    ("--vector", "environment.vector"),
    ("--with-distribution", "ExportRequest.hasDistribution"),
    ("--workers", "Workforce.count"),
  ]

  /// The sentence in the words of the program that shows it.
  static func inWords(_ sentence: String) -> String {
    guard !isCommandLine.load(ordering: .relaxed), sentence.contains("--") else { return sentence }
    return sentence.replacing(/--[a-z][a-z-]*/) { match in
      parameters.first { $0.option == match.output }?.parameter ?? String(match.output)
    }
  }
}
