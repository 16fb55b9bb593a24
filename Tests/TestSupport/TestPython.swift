public import PythonEnvironments

/// The interpreter of the tests: the project's own `.venv`, which `make test` sets up.
///
/// All tests share it.
public enum TestPython {
  /// The folder of the checkout.
  public static let projectFolder: String = {
    var parts = #filePath.split(separator: "/")
    parts.removeLast(3)
    return "/" + parts.joined(separator: "/")
  }()

  /// The running interpreter.
  public static func interpreter() throws -> Interpreter {
    try Interpreter.start(
      PythonInstallation.locate(explicit: nil, environment: [:], folders: [projectFolder]))
  }

  /// Runs a program and returns what it leaves in `result`, as numbers.
  public static func numbers(_ program: String) throws -> [Double] {
    try interpreter().run(program).split(separator: " ").compactMap { Double($0) }
  }
}
