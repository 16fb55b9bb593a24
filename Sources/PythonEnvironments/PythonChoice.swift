/// The Python that the user chose, with any version.
struct PythonChoice {
  /// The absolute path that was named: an interpreter, or the folder of an environment.
  let path: String
  /// The source of the choice, for messages.
  let source: String
  /// True if it is a `.venv` that was found, false if it was named.
  let isFound: Bool
  /// The absolute path of the interpreter.
  let interpreter: String
  /// The lines of pyvenv.cfg; empty if this is no virtual environment.
  let settings: [String: String]
  /// The version, such as 3.11.2, or 3.11 if only the name of the interpreter has it.
  let version: String

  /// The version as major.minor.
  var minor: String { version.split(separator: ".").prefix(2).joined(separator: ".") }

  /// The folder that contains `bin` and `lib`.
  var prefix: String { File.parent(File.parent(interpreter)) }

  /// Finds the Python as ``PythonInstallation/locate(explicit:environment:folders:)`` does, without a look at the linked
  /// version.
  init(
    explicit: String?, environment: [String: String], folders: [String]
  ) throws(PythonError) {
    if let explicit {
      try self.init(explicit, from: "--python \(explicit)")
      return
    }
    for variable in ["VIRTUAL_ENV", "CONDA_PREFIX"] {
      guard let folder = environment[variable], !folder.isEmpty else { continue }
      try self.init(folder, from: "$\(variable) (\(folder))")
      return
    }
    for folder in folders where File.isFolder(folder + "/.venv") {
      try self.init(folder + "/.venv", from: "\(folder)/.venv", isFound: true)
      return
    }
    throw PythonError(
      .installation,
      "no Python environment was found: activate a virtual environment, or name one with --python, or make "
        + "one with python\(PythonInstallation.linkedMinor) -m venv .venv and .venv/bin/pip install gymnasium"
    )
  }

  private init(_ named: String, from source: String, isFound: Bool = false) throws(PythonError) {
    let found = File.isFolder(named) ? named + "/bin/python" : named
    guard File.isExecutable(found) else {
      throw PythonError(.installation, "\(source) is not a Python: there is no executable \(found)")
    }
    let interpreter = File.absolute(found)
    let settings = File.settings(File.parent(File.parent(interpreter)) + "/pyvenv.cfg")
    guard let version = settings["version"] ?? settings["version_info"] ?? Self.versionInName(of: interpreter)
    else {
      throw PythonError(
        .version, "\(source) has no version that can be read; name a virtual environment instead")
    }
    (path, self.source, self.interpreter) = (File.absolute(named), source, interpreter)
    (self.settings, self.version, self.isFound) = (settings, version, isFound)
  }

  /// Returns the version in the name of an interpreter without links, such as python3.11, or nil.
  private static func versionInName(of interpreter: String) -> String? {
    let name = File.resolved(interpreter).split(separator: "/").last ?? ""
    let version = name.drop { !$0.isNumber }
    return version.contains(".") ? String(version) : nil
  }
}
