internal import AscentExperiments
internal import AscentPythonEnvironments
internal import FoundationEssentials

/// The code that the run.toml of a run, or the first line of a file of trajectories, names.
struct NamedCode {
  /// The path of the run or of the file.
  let source: String
  /// True if a run was made in the folder in which it is.
  let isMadeHere: Bool
  /// All of it but Gymnasium's own ids.
  private(set) var named: [String] = []
  /// Sentences about what lies in the run's folder or came with it, or what another user can change.
  private(set) var brought: [String] = []
  /// The run's folder, or the file.
  private let root: String
  /// The topmost folder above `root` that does not hold the working folder: it may have come as a whole; nil if there is
  /// none.
  private let gift: String?
  /// The folders in which Python looks for modules that a name means.
  private var searched = ["."]

  /// The code of a run.
  init(
    _ run: RunFolder, _ host: PythonHosting, _ catalog: Catalog, _ installation: PythonInstallation
  ) {
    self.init(run.path, root: run.path, isMadeHere: run.isMadeHere)
    let entries = Self.searchPath(of: host)
    searched += entries
    if let configuration = try? Configuration.ofRun(run, catalog) { add(configuration) }
    if let python = run.recordedPython, host.python == python { add(python, installation) }
    let isRecorded = host.variables["PYTHONPATH"] == run.recordedSearchPath
    for folder in entries {
      if isRecorded { named.append("the modules of \(folder) (PYTHONPATH)") }
      check([folder], "modules of its own", "\(folder) (PYTHONPATH)", alsoAbove: isRecorded)
    }
  }

  /// The code of a file of trajectories: the environment that it names.
  init(_ file: NamedEnvironment, _ host: PythonHosting) {
    var root = FilePlace.resolved(file.path)
    var folder = root
    while let slash = folder.lastIndex(of: "/"), slash > folder.startIndex {
      folder = String(folder[..<slash])
      // A file that came within a run's folder.
      if RunFolder(folder).containsRun { root = folder }
    }
    self.init(file.path, root: root, isMadeHere: false)
    searched += Self.searchPath(of: host)
    add("the environment", file.environment)
  }

  private init(_ source: String, root: String, isMadeHere: Bool) {
    (self.source, self.isMadeHere, self.root) = (source, isMadeHere, FilePlace.resolved(root))
    let working = FilePlace.resolved(".") + "/"
    var (folder, topmost) = (self.root, String?.none)
    while let slash = folder.lastIndex(of: "/"), slash > folder.startIndex {
      folder = String(folder[..<slash])
      if working.hasPrefix(folder + "/") { break }
      topmost = folder
    }
    gift = topmost
  }

  /// The folders of PYTHONPATH; an empty entry is the working folder.
  private static func searchPath(of host: PythonHosting) -> [String] {
    guard let path = host.variables["PYTHONPATH"], !path.isEmpty else { return [] }
    return path.split(separator: ":", omittingEmptySubsequences: false).map { $0.isEmpty ? "." : String($0) }
  }

  // MARK: Code that is named

  /// Adds the environment, the wrappers, the emissions and the registrations of a run.
  private mutating func add(_ configuration: Configuration) {
    let emissions = (try? configuration.emissions.hosted()) ?? []
    let references =
      [("the environment", configuration.environment)]
      + configuration.wrappers.map { ("the wrapper", $0.reference) }
      + emissions.map { ("the emission", $0) } + configuration.register.map { ("the module", $0) }
    let located = references.map { ($0.0, configuration.located($0.1)) }
    for (_, reference) in located {
      // The folder of each file is searched for modules, too.
      let file = Self.file(of: reference)
      guard file.hasSuffix(".py") else { continue }
      let path = FilePlace.resolved(file)
      searched.append(path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ".")
    }
    for (kind, reference) in located { add(kind, reference) }
  }

  /// Adds `file.py:Class`, `module:Name`, `file.py` or `module`; ids of Gymnasium and native environments are no code.
  private mutating func add(_ kind: String, _ reference: String) {
    let isModule = kind == "the module"
    guard !reference.hasPrefix("native:"), isModule || reference.contains(":") || reference.hasSuffix(".py")
    else {
      return
    }
    named.append("\(kind) \(reference)")
    let name = Self.file(of: reference)
    let isFile = name.hasSuffix(".py") || name.contains("/")
    check([name] + (isFile ? [] : modules(name)), "code of its own", "\(kind) \(reference)")
  }

  /// The part of a reference before the name of a class.
  private static func file(of reference: String) -> String {
    reference.lastIndex(of: ":").map { String(reference[..<$0]) } ?? reference
  }

  /// The files and folders that `import a.b.c` runs or looks into, in each folder in which Python looks: those of `a`, of
  /// `a.b` and of `a.b.c`.
  private func modules(_ name: String) -> [String] {
    let parts = name.split(separator: ".").map(String.init)
    return searched.flatMap { folder in
      parts.indices.flatMap { last -> [String] in
        let above = ([folder] + parts[..<last]).joined(separator: "/")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: above)) ?? []
        let isImported = { (file: String) in
          file == parts[last]
            || file.hasPrefix(parts[last] + ".") && [".py", ".pyc", ".so"].contains(where: file.hasSuffix)
        }
        return names.filter(isImported).map { "\(above)/\($0)" }
      }
    }
  }

  /// Adds the Python that a run records.
  private mutating func add(_ python: String, _ installation: PythonInstallation) {
    named.append("the packages of \(python)")
    let prefix = FilePlace.resolved(installation.prefix)
    if check([prefix, python] + Self.packages(of: prefix), "a Python of its own", prefix) { return }
    if let reason = Self.writable(prefix) {
      brought.append("\(source) names the Python \(python), \(reason)")
    }
  }

  // MARK: Code that came along

  /// Adds a sentence if one of some files and folders lies in the run's folder, or else in a folder above it that may have
  /// come with it; returns whether one does.
  ///
  /// A run that was made where it is asks only about its own folder. Its giver cannot claim that: origin.toml must name the
  /// folder's own identity.
  @discardableResult
  private mutating func check(
    _ places: [String], _ kind: String, _ name: String, alsoAbove: Bool = true
  ) -> Bool {
    let paths = places.filter { FilePlace.status($0) != nil }.map(FilePlace.resolved)
    if paths.contains(where: { Self.holds(root, $0) }) {
      brought.append("\(source) brings \(kind), \(name)")
      return true
    }
    guard alsoAbove, !isMadeHere, let gift, paths.contains(where: { Self.holds(gift, $0) }) else {
      return false
    }
    brought.append("\(name) lies in \(gift), which may have been copied together with \(source)")
    return true
  }

  private static func holds(_ folder: String, _ path: String) -> Bool {
    path == folder || path.hasPrefix(folder + "/")
  }

  /// A clause on who else can change the packages of an environment; nil if nobody can.
  static func writable(_ folder: String) -> String? {
    for path in [folder, folder + "/pyvenv.cfg"] + packages(of: folder) {
      guard let status = FilePlace.status(path) else { continue }
      if status.owner != 0 && status.owner != FilePlace.ownAccount {
        return "which belongs to another user (\(path))"
      }
      if status.mode & 0o002 != 0 { return "which every user can change (\(path))" }
    }
    return nil
  }

  /// The folders of an environment's packages.
  private static func packages(of folder: String) -> [String] {
    let libraries = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/lib")) ?? []
    return libraries.filter { $0.hasPrefix("python") }.map { "\(folder)/lib/\($0)/site-packages" }
  }
}
