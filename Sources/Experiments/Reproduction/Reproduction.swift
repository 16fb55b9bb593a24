public import AscentPolicyGradients
internal import FoundationEssentials

/// Repeats a run from its run.toml and compares the results byte for byte.
public struct Reproduction: ~Copyable {
  private let original: RunRecord
  private let copy: RunFolder
  private let isKept: Bool
  private let catalog: Catalog
  private var training: Training
  /// True if versions differ, which are part of the fingerprint and of the headers of checkpoints.
  private let isOfOtherVersions: Bool
  /// Messages about versions and machine properties that differ from those of the run; they may explain differences.
  public let warnings: [String]

  /// The comparison of one part of a run.
  public struct Comparison: Sendable {
    /// `metrics`, `evaluations` of a run that has some, `checkpoints`, `policy`, `bits` or `fingerprint`.
    public let name: String
    /// True if the part is equal in both runs, or differs only by the versions that it contains.
    public let isEqual: Bool
    /// The extent of the comparison, or the first difference.
    public let text: String
  }

  /// Opens the run and its copy.
  ///
  /// - Parameters:
  ///   - folder: the run.
  ///   - copy: the folder of the repeated run; nil for a temporary folder, which is deleted unless something differs.
  ///   - host: the catalog of names, and the Python of hosted environments.
  ///   - workforce: the processes of the repeated run; their number need not be that of the original.
  /// - Throws: ``ExperimentError``.
  public init(
    of folder: RunFolder, in copy: RunFolder?, host: Host, workforce: Workforce
  ) throws(ExperimentError) {
    let (original, isKept) = (try RunRecord(folder, host.catalog), copy != nil)
    try original.configuration.checkFiles()
    let copy = if let copy { copy } else { try RunFolder.temporary() }
    let training: Training
    do throws(ExperimentError) {
      training = try .open(
        original.configuration, (original.budgets, PolicyBeginning(of: folder)), folder: copy, host: host,
        beginning: .new, workforce: workforce)
    } catch {
      if !isKept { try? FileManager.default.removeItem(atPath: copy.path) }
      throw error
    }
    let differences = original.differences(to: training.records)
    isOfOtherVersions = differences.contains { $0.key.hasPrefix("versions.") }
    warnings = differences.map { key, ours, theirs in
      "the run was made with \(key) = \(ours), this is \(theirs)\(Influence.remark(on: key))"
    }
    (self.original, self.isKept, self.copy, catalog) = (original, isKept, copy, host.catalog)
    self.training = training
  }

  /// The folder of the repeated run.
  public var folder: String { copy.path }

  /// The environment of the repeated run.
  public var environment: OpenedEnvironment { training.opened.environment }

  /// The step budget of the run.
  public var steps: Int { original.configuration.steps }

  /// Repeats the run, one that is not finished for as many iterations as it has, and compares.
  ///
  /// - Returns: the comparison of each part, or nil when it was interrupted.
  /// - Throws: ``ExperimentError``.
  public mutating func run(
    onIteration: (_ report: Training.Report, _ steps: Int, _ seconds: Double) -> Void,
    isInterrupted: @escaping () -> Bool
  ) throws(ExperimentError) -> [Comparison]? {
    let counter = Counter()
    // A run that was interrupted or crashed has fewer iterations than its budget allows; of a finished one, rows may be lost.
    let last = original.fingerprint == nil ? original.metrics.rows.count : Int.max
    let outcome = try training.run(
      onIteration: { report, steps, seconds in
        counter.iterations = report.iteration
        onIteration(report, steps, seconds)
      }, isInterrupted: { counter.iterations >= last || isInterrupted() })
    guard !outcome.isInterrupted || counter.iterations >= last else {
      if !isKept { try? FileManager.default.removeItem(atPath: copy.path) }
      return nil
    }
    let again = try RunRecord(copy, catalog)
    let all =
      [compareMetrics(again)] + compareEvaluations() + [try compareCheckpoints()]
      + (try compareResults(again))
    if all.allSatisfy(\.isEqual), !isKept { try? FileManager.default.removeItem(atPath: copy.path) }
    return all
  }

  private final class Counter {
    var iterations = 0
  }

