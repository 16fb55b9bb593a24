public import AscentExperiments
internal import AscentPythonEnvironments
internal import Synchronization

/// The user's permission to run code that came with a run's folder, or that another user can change.
///
/// All such code runs in Python, so ``PythonHosting/start(_:)`` asks before Python starts.
public struct Trust: Sendable {
  /// The folders of the runs that the command reads.
  public var runs: [RunFolder] = []
  /// The files that name the environment which the command opens.
  public var files: [NamedEnvironment] = []
  /// True if the user has given the permission, as `--trust` does.
  public var isGiven = false
  /// True if the user is told which files of the runs have changed since; some commands compare them by themselves.
  public var comparesFiles = false
  /// Tells the user what a run from elsewhere would run, and what has changed.
  public var tell: @Sendable (String) -> Void = { _ in }
  /// Asks the user a question; nil if nobody can answer.
  public var ask: (@Sendable (String) -> Bool)?

  /// The sentences that the user was told or agreed to, in this process.
  private static let settled = Mutex<Set<String>>([])

  /// Makes a trust in nothing but what the user names.
  public init() {}

  /// Checks that nothing runs which the user may not know about.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` with the code that would run, and what to do.
  func check(
    _ host: PythonHosting, _ catalog: Catalog, _ installation: PythonInstallation
  ) throws(ExperimentError) {
    let ofRuns = runs.map { NamedCode($0, host, catalog, installation) }
    for code in ofRuns where !code.isMadeHere && !code.named.isEmpty {
      tellOnce(
        "\(code.source) was not made in this place, or by an earlier version; its run.toml names code, which runs with "
          + "your rights: " + Self.list(code.named, ", "))
    }
    let ofFiles = files.map { NamedCode($0, host) }
    for code in ofFiles where !code.named.isEmpty {
      tellOnce("\(code.source) names code, which runs with your rights: " + Self.list(code.named, ", "))
    }
    for run in comparesFiles ? runs : [] {
      for file in run.changedFiles(catalog) {
        tellOnce(
          "\(file) has changed since \(run.path) was made: its results are those of another environment")
      }
    }
    let brought =
      (ofRuns + ofFiles).flatMap(\.brought) + [Self.danger(of: installation, host)].compactMap(\.self)
    guard !brought.isEmpty, !isGiven else { return }
    let text = Self.list(brought, "; ")
    if Self.settled.withLock({ $0.contains(text) }) { return }
    guard let ask, ask(text) else {
      throw .usage(
        "\(text): read that code, and repeat the command with --trust if it may run with your rights")
    }
    Self.settled.withLock { _ = $0.insert(text) }
  }

  private func tellOnce(_ text: String) {
    if Self.settled.withLock({ $0.insert(text).inserted }) { tell(text) }
  }

  /// The first texts, without the ends of long ones.
  private static func list(_ texts: [String], _ separator: String) -> String {
    let rest = texts.count > 8 ? ["and \(texts.count - 8) more"] : []
    return (texts.prefix(8).map { $0.count > 300 ? $0.prefix(300) + "…" : $0 } + rest).joined(
      separator: separator)
  }

  /// The reason why a Python that the user did not name may have code of somebody else; nil if there is none.
  private static func danger(of installation: PythonInstallation, _ host: PythonHosting) -> String? {
    guard installation.isFound else { return nil }
    let folder = FilePlace.resolved(installation.prefix)
    var above = folder
    while let slash = above.lastIndex(of: "/"), slash > above.startIndex {
      above = String(above[..<slash])
      guard RunFolder(above).containsRun else { continue }
      return
        "the packages of \(installation.named) would run, which lies inside of the run \(above); activate it or name "
        + "it with --python"
    }
    return NamedCode.writable(folder).map {
      "the packages of \(installation.named) would run, \($0); activate it or name it with --python"
    }
  }
}

/// A file that names the environment which a command opens, such as one of trajectories.
public struct NamedEnvironment: Sendable {
  /// The path of the file.
  public var path: String
  /// The environment.
  public var environment: String

  /// Makes an entry for ``Trust/files``.
  public init(path: String, environment: String) { (self.path, self.environment) = (path, environment) }
}
