internal import ArgumentParser
internal import AscentExperiments
internal import AscentHosting
internal import FoundationEssentials

/// The options that choose the Python of hosted environments.
struct HostOptions: ParsableArguments {
  @Option(
    help: "The Python of hosted environments: an interpreter or the folder of a virtual environment.",
    completion: .file())
  var python: String?

  @Flag(help: "Omit the assertions of Python code, as python -O does; the versions in run.toml record it.")
  var pythonOptimize = false

  @Flag(help: "Let the code run that a run's folder brings along, or that other users can change.")
  var trust = false
  @Option(
    help: ArgumentHelp(
      "The time that one call of Python may take before it counts as a fault: a start, an import, a constructor, a step, "
        + "close(), a finalizer; and that a worker may.",
      valueName: "seconds"))
  var patience = 300.0

  /// The host that these options describe, with the program's catalog.
  var host: Host { Host(hosting, catalog: AscentProgram.catalog) }

  /// The Python that these options describe, and the conditions under which its code runs.
  var hosting: PythonHosting {
    let named = ["VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH"]
    var variables = ProcessInfo.processInfo.environment.filter { named.contains($0.key) }
    if variables["PYTHONPATH"] == nil, let path = Self.recorded(\.recordedSearchPath) {
      variables["PYTHONPATH"] = path
    }
    var hosting = PythonHosting(
      python: chosenPython, variables: variables, folders: Self.projectFolders)
    hosting.optimizes = pythonOptimize
    hosting.keepsResultsApart = true
    hosting.patience = patience
    hosting.trust.runs = Self.runs
    hosting.trust.isGiven = trust
    hosting.trust.comparesFiles = ["evaluate", "sample", "export", "estimate", "gradient"].contains(Self.command)
    hosting.trust.tell = { Terminal.writeError("ascent: \($0)\n") }
    hosting.trust.ask = Terminal.question
    return hosting
  }

  /// The Python of `--python`, else the one with which the run was made that the command names.
  var chosenPython: String? { python ?? Self.recorded(\.recordedPython) }

  /// A record of the run that the command names, if it has that record.
  private static func recorded(_ record: KeyPath<RunFolder, String?>) -> String? {
    runs.lazy.compactMap { $0[keyPath: record] }.first
  }

  /// The runs that the command names; `train` and its workers read no environment from one.
  private static var runs: [RunFolder] {
    guard !["train", "worker"].contains(command) else { return [] }
    return CommandLine.arguments.dropFirst(2).map { RunFolder($0) }.filter(\.containsRun)
  }

  /// The name of the command.
  private static var command: String { CommandLine.arguments.dropFirst().first ?? "" }

  /// Checks the options, and continues in the executable that the chosen Python needs, if it is built: the parser calls
  /// this before the command runs.
  func validate() throws {
    guard patience > 0, patience.isFinite else {
      throw ValidationError("--patience must be a positive number of seconds; it is \(patience)")
    }
    Self.siblings.replaceProcess(for: hosting, arguments: Array(CommandLine.arguments.dropFirst()))
  }

  /// The executables for other versions of Python.
  static var siblings: SiblingExecutables { SiblingExecutables(of: executable) }

  /// The path of this executable.
  static var executable: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
  }

  /// The current folder, and up to six above the executable: a build folder is inside of its project.
  private static var projectFolders: [String] {
    var folders = ["."]
    var parts = executable.split(separator: "/").dropLast()
    while !parts.isEmpty, folders.count < 7 {
      folders.append("/" + parts.joined(separator: "/"))
      parts = parts.dropLast()
    }
    return folders
  }
}
