/// Environments that stay open until the results that were measured in them are written: `close()` may hang.
public final class OpenEnvironments {
  private var environments: [OpenedEnvironment] = []

  /// Makes an empty list.
  public init() {}

  /// Keeps an environment open as long as this object.
  public func keep(_ environment: OpenedEnvironment) { environments.append(environment) }

  /// Lets a `close()` that hangs end the process with the exit code of the command from now on.
  ///
  /// - Parameters:
  ///   - patience: the seconds that it may take.
  ///   - exitCode: the exit code.
  public func allowHanging(patience: Double, exitCode: Int32) {
    guard let runtime = environments.lazy.compactMap(\.runtime).first else { return }
    try? runtime.watchCalls(seconds: patience, exitCode: exitCode)
  }
}
