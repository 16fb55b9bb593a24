internal import Synchronization

/// The words by which errors name what a user can change: options on the command line, parameters and properties in a
/// program that calls the library.
public enum OptionWords {
  private static let isCommandLine = Atomic<Bool>(false)

  /// Makes errors speak of options, as the command line `ascent` does at its beginning.
  public static func speakOfOptions() { isCommandLine.store(true, ordering: .relaxed) }

  /// The options that sentences of the library name, with what they are in a program.
  static let parameters: [(option: String, parameter: String)] = [
    ("--accept-changes", "beginning = .resumed(acceptingChanges: true)"),
    ("--algorithm", "the algorithm"),
    ("--capture-rng", "environment.capture_rng"),
    ("--discount", "discount"),
    ("--env-arg", "environment.arguments"),
    ("--environment-rng", "environment.rng ="),
    ("--estimator", "estimator ="),
    ("--lanes", "Configuration.lanes ="),
    ("--memory-limit", "Workforce.memoryLimit"),
    ("--name", "ExportRequest.name"),
    ("--on-fault", "environment.on_fault ="),
    ("--out", "folder"),
    ("--patience", "Workforce.patience"),
    ("--preset-wrappers", "environment.wrappers"),
    ("--python", "PythonHosting.python"),
    ("--resume", "beginning = .resumed"),
    ("--set", "the setting"),
    ("--steps", "Configuration.steps ="),
    ("--trust", "PythonHosting.trust.isGiven = true"),
    ("--vector", "environment.vector"),
    ("--with-distribution", "ExportRequest.hasDistribution"),
    ("--workers", "Workforce.count"),
    ("--wrapper", "environment.wrappers"),
    ("--wrapper-arg", "the argument of environment.wrappers"),
    ("--zoo", "the file"),
  ]

  /// A sentence of the library in the words of the program that shows it; a hint at a command of
  /// `ascent` is left out, and one that tells of what a command does stays as it is.
  static func inWords(_ sentence: String) -> String {
    guard !isCommandLine.load(ordering: .relaxed) else { return sentence }
    let sentence = sentence.replacing(/\ \(see ascent [^)]*\)/, with: "").replacing(
      "see ascent clone", with: "use Cloning")
    guard !sentence.contains("ascent ") else { return sentence }
    return sentence.replacing(/(^|[ (])(--[a-z][a-z-]*)/) { match in
      let parameter = parameters.first { $0.option == match.output.2 }?.parameter
      return match.output.1 + (parameter ?? String(match.output.2))
    }
  }
}
