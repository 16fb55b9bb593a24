public import PythonEnvironments

/// The context in which experiments are opened: the catalog of names, and the Python of hosted environments.
public struct Host: Sendable {
  /// The entries that names in a configuration refer to.
  public var catalog = Catalog.standard
  /// The Python that `--python` names: an interpreter, or the folder of a virtual environment.
  public var python: String?
  /// The process's environment variables.
  public var variables: [String: String]
  /// Folders whose `.venv` is used when no Python is named.
  public var folders: [String]
  /// True if Python omits assertions, like `python -O`.
  public var optimizes = false
  /// The number of seconds that a call of Python may take from ``start()`` on before it is reported and the process ends
  /// with ``ExitStatus/environmentFault``; nil for no limit.
  public var patience: Double?

  /// Makes a host; Python starts on the first ``start()``.
  public init(python: String? = nil, variables: [String: String], folders: [String]) {
    self.python = python
    self.variables = variables
    self.folders = folders
  }

  /// Starts the interpreter, or returns the running one.
  ///
  /// - Throws: ``ExperimentError/python(_:)`` when no suitable Python is found.
  public func start() throws(ExperimentError) -> Interpreter {
    do {
      var installation = try PythonInstallation.locate(
        explicit: python, environment: variables, folders: folders)
      installation.optimizes = optimizes
      installation.searchPath = variables["PYTHONPATH"].flatMap { $0.isEmpty ? nil : $0 }
      if let patience {
        try Interpreter.watchCalls(seconds: patience, exitCode: ExitStatus.environmentFault.rawValue)
      }
      return try Interpreter.start(installation)
    } catch {
      throw .python(error)
    }
  }
}
