internal import CAscentPython

/// The versions and paths of the running Python, for `doctor` and run.toml.
public struct PythonReport: Sendable {
  /// The version, such as 3.11.2, or 3.11.2 -O without assertions.
  public let version: String
  /// True if libpython is part of the executable.
  public let isStatic: Bool
  /// The interpreter whose prefix is used.
  public let executable: String
  /// The folders from which Gymnasium and numpy are imported; without them, those in which packages are looked for.
  public let packageFolders: [String]
  /// Gymnasium's version, or nil when it is not installed.
  public let gymnasiumVersion: String?
  /// numpy's version, or nil when it is not installed.
  public let numpyVersion: String?
}

extension Interpreter {
  /// The report of the running interpreter.
  public var report: PythonReport {
    PythonReport(
      version: PythonInstallation.linkedVersion + (installation.optimizes ? " -O" : ""),
      isStatic: cpython_is_static() == 1,
      executable: systemText("executable"), packageFolders: packageFolders,
      gymnasiumVersion: packageVersion("gymnasium"), numpyVersion: packageVersion("numpy"))
  }

  /// Starts to sum the time inside of hosted `reset` and `step`.
  public func timeCalls() { cpython_time_calls() }

  /// The seconds inside of hosted calls since ``timeCalls()``.
  public var callSeconds: Double { cpython_call_seconds() }

  /// Keeps the states of `random` and `numpy.random`, unless they draw from the lanes' streams.
  public func keepSharedGenerators() {
    _ = try? run("import _ascent_generators as own; own.keep_shared(); result = ''")
  }

  /// Restores the states that ``keepSharedGenerators()`` kept.
  public func restoreSharedGenerators() {
    _ = try? run("import _ascent_generators as own; own.restore_shared(); result = ''")
  }

  /// Watches this thread from now on while it is inside of Python: its start, imports, constructors, resets, steps,
  /// values that are read, `close()`, finalizers and exit handlers.
  ///
  /// A call that takes longer than `seconds` is reported on standard error with Python's stack, and the process ends
  /// with `exitCode`. Time in which the process or the machine was stopped does not count.
  ///
  /// - Throws: ``PythonError`` when the system cannot create a thread.
  public static func watchCalls(seconds: Double, exitCode: Int32) throws(PythonError) {
    let failure = unsafe Failure.of { unsafe cpython_watch_calls(seconds, exitCode, $0) }
    if let failure { throw failure.pythonError }
  }

  /// Returns the installed version of a package, or nil.
  public func packageVersion(_ package: String) -> String? {
    let version = try? unsafe Self.text { unsafe cpython_package_version(package, $0, $1) }
    return version.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The names and versions of the installed packages that are loaded at present, sorted, without Gymnasium and numpy.
  public var loadedPackages: [(name: String, version: String)] {
    let program = "import _ascent_packages as own; result = chr(10).join(own.loaded_versions())"
    return ((try? run(program)) ?? "").split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ", maxSplits: 1).map(String.init)
      return words.count == 2 ? (words[0], words[1]) : nil
    }
  }

  private var packageFolders: [String] {
    let program = "import _ascent_installation as own; result = chr(10).join(own.package_folders())"
    return ((try? run(program)) ?? "").split(separator: "\n").map(String.init)
  }

  private func systemText(_ attribute: String) -> String {
    (try? unsafe Self.text { unsafe cpython_system_text(attribute, $0, $1) }) ?? ""
  }
}

extension Interpreter {
  /// The loaded modules that are neither Python's nor of an installed package, nor named by the user, with the SHA-256 of
  /// their files, sorted; those of a project of many files together.
  public var ownModules: [(name: String, sum: String)] {
    let program = "import _ascent_sources as own; result = chr(10).join(own.own_modules())"
    return ((try? run(program)) ?? "").split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ").map(String.init)
      return words.count == 2 ? (words[0], words[1]) : nil
    }
  }
}
