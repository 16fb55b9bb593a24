public import PythonEnvironments

/// What experiments are opened with: the catalog of names, and the Python of hosted environments.
public struct Host: Sendable {
  /// What names mean.
  public var catalog = Catalog.standard
  /// The Python that `--python` names: an interpreter, or the folder of a virtual environment.
  public var python: String?
  /// The process's environment variables.
  public var variables: [String: String]
  /// Folders whose `.venv` is taken when nothing else is named.
  public var folders: [String]
  /// Whether Python leaves assertions out.
  public var optimizes = false

  /// Makes a host; Python starts only when an environment needs it.
  public init(python: String? = nil, variables: [String: String], folders: [String]) {
    self.python = python
    self.variables = variables
    self.folders = folders
  }

  /// Starts the interpreter, or returns the one that runs.
  ///
  /// - Throws: ``ExperimentError/python(_:)`` when no Python fits.
  public func start() throws(ExperimentError) -> Interpreter {
    do {
      var installation = try PythonInstallation.locate(
        explicit: python, environment: variables, folders: folders)
      installation.optimizes = optimizes
      return try Interpreter.start(installation)
    } catch {
      throw .python(error)
    }
  }
}
