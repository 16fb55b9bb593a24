internal import CAscentPython
internal import Glibc

/// The Python installation that hosts environments, found and checked before the interpreter starts.
public struct PythonInstallation: Sendable, Equatable {
  /// The interpreter whose prefix is used; nil lets libpython choose.
  public let executable: String?
  /// The packages of another build, which are added to the path, or nil.
  public let siteFolder: String?
  /// The folder of the environment or installation that was chosen, which contains `bin` and `lib`.
  public let prefix: String
  /// True if it is a `.venv` that was found, false if the user or a variable named it.
  public let isFound: Bool
  /// The source of the choice, for messages and `doctor`.
  public let named: String
  /// True if assertions are left out, as with `python -O`.
  public var optimizes = false
  /// The folders that are searched first for modules, as in PYTHONPATH; nil for none.
  public var searchPath: String?

  /// True if the program started it by itself.
  public var isAdopted: Bool { self == .adopted }

  /// The installation of an interpreter that the program started by itself.
  package static let adopted = PythonInstallation(
    executable: nil, siteFolder: nil, prefix: "", isFound: false,
    named: "the Python that this program started")

  /// The version of Python that Ascent is linked with, such as 3.11.2.
  public static var linkedVersion: String { unsafe String(cString: cpython_version()) }

  /// The linked version as major.minor.
  public static var linkedMinor: String { "\(cpython_major_version()).\(cpython_minor_version())" }

  /// The oldest minor version of Python 3 with which Ascent can be built.
  private static let oldestMinor = 10

  /// Finds the Python installation: `--python`, else `$VIRTUAL_ENV`, else `$CONDA_PREFIX`, else `.venv` in one of
  /// `folders`.
  ///
  /// A virtual environment of the linked build is used as it is. From one of another build of the same minor version,
  /// only the packages are used: extension modules fit all builds of a minor version. `python3` from the search path is
  /// never used, because it may be a launcher of something else.
  ///
  /// - Parameters:
  ///   - explicit: the argument of `--python`: an interpreter, or the folder of a virtual environment.
  ///   - environment: the environment variables of the process.
  ///   - folders: the folders that may contain `.venv`, in order.
  /// - Returns: the Python to start.
  /// - Throws: ``PythonError`` when there is none, or when its minor version is another one.
  public static func locate(
    explicit: String?, environment: [String: String], folders: [String]
  ) throws(PythonError) -> PythonInstallation {
    let chosen = try PythonChoice(explicit: explicit, environment: environment, folders: folders)
    guard chosen.minor == linkedMinor else { throw refusal(of: chosen) }
    let isSameBuild =
      chosen.settings.isEmpty
      ? isLinkedBuild(chosen.interpreter)
      : chosen.version == linkedVersion && isLinkedHome(chosen.settings["home"])
    if isSameBuild {
      return PythonInstallation(
        executable: chosen.interpreter, siteFolder: nil, prefix: chosen.prefix, isFound: chosen.isFound,
        named: chosen.source)
    }
    return PythonInstallation(
      executable: linkedInterpreter, siteFolder: "\(chosen.prefix)/lib/python\(linkedMinor)/site-packages",
      prefix: chosen.prefix, isFound: chosen.isFound, named: chosen.source)
  }

  /// Returns the minor version, such as 3.13, of the Python that ``locate(explicit:environment:folders:)`` would choose
  /// if Ascent were linked with it; nil if it is the linked one, or if there is none.
  public static func otherMinorVersion(
    explicit: String?, environment: [String: String], folders: [String]
  ) -> String? {
    let chosen = try? PythonChoice(explicit: explicit, environment: environment, folders: folders)
    return chosen.flatMap { $0.minor == linkedMinor ? nil : $0.minor }
  }

