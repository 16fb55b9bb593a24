package import AscentEnvironments

/// Opens environments that are written in another language, and reads data sets that only its packages can read.
package protocol EnvironmentHosting: Sendable {
  /// The number of seconds that a call of such code may take; nil for no limit.
  var patience: Double? { get set }
  /// The path of the interpreter that the user named; nil if it is found.
  var namedInterpreter: String? { get }

  /// Checks that the user knows what would run.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` if not.
  func checkTrust(_ catalog: Catalog) throws(ExperimentError)

  /// Opens the lanes of a request.
  ///
  /// - Throws: ``ExperimentError`` when the environment cannot be opened, or a setting does not apply to it.
  func open(
    _ reference: String, _ configuration: Configuration, _ request: LaneRequest, _ catalog: Catalog
  ) throws(ExperimentError) -> BareEnvironments

  /// Tests what only the environment's own language can test.
  ///
  /// - Throws: ``ExperimentError/hosted(_:)``.
  func findings(
    about configuration: Configuration, steps: Int, _ catalog: Catalog
  ) throws(ExperimentError) -> [EnvironmentCheck.Finding]

  /// Reads a data set of trajectories as the lines of a trajectory file.
  ///
  /// - Throws: ``ExperimentError/hosted(_:)``.
  func lines(ofDataSet name: String, _ catalog: Catalog) throws(ExperimentError) -> String
}

/// The running interpreter in which hosted environments live.
package protocol HostedRuntime: Sendable {
  /// The user's own files that environments imported, with their SHA-256.
  var ownModules: [(name: String, sum: String)] { get }
  /// The packages that environments imported, with their versions.
  var loadedPackages: [(name: String, version: String)] { get }
  /// The folders of modules that an environment variable names; nil if there are none.
  var searchPath: String? { get }
  /// The time inside of environments' calls since ``timeCalls()``, in seconds.
  var callSeconds: Double { get }

  /// Begins to measure the time of calls.
  func timeCalls()

  /// Keeps the states of the generators that all environments share, until they are restored.
  func keepSharedGenerators()

  /// Restores these states, so that episodes that were played meanwhile leave no trace in other environments.
  func restoreSharedGenerators()

  /// Watches calls: one that takes longer is reported, and ends this process with a code.
  ///
  /// - Throws: ``ExperimentError/hosted(_:)``.
  func watchCalls(seconds: Double, exitCode: Int32) throws(ExperimentError)
}

/// The reason why an interpreter or an environment in it cannot be used.
public struct HostedError: Error, Equatable, CustomStringConvertible {
  /// One sentence that ends with a remedy.
  public let message: String
  /// The sentence, then the interpreter's traceback if there is one.
  public let description: String
  /// True if the user asked for the end of the call.
  public let isInterrupted: Bool

  package init(message: String, description: String, isInterrupted: Bool) {
    (self.message, self.description, self.isInterrupted) = (message, description, isInterrupted)
  }
}
