public import PythonEnvironments

/// Where the Python of hosted environments is looked for; it starts only when an environment needs it.
public struct PythonHost: Sendable {
  /// What `--python` says.
  public var explicit: String?
  /// The process's environment variables.
  public var variables: [String: String]
  /// Folders whose `.venv` is taken when nothing else is named.
  public var folders: [String]

  /// Whether Python leaves assertions out.
  public var optimizes = false

  /// Makes a host.
  public init(explicit: String? = nil, variables: [String: String], folders: [String]) {
    self.explicit = explicit
    self.variables = variables
    self.folders = folders
  }

  /// Starts the interpreter, or returns the one that runs.
  ///
  /// - Throws: ``ExperimentError/python(_:)`` when no Python fits.
  public func start() throws(ExperimentError) -> Interpreter {
    do {
      var installation = try PythonInstallation.locate(
        explicit: explicit, environment: variables, folders: folders)
      installation.optimizes = optimizes
      return try Interpreter.start(installation)
    } catch {
      throw .python(error)
    }
  }
}