  private func compareMetrics(_ again: RunRecord) -> Comparison {
    let (then, now) = (original.metrics, again.metrics)
    if let part = then.firstDifference(to: now) {
      return Comparison(
        name: "metrics", isEqual: false,
        text: "first difference in iteration \(part.iteration): \(part.columns.joined(separator: ", "))")
    }
    guard then.rows.count == now.rows.count else {
      return Comparison(
        name: "metrics", isEqual: false,
        text: "metrics.csv has \(then.rows.count) rows, the run has \(now.rows.count) iterations")
    }
    return Comparison(
      name: "metrics", isEqual: true, text: "\(now.rows.count) iterations, every column but seconds")
  }

  /// Compares the rows of evaluations.csv that both have, and best/ if they have the same number of them.
  private func compareEvaluations() -> [Comparison] {
    guard original.configuration.evaluateEverySteps > 0 else { return [] }
    let texts = [original.folder, copy].map { folder in
      String(decoding: (try? AtomicFile.read(folder.evaluationsFile)) ?? [], as: UTF8.self)
    }
    let (then, now) = (MetricsTable(texts[0]), MetricsTable(texts[1]))
    var difference = then.firstDifference(to: now).map { part in
      "row \(part.iteration) of evaluations.csv has another \(part.columns.joined(separator: ", "))"
    }
    if difference == nil, original.fingerprint != nil {
      if then.rows.count != now.rows.count {
        difference = "evaluations.csv has \(then.rows.count) rows, the run makes \(now.rows.count)"
      } else if !then.rows.isEmpty {
        let files = (original.folder.best.weightsFile, copy.best.weightsFile)
        let part = Result { () throws(ExperimentError) in try CheckpointDifference.first(files.0, files.1) }
        switch part {
        case .success(let part): difference = part.map { "best/policy.safetensors: \($0.text)" }
        case .failure(let error): difference = "\(error)"
        }
      }
    }
    let count = min(then.rows.count, now.rows.count)
    return [
      Comparison(
        name: "evaluations", isEqual: difference == nil,
        text: difference ?? "\(count) evaluations, and the best policy")
    ]
  }

  private func compareCheckpoints() throws(ExperimentError) -> Comparison {
    let now = Set(copy.checkpoints.map(Self.name))
    let common = original.folder.checkpoints.filter { now.contains(Self.name($0)) }
    for file in common.reversed() {
      let other = copy.checkpointFolder + "/" + Self.name(file)
      guard try Safetensors.bytes(of: file) != Safetensors.bytes(of: other) else { continue }
      let part = try CheckpointDifference.first(file, other)
      if part == nil, isOfOtherVersions { continue }
      return Comparison(
        name: "checkpoints", isEqual: false, text: "\(Self.name(file)) differs: \(part?.text ?? "its header")"
      )
    }
    return Comparison(
      name: "checkpoints", isEqual: true,
      text: common.isEmpty
        ? "none in common"
        : "\(common.count) of \(common.count) "
          + (isOfOtherVersions ? "in every array; their headers have the versions" : "byte for byte"))
  }

  private func compareResults(_ again: RunRecord) throws(ExperimentError) -> [Comparison] {
    // The policy and the fingerprint are compared for finished runs only.
    guard let then = original.fingerprint else { return [] }
    var all: [Comparison] = []
    let (old, new) = (original.folder.weightsFile, copy.weightsFile)
    let isEqual = try Safetensors.bytes(of: old) == Safetensors.bytes(of: new)
    let part = isEqual ? nil : try CheckpointDifference.first(old, new)
    all.append(
      Comparison(
        name: "policy", isEqual: part == nil,
        text: isEqual
          ? "policy.safetensors byte for byte"
          : part?.text ?? "policy.safetensors in every array; its header is of another version"))
    let areSameBits = original.bits.map { $0 == again.bits }
    if let bits = original.bits { all.append(Self.comparison("bits", bits, again.bits)) }
    var fingerprint = Self.comparison("fingerprint", then, again.fingerprint)
    if !fingerprint.isEqual, areSameBits == true, isOfOtherVersions {
      fingerprint = Comparison(
        name: "fingerprint", isEqual: true, text: "same bits, other versions: \(fingerprint.text)")
    }
    return all + [fingerprint]
  }

  private static func comparison(_ name: String, _ then: String, _ now: String?) -> Comparison {
    let isEqual = then == now
    return Comparison(
      name: name, isEqual: isEqual, text: isEqual ? then : "\(then) then, \(now ?? "none") now")
  }

  private static func name(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }
}
