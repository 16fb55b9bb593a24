internal import AscentPolicies
internal import FoundationEssentials

/// The contents of a run's folder, finished or not, for `ascent reproduce` and `ascent diff`.
struct RunRecord {
  let folder: RunFolder
  let configuration: Configuration
  /// The records besides the settings, such as `versions.gsl` and `made_with.kernels`, in the file's order.
  let records: [(key: String, value: String)]
  /// The step budgets.
  let budgets: Budgets
  /// metrics.csv.
  let metrics: MetricsTable

  /// Reads a run's folder.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` when there is no training run, ``ExperimentError/damaged(file:reason:)``
  ///   when its files are not valid.
  init(_ folder: RunFolder, _ catalog: Catalog) throws(ExperimentError) {
    guard !folder.isBest else {
      throw .usage("\(folder.path) is only the best policy of a run; \(RunFolder.bestAdvice)")
    }
    self.folder = folder
    configuration = try .ofRun(folder, catalog)
    let text = String(
      decoding: try AtomicFile.read(folder.runFile, limit: AtomicFile.largestText), as: UTF8.self)
    records = try Configuration.records(in: text, file: folder.runFile)
    budgets = try Budgets(records, last: configuration.steps, file: folder.runFile)
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
    Self.differences(records, other)
  }

  /// The records of versions and machines that differ.
  fileprivate static func differences(
    _ records: [(key: String, value: String)], _ other: [(key: String, value: String)]
  ) -> [(key: String, ours: String, theirs: String)] {
    let theirs = Dictionary(other.map { ($0.key, $0.value) }) { first, _ in first }
    let ours = Dictionary(records.map { ($0.key, $0.value) }) { first, _ in first }
    let keys = records.map(\.key) + other.map(\.key).filter { ours[$0] == nil }
    let isInfluence = { (key: String) in
      // A package that only one of them loaded is not another version, and a run has a copy of the policy that it began
      // from, which may be gone.
      !key.hasPrefix("result.") && key != pythonKey
        && (!key.hasPrefix(packagePrefix) && key != beginningKey
          || ours[key] != nil && theirs[key] != nil)
    }
    return keys.filter { isInfluence($0) && ours[$0] != theirs[$0] }.map { key in
      (key, ours[key] ?? "not recorded", theirs[key] ?? "not recorded")
    }
  }

  /// The key of the Python that `--python` named; its path influences nothing.
  static let pythonKey = "made_with.interpreter"
  /// The beginning of the keys of the versions of packages.
  static let packagePrefix = "made_with.package_"
  /// The key of the policy that a run begins from.
  static let beginningKey = "made_with.policy_from"
  /// The key of PYTHONPATH.
  static let searchPathKey = "made_with.python_path"

  /// The influences on the results that neither the settings nor the fingerprint contain: the kernels of this machine,
  /// the SHA-256 of the files of an environment, its wrappers and emissions and of the policy that the run begins from,
  /// the versions of the loaded packages, and PYTHONPATH where it is set; and the Python that `--python` named.
  static func madeWith(
    _ sums: [(String, String)], _ runtime: (any HostedRuntime)?, python: String?
  ) -> [(String, String)] {
    var all = [("kernels", KernelPath.current.rawValue)] + sums
    if let runtime { all += Influence.records(runtime) }
    all += (runtime?.loadedPackages ?? []).map { ("package_\($0.name)", $0.version) }
    if let python, runtime != nil {
      let folder = python.hasPrefix("/") ? "" : FileManager.default.currentDirectoryPath + "/"
      all.append(("interpreter", folder + python))
    }
    if let searchPath = runtime?.searchPath { all.append(("python_path", searchPath)) }
    return all
  }
}

extension RunRecord {
  /// The files of an environment, its wrappers and its emissions as they are named, with the keys of their records.
  static func files(of configuration: Configuration) -> [(key: String, path: String)] {
    let wrappers = configuration.wrappers.enumerated().map { ("wrapper_file_\($0 + 1)", $1.reference) }
    let emissions = configuration.emissions.enumerated().map { ("emission_file_\($0 + 1)", $1.typed) }
    return ([("environment_file", configuration.environment)] + wrappers + emissions).compactMap {
      key, reference in
      let path = String(reference[..<(reference.lastIndex(of: ":") ?? reference.startIndex)])
      return path.hasSuffix(".py") ? (key, path) : nil
    }
  }

  /// The SHA-256 of these files, and of the policy that a run begins from.
  static func sums(of configuration: Configuration) -> [(String, String)] {
    var all = files(of: configuration).compactMap { file in
      sum(of: configuration.located(file.path)).map { (file.key, $0) }
    }
    if !configuration.beginFrom.isEmpty,
      let sum = sum(of: RunFolder(configuration.located(configuration.beginFrom)).weightsFile)
    {
      all.append(("policy_from", sum))
    }
    return all
  }

  static func sum(of file: String) -> String? {
    (try? AtomicFile.read(file)).map(Fingerprint.of)
  }
}

extension RunFolder {
  /// The Python with which the run was made, if `--python` named it and it is still there.
  public var recordedPython: String? {
    record(RunRecord.pythonKey).flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }
  }

  /// The PYTHONPATH with which the run was made, or nil.
  public var recordedSearchPath: String? { record(RunRecord.searchPathKey) }

  /// The fingerprint of the run; nil if it has not ended.
  public var recordedFingerprint: String? { record(RunRecord.fingerprintKey) }

  /// The hash of the learned numbers of the run; nil if it has not ended.
  public var recordedBits: String? { record("result.bits") }

  /// The keys of what influences returns and differs between this run and another one.
  ///
  /// They are files of environments, modules, and versions of packages. Machines do not count, nor how often a run was resumed.
  package func otherInfluences(than run: RunFolder) -> [String] {
    let machine: Set = ["made_with.kernels", "made_with.processor", "made_with.c_library"]
    return RunRecord.differences(records, run.records).map(\.key).filter { key in
      !machine.contains(key) && !["budgets.", "changes."].contains { key.hasPrefix($0) }
    }
  }

  /// True if the run was made, or went on, in the folder in which it is: no copy and no download.
  package var isMadeHere: Bool { RunOrigin(of: self)?.place == place }

  /// The files of the environment, its wrappers and its emissions that differ from those with which the run was made.
  package func changedFiles(_ catalog: Catalog) -> [String] {
    guard let configuration = try? Configuration.ofRun(self, catalog) else { return [] }
    return RunRecord.files(of: configuration).compactMap { key, path in
      guard let then = record("made_with." + key) else { return nil }
      let here = configuration.located(path)
      guard let now = RunRecord.sum(of: here) else { return nil }
      return then == now ? nil : here
    }
  }

  /// True if run.toml has the fingerprint of a finished run.
  var isFinished: Bool { record(RunRecord.fingerprintKey) != nil }

  private func record(_ key: String) -> String? { records.first { $0.key == key }?.value }

  /// The records of run.toml besides the settings; none if it cannot be read.
  package var records: [(key: String, value: String)] {
    guard containsRun, let bytes = try? AtomicFile.read(runFile, limit: AtomicFile.largestText) else {
      return []
    }
    return (try? Configuration.records(in: String(decoding: bytes, as: UTF8.self), file: runFile)) ?? []
  }
}
