internal import CPython

/// What runs: for `doctor` and for the versions in run.toml.
public struct PythonReport: Sendable {
  /// Such as 3.11.2, or 3.11.2 -O without assertions.
  public let version: String
  /// Whether libpython is a part of the executable.
  public let isStatic: Bool
  /// The interpreter whose prefix is used.
  public let executable: String
  /// Where its packages are.
  public let prefix: String
  /// Gymnasium's version, or nil when it is not installed.
  public let gymnasiumVersion: String?
  /// numpy's version, or nil when it is not installed.
  public let numpyVersion: String?
}

extension Interpreter {
  /// What runs.
  public var report: PythonReport {
    PythonReport(
      version: PythonInstallation.linkedVersion + (installation.optimizes ? " -O" : ""),
      isStatic: cpython_is_static() == 1,
      executable: systemText("executable"), prefix: systemText("prefix"),
      gymnasiumVersion: packageVersion("gymnasium"), numpyVersion: packageVersion("numpy"))
  }

  /// Sums the time inside of hosted `reset` and `step` from now on.
  public func timeCalls() { cpython_time_calls() }

  /// The seconds that hosted calls took since ``timeCalls()``.
  public var callSeconds: Double { cpython_call_seconds() }

  /// Watches the hosted `reset` and `step` of this thread from now on.
  ///
  /// One that takes longer than `seconds` is told of on standard error, with Python's stack, and the process ends with
  /// `exitCode` unless that is 0.
  ///
  /// - Throws: ``PythonError`` when the system has no thread for it.
  public func watchCalls(seconds: Double, exitCode: Int32) throws(PythonError) {
    let failure = unsafe Failure.of { unsafe cpython_watch_calls(seconds, exitCode, $0) }
    if let failure { throw failure.pythonError }
  }

  /// The installed version of a package, or nil.
  public func packageVersion(_ package: String) -> String? {
    let version = try? unsafe Self.text { unsafe cpython_package_version(package, $0, $1) }
    return version.flatMap { $0.isEmpty ? nil : $0 }
  }

  private func systemText(_ attribute: String) -> String {
    (try? unsafe Self.text { unsafe cpython_system_text(attribute, $0, $1) }) ?? ""
  }
}
