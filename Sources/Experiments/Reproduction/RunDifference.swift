internal import AscentEnvironments
internal import AscentPolicies
internal import AscentPolicyGradients

/// The first step in which two runs differ, and the kind of cause.
public struct RunDifference: Sendable {
  /// The kind of cause; of several differences that are recorded, the most probable one.
  public internal(set) var cause = Cause.none
  /// The kinds of all differences that are recorded and can change bits, the most probable one first.
  public private(set) var recorded: [Cause] = []
  /// The differences found, one line each, from the general to the particular.
  public internal(set) var lines: [String] = []
  /// The first iteration that differs, counted from 1.
  public internal(set) var iteration: Int?
  /// The first step that differs, if it was found.
  public internal(set) var step: Step?
  /// True if both runs learned the same parameters, false if not; nil if a run is not finished, or has not recorded it.
  public private(set) var hasSameBits: Bool?
  /// The first array of parameters or of a checkpoint that differs, if any.
  public internal(set) var tensor: String?
  /// True if a recorded difference explains that the runs differ.
  var isExplained: Bool { !recorded.isEmpty }

  /// A step of a training run.
  public struct Step: Sendable, Equatable {
    /// The lane.
    public var lane: Int
    /// The number of the episode in its lane, counted from 0.
    public var episode: Int
    /// The step of the episode; 0 is the reset.
    public var step: Int
  }

  /// Compares the files of two runs; if their metrics differ, repeats both runs up to the first difference.
  ///
  /// - Parameters:
  ///   - a: a run.
  ///   - b: another run.
  ///   - looksAtFilesOnly: compare the files only, without repeating the runs.
  ///   - host: the catalog of names, and the Python of hosted environments.
  ///   - isInterrupted: called before each step.
  ///   - keep: called with the environments of repeated runs, which it can keep open.
  /// - Throws: ``ExperimentError``.
  public init(
    _ a: RunFolder, _ b: RunFolder, looksAtFilesOnly: Bool, host: Host,
    isInterrupted: () -> Bool = { false }, keep: (OpenedEnvironment) -> Void = { _ in }
  ) throws(ExperimentError) {
    let (one, two) = (try RunRecord(a, host.catalog), try RunRecord(b, host.catalog))
    explain(one, two)
    compareBits(one, two)
    guard let part = try compareFiles(one, two), !looksAtFilesOnly else { return }
    // Both runs are repeated in one interpreter, which captures randomness with one generator at most.
    guard one.configuration.capturesRandomness == two.configuration.capturesRandomness,
      one.configuration.generator == two.configuration.generator
    else { return }
    var runs = Pair(one: try Rerun(of: one, host: host), two: try Rerun(of: two, host: host))
    keep(runs.one.opened.environment)
    keep(runs.two.opened.environment)
    if !isExplained { cause = .undetermined }
    try compareAgain(&runs, upTo: part, isInterrupted)
    if !isExplained { conclude(one, two) }
  }

  // MARK: Files

  /// Adds the settings and records that differ to the lines.
  private mutating func explain(_ a: RunRecord, _ b: RunRecord) {
    let settings = Self.settings(a.configuration, b.configuration)
    let versions = a.differences(to: b.records)
    for (key, x, y) in settings { lines.append("setting \(key): \(x) and \(y)") }
    for (key, x, y) in versions { lines.append("\(key): \(x) and \(y)\(Influence.remark(on: key))") }
    let found = Set(
      (settings.isEmpty ? [] : [.configuration]) + versions.compactMap { Influence.cause(of: $0.key) })
    recorded = Cause.allCases.filter(found.contains)
    cause = recorded.first ?? .none
  }

  /// Compares the learned parameters by the hashes that both runs recorded.
  private mutating func compareBits(_ a: RunRecord, _ b: RunRecord) {
    guard let ours = a.bits, let theirs = b.bits else { return }
    hasSameBits = ours == theirs
    let areOtherVersions = a.differences(to: b.records).contains { $0.key.hasPrefix("versions.") }
    guard ours == theirs, areOtherVersions else { return }
    lines.append("same bits, other versions: both runs learned \(ours)")
  }

  /// Compares metrics and checkpoints; returns the first iteration in which the metrics differ.
  private mutating func compareFiles(
    _ a: RunRecord, _ b: RunRecord
  ) throws(ExperimentError) -> Int? {
    let part = a.metrics.firstDifference(to: b.metrics)
    if let part {
      iteration = part.iteration
      lines.append(
        "metrics first differ in iteration \(part.iteration): \(part.columns.joined(separator: ", "))")
    }
    let array = try Self.firstArray(a, b)
    if let array {
      tensor = array.tensor
      lines.append("\(array.file): \(array.text)")
    }
    guard part != nil || array != nil else {
      cause = .none
      let (m, n) = (a.metrics.rows.count, b.metrics.rows.count)
      lines.append(
        m == n
          ? "all \(m) iterations are the same"
          : "the \(min(m, n)) iterations that both have are the same")
      return nil
    }
    // With equal metrics the array shows the cause; otherwise other parameters are only a consequence.
    if !isExplained { cause = part == nil ? Self.cause(of: array?.tensor) : .notSought }
    return part?.iteration
  }

  /// The settings that differ, of those that affect what is learned.
  private static func settings(_ a: Configuration, _ b: Configuration) -> [(String, String, String)] {
    Configuration.settings.compactMap { setting in
      let (x, y) = (setting.get(a).typed, setting.get(b).typed)
      return x == y || !setting.affectsLearning ? nil : (setting.key, x, y)
    }
  }

  /// The first array that differs in the oldest common checkpoint that differs.
  private static func firstArray(
    _ a: RunRecord, _ b: RunRecord
  ) throws(ExperimentError) -> (file: String, tensor: String, text: String)? {
    let names = { (folder: RunFolder) in
      folder.checkpoints.reversed().compactMap { $0.split(separator: "/").last }
    }
    let others = Set(names(b.folder))
    for name in names(a.folder) where others.contains(name) {
      let (x, y) = (a.folder.checkpointFolder + "/" + name, b.folder.checkpointFolder + "/" + name)
      guard let part = try CheckpointDifference.first(x, y) else { continue }
      return (String(name), part.tensor, part.text)
    }
    return nil
  }

  /// The kind of cause that a differing array of a checkpoint suggests.
  private static func cause(of tensor: String?) -> Cause {
    guard let tensor else { return .altered }
    if tensor.hasSuffix(".observation") { return .environment }
    if tensor.hasSuffix(".actions") { return .action }
    return .arithmetic
  }
}
