package import AscentEnvironments
public import AscentExperiments
public import AscentPythonEnvironments
public import FoundationEssentials

/// The Python of hosted environments, and the conditions under which its code runs.
public struct PythonHosting: Sendable {
  /// The Python that `--python` names: an interpreter, or the folder of a virtual environment.
  public var python: String?
  /// The process's environment variables.
  public var variables: [String: String]
  /// Folders whose `.venv` is used when no Python is named.
  public var folders: [String]
  /// True if environments are hosted in the interpreter that the program has started by itself (``Interpreter/adopt()``).
  public var adopts = false
  /// True if Python omits assertions, like `python -O`.
  public var optimizes = false
  /// The user's permission to run code that runs bring along.
  public var trust = Trust()
  /// True if descriptor 1 becomes standard error before Python starts, so that nothing is written between results.
  public var keepsResultsApart = false
  /// The number of seconds that a call of Python may take from ``start(_:)`` on before it is reported and the process ends
  /// with ``ExitStatus/environmentFault``; nil for no limit.
  public var patience: Double?

  /// Makes a hosting; Python starts on the first ``start(_:)``.
  public init(python: String? = nil, variables: [String: String] = [:], folders: [String] = ["."]) {
    self.python = python
    self.variables = variables
    self.folders = folders
  }

  /// Finds the Python, and checks that the user knows what would run.
  ///
  /// - Throws: ``ExperimentError/hosted(_:)`` when no suitable Python is found, ``ExperimentError/usage(_:)`` when it would
  ///   run code without the user's permission.
  @discardableResult
  public func trusted(_ catalog: Catalog) throws(ExperimentError) -> PythonInstallation {
    var installation: PythonInstallation
    do throws(PythonError) {
      installation = try .locate(explicit: python, environment: variables, folders: folders)
    } catch {
      throw ExperimentError(error)
    }
    installation.optimizes = optimizes
    installation.searchPath = variables["PYTHONPATH"].flatMap { $0.isEmpty ? nil : $0 }
    try trust.check(self, catalog, installation)
    return installation
  }

  /// Starts the interpreter, or returns the running one.
  ///
  /// - Throws: ``ExperimentError/hosted(_:)`` when no suitable Python is found.
  public func start(_ catalog: Catalog = .standard) throws(ExperimentError) -> Interpreter {
    if adopts {
      try trust.check(self, catalog, .adopted)
      do {
        return try Interpreter.adopt()
      } catch {
        throw ExperimentError(error)
      }
    }
    let installation = try trusted(catalog)
    if keepsResultsApart { try StandardStreams.keepResultsApart() }
    do {
      if let patience {
        try Interpreter.watchCalls(seconds: patience, exitCode: ExitStatus.environmentFault.rawValue)
      }
      return try Interpreter.start(installation)
    } catch {
      throw ExperimentError(error)
    }
  }
}

extension Host {
  /// Makes a host whose hosted environments run in Python.
  public init(_ python: PythonHosting, catalog: Catalog = .standard) {
    self.init(catalog: catalog, hosting: python)
  }
}

extension ExperimentError {
  /// Wraps an error of Python.
  public init(_ error: PythonError) {
    self = .hosted(
      HostedError(
        message: error.message, description: error.description, isInterrupted: error.kind == .interrupted))
  }
}

extension PythonHosting: EnvironmentHosting {
  package var namedInterpreter: String? { python }

  package func checkTrust(_ catalog: Catalog) throws(ExperimentError) {
    if adopts { try trust.check(self, catalog, .adopted) } else { try trusted(catalog) }
  }

  package func open(
    _ reference: String, _ configuration: Configuration, _ request: LaneRequest, _ catalog: Catalog
  ) throws(ExperimentError) -> BareEnvironments {
    try HostedOpening(reference, configuration, start: { () throws(ExperimentError) in try start(catalog) })
      .open(request)
  }

  package func findings(
    about configuration: Configuration, steps: Int, _ catalog: Catalog
  ) throws(ExperimentError) -> [EnvironmentCheck.Finding] {
    let opening = try PythonOpening(configuration.environment, configuration)
    let interpreter = try start(catalog)
    do {
      return try interpreter.findings(
        about: opening, steps: steps, randomness: configuration.hostedRandomness)
    } catch {
      throw ExperimentError(error)
    }
  }

  package func lines(ofDataSet name: String, _ catalog: Catalog) throws(ExperimentError) -> String {
    let interpreter = try start(catalog)
    do {
      return try interpreter.minariLines(name)
    } catch {
      throw ExperimentError(error)
    }
  }
}

extension Interpreter: HostedRuntime {
  package var searchPath: String? { installation.searchPath }

  package func watchCalls(seconds: Double, exitCode: Int32) throws(ExperimentError) {
    do {
      try Self.watchCalls(seconds: seconds, exitCode: exitCode)
    } catch {
      throw ExperimentError(error)
    }
  }
}

extension PythonError: LocalizedError {
  /// The error's sentence, and Python's traceback.
  public var errorDescription: String? { description }
}
