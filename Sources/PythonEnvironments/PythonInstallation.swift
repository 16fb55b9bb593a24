internal import CPython
internal import Glibc

/// The Python installation that hosts environments, found and checked before the interpreter starts.
public struct PythonInstallation: Sendable, Equatable {
  /// The interpreter whose prefix is used; nil lets libpython choose.
  public let executable: String?
  /// The packages of another build, which are added to the path, or nil.
  public let siteFolder: String?
  /// The source of the choice, for messages and `doctor`.
  public let named: String
  /// True if assertions are left out, as with `python -O`.
  public var optimizes = false
  /// The folders that are searched first for modules, as in PYTHONPATH; nil for none.
  public var searchPath: String?

  /// The version of Python that Ascent is linked with, such as 3.11.2.
  public static var linkedVersion: String { unsafe String(cString: cpython_version()) }

  /// The linked version as major.minor.
  static var linkedMinor: String { "\(cpython_major_version()).\(cpython_minor_version())" }

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
    if let explicit { return try judged(explicit, from: "--python \(explicit)") }
    for variable in ["VIRTUAL_ENV", "CONDA_PREFIX"] {
      if let folder = environment[variable], !folder.isEmpty {
        return try judged(folder, from: "$\(variable) (\(folder))")
      }
    }
    for folder in folders where File.isFolder(folder + "/.venv") {
      return try judged(folder + "/.venv", from: "\(folder)/.venv")
    }
    throw PythonError(
      .installation,
      "no Python environment was found: activate a virtual environment, or name one with --python, or make "
        + "one with python\(linkedMinor) -m venv .venv and .venv/bin/pip install gymnasium")
  }

  private static func judged(_ path: String, from source: String) throws(PythonError) -> PythonInstallation {
    let interpreter = File.isFolder(path) ? path + "/bin/python" : path
    guard File.isExecutable(interpreter) else {
      throw PythonError(
        .installation, "\(source) is not a Python: there is no executable \(interpreter)")
    }
    let prefix = parent(parent(absolute(interpreter)))
    let settings = File.settings(prefix + "/pyvenv.cfg")
    let version = settings["version"] ?? settings["version_info"] ?? versionInName(of: interpreter)
    guard let version else {
      throw PythonError(
        .version, "\(source) has no version that can be read; name a virtual environment instead")
    }
    guard version == linkedMinor || version.hasPrefix(linkedMinor + ".") else {
      throw PythonError(
        .version,
        "\(source) is Python \(version), but Ascent is linked with Python \(linkedVersion): make a virtual "
          + "environment with python\(linkedMinor) -m venv .venv, or build Ascent against Python \(version)")
    }
    let isSameBuild =
      settings.isEmpty
      ? isLinkedBuild(interpreter) : version == linkedVersion && isLinkedHome(settings["home"])
    if isSameBuild {
      return PythonInstallation(executable: absolute(interpreter), siteFolder: nil, named: source)
    }
    return PythonInstallation(
      executable: linkedInterpreter, siteFolder: "\(prefix)/lib/python\(linkedMinor)/site-packages",
      named: source)
  }

  /// The interpreter of the linked libpython, at the paths that distributions use.
  private static var linkedInterpreter: String? {
    ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"].map { "\($0)/python\(linkedMinor)" }
      .first { File.isExecutable($0) }
  }

  private static func isLinkedHome(_ home: String?) -> Bool {
    guard let home, let linkedInterpreter else { return false }
    return File.resolved(home) == parent(File.resolved(linkedInterpreter))
  }

  private static func isLinkedBuild(_ interpreter: String) -> Bool {
    linkedInterpreter.map { File.resolved($0) == File.resolved(interpreter) } ?? false
  }

  /// Returns the version in the name of an interpreter without links, such as python3.11, or nil.
  private static func versionInName(of interpreter: String) -> String? {
    let name = File.resolved(interpreter).split(separator: "/").last ?? ""
    let version = name.drop { !$0.isNumber }
    return version.contains(".") ? String(version) : nil
  }

  private static func parent(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }

  private static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : File.currentFolder + "/" + path.trimmingPrefix("./")
  }
}

/// Queries of the file system.
enum File {
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

  static var currentFolder: String {
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
