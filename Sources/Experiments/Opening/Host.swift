public import AscentPythonEnvironments

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
  /// The user's permission to run code that runs bring along.
  public var trust = Trust()
  /// True if descriptor 1 becomes standard error before Python starts, so that nothing is written between results.
  public var keepsResultsApart = false
  /// The number of seconds that a call of Python may take from ``start()`` on before it is reported and the process ends
  /// with ``ExitStatus/environmentFault``; nil for no limit.
  public var patience: Double?

  /// Makes a host; Python starts on the first ``start()``.
  public init(python: String? = nil, variables: [String: String], folders: [String]) {
    self.python = python
    self.variables = variables
    self.folders = folders
  }

  /// Finds the Python, and checks that the user knows what would run.
  ///
  /// - Throws: ``ExperimentError/python(_:)`` when no suitable Python is found, ``ExperimentError/usage(_:)`` when it would
  ///   run code without the user's permission.
  @discardableResult
  public func trusted() throws(ExperimentError) -> PythonInstallation {
    var installation: PythonInstallation
    do throws(PythonError) {
      installation = try .locate(explicit: python, environment: variables, folders: folders)
    } catch {
      throw .python(error)
    }
    installation.optimizes = optimizes
    installation.searchPath = variables["PYTHONPATH"].flatMap { $0.isEmpty ? nil : $0 }
    try trust.check(self, installation)
    return installation
  }

  /// Checks, before other processes run its code, that the user knows what a hosted environment would run.
  ///
  /// - Throws: as ``trusted()``.
  public func checkTrust(in configuration: Configuration) throws(ExperimentError) {
    if case .hosted = try EnvironmentReference(configuration.environment, catalog) { try trusted() }
  }

  /// Starts the interpreter, or returns the running one.
  ///
  /// - Throws: ``ExperimentError/python(_:)`` when no suitable Python is found.
  public func start() throws(ExperimentError) -> Interpreter {
    let installation = try trusted()
    if keepsResultsApart { try StandardStreams.keepResultsApart() }
    do {
      if let patience {
        try Interpreter.watchCalls(seconds: patience, exitCode: ExitStatus.environmentFault.rawValue)
      }
      return try Interpreter.start(installation)
    } catch {
      throw .python(error)
    }
  }
}
