public import AscentExperiments
internal import AscentPythonEnvironments
internal import FoundationEssentials
internal import Synchronization

/// The user's permission to run code that came with a run's folder, or that another user can change.
///
/// All such code runs in Python, so ``PythonHosting/start(_:)`` asks before Python starts.
public struct Trust: Sendable {
  /// The folders of the runs that the command reads.
  public var runs: [RunFolder] = []
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
    let all = runs.map { CodeOfRun($0, host, catalog, installation) }
    for code in all where !code.isMadeHere && !code.named.isEmpty {
      let text =
        "\(code.run.path) was not made in this place; its run.toml names code, which runs with your rights: "
        + Self.list(code.named, ", ")
      tellOnce(text)
    }
    for run in comparesFiles ? runs : [] {
      for file in run.changedFiles(catalog) {
        tellOnce(
          "\(file) has changed since \(run.path) was made: its results are those of another environment")
      }
    }
    let brought = all.flatMap(\.brought) + [Self.danger(of: installation, host)].compactMap(\.self)
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
    return CodeOfRun.writable(folder).map {
      "the packages of \(installation.named) would run, \($0); activate it or name it with --python"
    }
  }
}

/// The code that the run.toml of a run names.
struct CodeOfRun {
  let run: RunFolder
  /// True if the run was made in the folder in which it is.
  let isMadeHere: Bool
  /// All of it but Gymnasium's own ids.
  private(set) var named: [String] = []
  /// Sentences about what lies inside of the run's folder, or what another user can change.
  private(set) var brought: [String] = []
  private let root: String

  init(
    _ run: RunFolder, _ host: PythonHosting, _ catalog: Catalog, _ installation: PythonInstallation
  ) {
    self.run = run
    isMadeHere = run.isMadeHere
    root = FilePlace.resolved(run.path)
    if let configuration = try? Configuration.ofRun(run, catalog) {
      add("the environment", configuration.located(configuration.environment))
      for wrapper in configuration.wrappers { add("the wrapper", configuration.located(wrapper.reference)) }
      for emission in (try? configuration.emissions.hosted()) ?? [] {
        add("the emission", configuration.located(emission))
      }
      for entry in configuration.register { add("the module", configuration.located(entry)) }
    }
    if let python = run.recordedPython, host.python == python {
      named.append("the packages of \(python)")
      let folder = FilePlace.resolved(installation.prefix)
      if isInside(folder) {
        brought.append("\(run.path) brings a Python of its own, \(folder)")
      } else if let reason = Self.writable(folder) {
        brought.append("\(run.path) names the Python \(python), \(reason)")
      }
    }
    if let path = host.variables["PYTHONPATH"], !path.isEmpty {
      for part in path.split(separator: ":", omittingEmptySubsequences: false) {
        // An empty one is the working folder.
        let folder = part.isEmpty ? "." : String(part)
        if path == run.recordedSearchPath { named.append("the modules of \(folder) (PYTHONPATH)") }
        if isInside(FilePlace.resolved(folder)) {
          brought.append("\(run.path) brings modules of its own, \(folder) (PYTHONPATH)")
        }
      }
    }
  }

  /// Adds `file.py:Class`, `module:Name`, `file.py` or `module`; ids of Gymnasium and native environments are no code.
  private mutating func add(_ kind: String, _ reference: String) {
    let isModule = kind == "the module"
    guard !reference.hasPrefix("native:"), isModule || reference.contains(":") || reference.hasSuffix(".py")
    else {
      return
    }
    named.append("\(kind) \(reference)")
    let name = reference.lastIndex(of: ":").map { String(reference[..<$0]) } ?? reference
    let top = name.split(separator: ".").first.map(String.init) ?? name
    // Modules are also looked for in the working folder.
    let places = name.hasSuffix(".py") || name.contains("/") ? [name] : [top + ".py", top, name]
    for place in places
    where FileManager.default.fileExists(atPath: place) {
      let path = FilePlace.resolved(place)
      if isInside(path) {
        brought.append("\(run.path) brings code of its own, \(kind) \(reference)")
        return
      }
      if !isMadeHere, let folder = folderAbove(holding: path) {
        brought.append(
          "\(kind) \(reference) lies in \(folder), which may have been copied together with \(run.path)")
        return
      }
    }
  }

  /// The folder above the run that holds a file, unless it holds the working folder, too; nil if there is none.
  ///
  /// What origin.toml says of the run's place is the giver's word, so it does not count.
  private func folderAbove(holding path: String) -> String? {
    let working = FilePlace.resolved(".") + "/"
    var folder = root
    for _ in 0..<RunPlace.height {
      guard let slash = folder.lastIndex(of: "/"), slash > folder.startIndex else { return nil }
      folder = String(folder[..<slash])
      if working.hasPrefix(folder + "/") { return nil }
      if path.hasPrefix(folder + "/") { return folder }
    }
    return nil
  }

  private func isInside(_ path: String) -> Bool { path == root || path.hasPrefix(root + "/") }

  /// A clause on who else can change the packages of an environment; nil if nobody can.
  static func writable(_ folder: String) -> String? {
    let libraries = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/lib")) ?? []
    let packages = libraries.filter { $0.hasPrefix("python") }.map { "\(folder)/lib/\($0)/site-packages" }
    for path in [folder, folder + "/pyvenv.cfg"] + packages {
      guard let status = FilePlace.status(path) else { continue }
      if status.owner != 0 && status.owner != FilePlace.ownAccount {
        return "which belongs to another user (\(path))"
      }
      if status.mode & 0o002 != 0 { return "which every user can change (\(path))" }
    }
    return nil
  }
}
