internal import ArgumentParser
internal import AscentExperiments
internal import AscentHosting
internal import FoundationEssentials

/// The options of every command that starts Python.
struct PythonOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The Python of hosted environments: an interpreter or the folder of a virtual environment.",
      valueName: "path"), completion: .file())
  var python: String?

  @Flag(help: "Let the code run that a run's folder brings along, or that other users can change.")
  var trust = false

  /// The Python that these options describe.
  var hosting: PythonHosting { hosting(optimizes: false, patience: HostOptions.defaultPatience) }

  /// Continues in the executable that the chosen Python needs, if it is built: the parser calls this before the command
  /// runs.
  func validate() throws {
    HostOptions.siblings.replaceProcess(for: hosting, arguments: Array(CommandLine.arguments.dropFirst()))
  }
}

/// The option of commands that use packages of Python, and run nothing that a run's folder names.
struct PackageOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The Python whose packages are used: an interpreter or the folder of a virtual environment.",
      valueName: "path"), completion: .file())
  var python: String?

  /// The Python that the option describes.
  var hosting: PythonHosting {
    let named = ["VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH"]
    let variables = ProcessInfo.processInfo.environment.filter { named.contains($0.key) }
    var hosting = PythonHosting(python: python, variables: variables, folders: PythonOptions.projectFolders)
    hosting.keepsResultsApart = true
    hosting.patience = HostOptions.defaultPatience
    hosting.trust.tell = { Terminal.writeError("ascent: \($0)\n") }
    hosting.trust.ask = Terminal.question
    return hosting
  }

  /// Continues in the executable that the chosen Python needs, if it is built.
  func validate() throws {
    HostOptions.siblings.replaceProcess(for: hosting, arguments: Array(CommandLine.arguments.dropFirst()))
  }
}

/// The options that choose the Python of hosted environments and how their code runs.
struct HostOptions: ParsableArguments {
  @OptionGroup var pythonOptions: PythonOptions

  @Flag(help: "Omit the assertions of Python code, as python -O does; the versions in run.toml record it.")
  var pythonOptimize = false

  @Option(
    help: ArgumentHelp(
      "The time that one call of Python may take before it counts as a fault: a start, an import, a constructor, a step, "
        + "close(), a finalizer; and that a worker may.",
      valueName: "seconds"))
  var patience = defaultPatience

  /// The default of `--patience`.
  static let defaultPatience = 300.0

  /// The host that these options describe, with the program's catalog.
  var host: Host { host(files: []) }

  /// The host for an environment that these files name.
  func host(files: [NamedEnvironment]) -> Host {
    var python = pythonOptions.hosting(optimizes: pythonOptimize, patience: patience)
    python.trust.files = files
    return Host(python, catalog: AscentProgram.catalog)
  }

  /// The Python of `--python`, else the one with which the run was made that the command names.
  var chosenPython: String? { pythonOptions.chosen }

  /// Checks the options.
  func validate() throws {
    guard patience > 0, patience.isFinite else {
      throw ValidationError("--patience must be a positive number of seconds; it is \(patience)")
    }
  }

  /// The executables for other versions of Python.
  static var siblings: SiblingExecutables { SiblingExecutables(of: Workforce.ownExecutable) }
}

extension PythonOptions {
  fileprivate func hosting(optimizes: Bool, patience: Double) -> PythonHosting {
    let named = ["VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH"]
    var variables = ProcessInfo.processInfo.environment.filter { named.contains($0.key) }
    if variables["PYTHONPATH"] == nil, let path = Self.recorded(\.recordedSearchPath) {
      variables["PYTHONPATH"] = path
    }
    var hosting = PythonHosting(
      python: chosen, variables: variables, folders: Self.projectFolders)
    hosting.optimizes = optimizes
    hosting.keepsResultsApart = true
    hosting.patience = patience
    hosting.trust.runs = Self.runs
    hosting.trust.isGiven = trust
    hosting.trust.comparesFiles = ["evaluate", "sample", "export", "estimate", "gradient"].contains(
      Self.command)
    hosting.trust.tell = { Terminal.writeError("ascent: \($0)\n") }
    hosting.trust.ask = Terminal.question
    return hosting
  }

  /// The Python of `--python`, else the one with which the run was made that the command names.
  fileprivate var chosen: String? { python ?? Self.recorded(\.recordedPython) }

  /// A record of the run that the command names, if it has that record.
  private static func recorded(_ record: KeyPath<RunFolder, String?>) -> String? {
    runs.lazy.compactMap { $0[keyPath: record] }.first
  }

  /// The runs whose environment the command opens: those that it names; of `train` only the one that it resumes, and of
  /// its workers none.
  private static var runs: [RunFolder] {
    let arguments = Array(CommandLine.arguments.dropFirst(2))
    var named = command == "worker" ? [] : arguments
    if command == "train" {
      let start = "--out="
      let joined = arguments.filter { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
      let separate = zip(arguments, arguments.dropFirst()).filter { $0.0 == "--out" }.map(\.1)
      named = arguments.contains("--resume") ? joined + separate : []
    }
    return named.map { RunFolder($0) }.filter(\.containsRun)
  }

  /// The name of the command.
  private static var command: String { CommandLine.arguments.dropFirst().first ?? "" }

  /// The current folder, and up to six above the executable: a build folder is inside of its project.
  fileprivate static var projectFolders: [String] {
    var folders = ["."]
    var parts = Workforce.ownExecutable.split(separator: "/").dropLast()
    while !parts.isEmpty, folders.count < 7 {
      folders.append("/" + parts.joined(separator: "/"))
      parts = parts.dropLast()
    }
    return folders
  }
}