  private static func refusal(of chosen: PythonChoice) -> PythonError {
    let parts = chosen.minor.split(separator: ".").compactMap { Int($0) }
    let isTooOld = parts.count == 2 && (parts[0], parts[1]) < (3, oldestMinor)
    let environment = "make a virtual environment with python\(linkedMinor) -m venv .venv"
    return PythonError(
      .version,
      isTooOld
        ? "\(chosen.source) is Python \(chosen.version), but Ascent needs 3.\(oldestMinor) or newer, and this one is "
          + "linked with Python \(linkedVersion): \(environment)"
        : "\(chosen.source) is Python \(chosen.version), but this Ascent is linked with Python \(linkedVersion), and "
          + "none is built for Python \(chosen.minor): build it with make build PYTHON=\(chosen.path), or \(environment)"
    )
  }

  /// The interpreter of the linked libpython: the recorded one, else the one that belongs to the shared library, else the
  /// one at the paths that distributions use.
  private static var linkedInterpreter: String? {
    let recorded = unsafe cpython_linked_interpreter().map { [unsafe String(cString: $0)] } ?? []
    let usual = ["/usr/bin", "/usr/local/bin"].map { "\($0)/python\(linkedMinor)" }
    return (recorded + interpretersOfLibrary + usual).first { File.isExecutable($0) }
  }

  /// The paths at which the interpreter of a shared libpython may be: in `bin` beside one of the folders that it is in.
  private static var interpretersOfLibrary: [String] {
    guard cpython_is_static() == 0, let file = unsafe cpython_library_file() else { return [] }
    var parts = unsafe File.resolved(String(cString: file)).split(separator: "/").dropLast()
    var paths: [String] = []
    while !parts.isEmpty {
      parts = parts.dropLast()
      paths.append((["" as Substring] + parts + ["bin", "python\(linkedMinor)"]).joined(separator: "/"))
    }
    return paths
  }

  private static func isLinkedHome(_ home: String?) -> Bool {
    guard let home, let linkedInterpreter else { return false }
    return File.resolved(home) == File.parent(File.resolved(linkedInterpreter))
  }

  private static func isLinkedBuild(_ interpreter: String) -> Bool {
    linkedInterpreter.map { File.resolved($0) == File.resolved(interpreter) } ?? false
  }
}

extension PythonInstallation {
  /// The command that installs a package into the environment that was chosen.
  ///
  /// Of an installation that a distribution manages, and into which pip refuses to install, it is one that makes a virtual
  /// environment first.
  public func command(installing package: String) -> String {
    let settings = File.settings(prefix + "/pyvenv.cfg")
    let python = ["\(prefix)/bin/python", "\(prefix)/bin/python\(Self.linkedMinor)"].first {
      File.isExecutable($0)
    }
    let own = python ?? executable ?? "python\(Self.linkedMinor)"
    if settings.isEmpty, File.exists("\(prefix)/lib/python\(Self.linkedMinor)/EXTERNALLY-MANAGED") {
      return "\(own) -m venv .venv && .venv/bin/python -m pip install \(package)"
    }
    let packages = "\(prefix)/lib/python\(Self.linkedMinor)/site-packages"
    if settings["uv"] != nil, !File.isFolder(packages + "/pip") {
      return "uv pip install --python \(own) \(package)"
    }
    return "\(own) -m pip install \(package)"
  }
}

/// Queries of the file system.
enum File {
  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  static func isExecutable(_ path: String) -> Bool {
    unsafe access(path, X_OK) == 0 && !isFolder(path)
  }

  static func resolved(_ path: String) -> String {
    guard let text = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }

  static func parent(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }

  static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : currentFolder + "/" + path.trimmingPrefix("./")
  }

  private static var currentFolder: String {
    guard let text = unsafe getcwd(nil, 0) else { return "." }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }

  /// Returns the `key = value` lines of a small file; empty if there is no file.
  static func settings(_ path: String) -> [String: String] {
    guard let file = unsafe fopen(path, "r") else { return [:] }
    defer { unsafe fclose(file) }
    var settings: [String: String] = [:]
    var line = [CChar](repeating: 0, count: 4096)
    while unsafe fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let parts = text.split(separator: "=", maxSplits: 1).map { trimmed($0) }
      if parts.count == 2 { settings[parts[0]] = parts[1] }
    }
    return settings
  }

  private static func trimmed(_ text: Substring) -> String {
    let front = text.drop(while: \.isWhitespace)
    return String(String(front.reversed()).drop(while: \.isWhitespace).reversed())
  }
}
