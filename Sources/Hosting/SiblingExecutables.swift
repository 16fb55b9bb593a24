internal import AscentExperiments
internal import AscentPythonEnvironments
internal import FoundationEssentials

/// The executables in the folder of this one that are linked with other minor versions of Python.
///
/// `ascent-python3.13` beside `ascent` is linked with Python 3.13; `make build PYTHON=…` puts it there.
public struct SiblingExecutables: Sendable {
  /// The path of the running executable.
  private let own: String
  /// The beginning of the names, which a version follows.
  private static let infix = "-python"
  /// The variable that says to the next executable that it was started by another one.
  private static let variable = "ASCENT_STARTED_BY_SIBLING"

  /// Names the running executable; the file system is not accessed.
  public init(of own: String) { self.own = own }

  /// Continues in the executable that is linked with the Python of `host`, with the same arguments.
  ///
  /// It returns if this executable is linked with that Python, if there is none that is, or if this process was started
  /// in this way before. Call it before the process has children, threads or an interpreter.
  public func replaceProcess(for host: PythonHosting, arguments: [String]) {
    guard ChildProcess.removeVariable(Self.variable) == nil,
      let minor = PythonInstallation.otherMinorVersion(
        explicit: host.python, environment: host.variables, folders: host.folders),
      let other = path(for: minor)
    else { return }
    ChildProcess.replaceOwn(by: other, arguments, variable: Self.variable)
  }

  /// Returns the path of the executable for a minor version, or nil if there is none.
  func path(for minor: String) -> String? {
    let path = "\(folder)/\(base)\(Self.infix)\(minor)"
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }

  /// The other minor versions for which there are executables, in order.
  public var versions: [String] {
    let prefix = base + Self.infix
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let minors = names.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    let others = minors.filter { $0 != PythonInstallation.linkedMinor && path(for: $0) != nil }
    let versions = others.map { $0.split(separator: ".").compactMap { Int($0) } }
    return versions.filter { $0.count == 2 }.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }.map {
      "\($0[0]).\($0[1])"
    }
  }

  private var folder: String { own.lastIndex(of: "/").map { String(own[..<$0]) } ?? "." }

  /// The name of the executable without a version.
  private var base: String {
    let name = own.split(separator: "/").last.map(String.init) ?? own
    guard let infix = name.firstRange(of: Self.infix) else { return name }
    return String(name[..<infix.lowerBound])
  }
}
