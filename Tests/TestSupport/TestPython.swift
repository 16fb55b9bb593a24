public import AscentPythonEnvironments

/// The Python interpreter that all tests share: the project's `.venv`, which `make test` sets up.
public enum TestPython {
  /// The root folder of the checkout.
  public static let projectFolder: String = {
    var parts = #filePath.split(separator: "/")
    parts.removeLast(3)
    return "/" + parts.joined(separator: "/")
  }()

  /// Starts the interpreter, or returns the running one.
  public static func interpreter() throws -> Interpreter {
    try Interpreter.start(
      PythonInstallation.locate(explicit: nil, environment: [:], folders: [projectFolder]))
  }

  /// Runs a program and returns its variable `result` as numbers.
  public static func numbers(_ program: String) throws -> [Double] {
    try interpreter().run(program).split(separator: " ").compactMap { Double($0) }
  }
}
