internal import FoundationEssentials
internal import Policies
internal import PythonEnvironments

/// The contents of a run's folder, finished or not, for `ascent reproduce` and `ascent diff`.
struct RunRecord {
  let folder: RunFolder
  let configuration: Configuration
  /// The records besides the settings, such as `versions.gsl` and `made_with.kernels`, in the file's order.
  let records: [(key: String, value: String)]
  /// metrics.csv.
  let metrics: MetricsTable

  /// Reads a run's folder.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` when there is no training run, ``ExperimentError/damaged(file:reason:)``
  ///   when its files are not valid.
  init(_ folder: RunFolder, _ catalog: Catalog) throws(ExperimentError) {
    self.folder = folder
    configuration = try .ofRun(folder, catalog)
    let text = String(decoding: try AtomicFile.read(folder.runFile), as: UTF8.self)
    records = try Configuration.records(in: text, file: folder.runFile)
    metrics = MetricsTable(String(decoding: try AtomicFile.read(folder.metricsFile), as: UTF8.self))
    guard metrics.isOfTraining else {
      throw .usage(
        "\(folder.path) is no training run: its metrics.csv has other columns (ascent clone makes such folders)"
      )
    }
  }

  /// The hashes of a finished run.
  typealias Result = (fingerprint: String, bits: String)

  /// The fingerprint of a finished run, else nil.
  var fingerprint: String? { value(of: Self.fingerprintKey) }

  /// The hash of the learned parameters of a finished run; nil if it is not recorded.
  var bits: String? { value(of: "result.bits") }

  /// Where and how the run was made; a default if it is not recorded.
  var origin: RunOrigin { RunOrigin(of: folder) ?? RunOrigin(processes: 1) }

  private func value(of key: String) -> String? { records.first { $0.key == key }?.value }

  /// The key of the record that only a finished run has.
  static let fingerprintKey = "result.fingerprint"

  /// The versions and machine properties that differ between two runs: key, this run's value, the other's.
  func differences(
    to other: [(key: String, value: String)]
  ) -> [(key: String, ours: String, theirs: String)] {
    let theirs = Dictionary(other.map { ($0.key, $0.value) }) { first, _ in first }
    let ours = Dictionary(records.map { ($0.key, $0.value) }) { first, _ in first }
    let keys = records.map(\.key) + other.map(\.key).filter { ours[$0] == nil }
    let isInfluence = { (key: String) in !key.hasPrefix("result.") && key != Self.pythonKey }
    return keys.filter { isInfluence($0) && ours[$0] != theirs[$0] }.map { key in
      (key, ours[key] ?? "not recorded", theirs[key] ?? "not recorded")
    }
  }

  /// The key of the Python that `--python` named; its path influences nothing.
  static let pythonKey = "made_with.interpreter"
  /// The key of PYTHONPATH.
  static let searchPathKey = "made_with.python_path"

  /// The influences on the results that neither the settings nor the fingerprint contain: the kernels of this machine,
  /// the SHA-256 of the files of an environment and its wrappers, and PYTHONPATH where it is set; and the Python that
  /// `--python` named.
  static func madeWith(
    _ configuration: Configuration, _ interpreter: Interpreter?, python: String?
  ) -> [(String, String)] {
    var all = [("kernels", KernelPath.current.rawValue)]
    let references = [configuration.environment] + configuration.wrappers.map(\.reference)
    for (k, reference) in references.enumerated() {
      let path = String(reference[..<(reference.lastIndex(of: ":") ?? reference.startIndex)])
      if path.hasSuffix(".py"), let bytes = try? AtomicFile.read(path) {
        all.append((k == 0 ? "environment_file" : "wrapper_file_\(k)", Fingerprint.of(bytes)))
      }
    }
    if let interpreter { all += Influence.records(interpreter) }
    if let python, interpreter != nil {
      let folder = python.hasPrefix("/") ? "" : FileManager.default.currentDirectoryPath + "/"
      all.append(("interpreter", folder + python))
    }
    if let searchPath = interpreter?.installation.searchPath { all.append(("python_path", searchPath)) }
    return all
  }
}

extension RunFolder {
  /// The Python with which the run was made, if `--python` named it and it is still there.
  public var recordedPython: String? {
    record(RunRecord.pythonKey).flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }
  }

  /// The PYTHONPATH with which the run was made, or nil.
  public var recordedSearchPath: String? { record(RunRecord.searchPathKey) }

  /// True if the run was made, or went on, in the folder in which it is: no copy and no download.
  var isMadeHere: Bool { RunOrigin(of: self)?.place == place }

  private func record(_ key: String) -> String? {
    guard containsRun, let bytes = try? AtomicFile.read(runFile) else { return nil }
    let records = try? Configuration.records(in: String(decoding: bytes, as: UTF8.self), file: runFile)
    return records?.first { $0.key == key }?.value
  }
}
