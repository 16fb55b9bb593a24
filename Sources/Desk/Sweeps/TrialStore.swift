package import AscentExperiments
internal import FoundationEssentials

/// The folder of a sweep: a folder with runs for each group of settings, logs, and a small file for each result.
///
///     sweeps/first/ppo-1/seed-1/            a run
///     sweeps/first/logs/ppo-1-seed-1.log    what its processes printed
///     sweeps/first/results/ppo-1-seed-1.json
package struct TrialStore: Sendable {
  /// The folder.
  package let folder: RunFolder

  /// Names a folder.
  package init(_ folder: RunFolder) { self.folder = folder }

  /// Makes the folders of logs and results.
  ///
  /// - Throws: ``ExperimentError/file(path:action:number:)``.
  package func prepare() throws(ExperimentError) {
    for name in ["logs", "results"] { _ = try RunFolder("\(folder.path)/\(name)").make() }
  }

  /// Writes a mark that no other folder has, and returns it.
  ///
  /// - Throws: ``ExperimentError/file(path:action:number:)``.
  func mark() throws(ExperimentError) -> String {
    let mark = "\(UInt64.random(in: 0 ... .max))"
    try AtomicFile.write(mark, to: markFile)
    return mark
  }

  /// True if this is the folder that has been marked so.
  func hasMark(_ mark: String) -> Bool {
    (try? AtomicFile.read(markFile, limit: AtomicFile.largestText)) == Array(mark.utf8)
  }

  private var markFile: String { folder.path + "/results/.mark" }

  /// Makes the folder of a group of settings.
  ///
  /// - Throws: ``ExperimentError/file(path:action:number:)``.
  func prepare(_ trial: Trial) throws(ExperimentError) {
    _ = try RunFolder("\(folder.path)/\(trial.group)").make()
  }

  /// Removes the run of a trial that was trained here.
  ///
  /// - Throws: ``ExperimentError/machine(_:)`` if it cannot be removed.
  func removeRun(of trial: Trial) throws(ExperimentError) {
    guard trial.existing == nil else { return }
    do {
      try FileManager.default.removeItem(atPath: run(of: trial).path)
    } catch {
      throw .machine("\(run(of: trial).path) cannot be removed: \(error)")
    }
  }

  /// The run of a trial.
  package func run(of trial: Trial) -> RunFolder {
    trial.existing ?? RunFolder("\(folder.path)/\(trial.name)")
  }

  /// The file of what a trial prints on standard error.
  package func log(of trial: Trial) -> String { file("logs", trial, "log") }

  /// The file of what a trial prints on standard output.
  func output(of trial: Trial) -> String { file("logs", trial, "out") }

  private func result(of trial: Trial) -> String { file("results", trial, "json") }

  private func file(_ kind: String, _ trial: Trial, _ ending: String) -> String {
    "\(folder.path)/\(kind)/\(trial.group)-seed-\(trial.seed).\(ending)"
  }

  /// What a result depends on besides the arguments of its training.
  struct Terms: Equatable {
    /// The number of held-out episodes.
    var episodes: Int
    /// The seed of the held-out episodes.
    var evaluationSeed: UInt64
    /// The SHA-256 of each file of settings, by its path.
    var files: [String: String] = [:]
  }

  /// A result as its file has it.
  private struct Record: Codable {
    /// The arguments of the training.
    var arguments: [String]
    var episodes: Int
    var evaluationSeed: UInt64
    var files: [String: String]
    var score: TrialScore?
    var prunedAt: Int?
    var prunedValue: Double?
    var failure: TrialFailure?
    /// True for a failure that is never tried again.
    var isFinal: Bool?
  }

  /// The recorded ending of a trial that need not be repeated; nil if there is none, or if only the evaluation was another one.
  ///
  /// - Throws: ``ExperimentError/damaged(file:reason:)`` if the file is of another trial with this name,
  ///   ``ExperimentError/usage(_:)`` if a file of settings has changed since.
  func ending(of trial: Trial, _ terms: Terms) throws(ExperimentError) -> TrialEnding? {
    guard !(recorded(trial).map { $0.failure != nil && $0.isFinal != true } ?? false) else { return nil }
    return try newestEnding(of: trial, terms)
  }

  /// The same, also for a failure that is to be tried again.
  func newestEnding(of trial: Trial, _ terms: Terms) throws(ExperimentError) -> TrialEnding? {
    guard let record = recorded(trial) else { return nil }
    guard record.arguments == trial.arguments else {
      throw .damaged(
        file: result(of: trial),
        reason:
          "it is of the trial \(ShellWords.line(record.arguments)), not of \(ShellWords.line(trial.arguments))"
      )
    }
    for (path, hash) in terms.files where record.files[path] != hash {
      throw .usage(
        "\(path) has changed since \(trial.name) was trained in \(folder.path); choose another --out, or restore the file"
      )
    }
    if let failure = record.failure { return .failed(failure) }
    let isSame = record.episodes == terms.episodes && record.evaluationSeed == terms.evaluationSeed
    if let score = record.score { return isSame ? .finished(score) : nil }
    if let steps = record.prunedAt, let value = record.prunedValue {
      return .pruned(steps: steps, value: value)
    }
    return nil
  }

  /// True if a trial has a result that is no failure, be it of another evaluation.
  func hasResult(of trial: Trial) -> Bool { recorded(trial).map { $0.failure == nil } ?? false }

  private func recorded(_ trial: Trial) -> Record? {
    guard let bytes = try? AtomicFile.read(result(of: trial), limit: AtomicFile.largestText) else {
      return nil
    }
    return try? JSONText.decode(Record.self, from: bytes[...])
  }

  /// Records the ending of a trial, unless it was interrupted.
  ///
  /// - Parameters:
  ///   - ending: the ending.
  ///   - trial: the trial.
  ///   - terms: what the ending depends on.
  ///   - keepsFailure: true if a failure is never tried again.
  /// - Throws: ``ExperimentError/file(path:action:number:)``.
  func record(
    _ ending: TrialEnding, of trial: Trial, _ terms: Terms, keepsFailure: Bool
  ) throws(ExperimentError) {
    let fields: [(String, JSON)]
    switch ending {
    case .finished(let score):
      fields = [
        (
          "score",
          .object([
            ("meanReturn", .number(score.meanReturn)),
            ("standardError", score.standardError.map { .number($0) } ?? .null),
            ("fingerprint", .text(score.fingerprint)), ("bits", .text(score.bits)),
          ])
        )
      ]
    case .pruned(let steps, let value):
      fields = [("prunedAt", .integer(steps)), ("prunedValue", .number(value))]
    case .failed(let failure):
      fields = [
        ("isFinal", .bool(keepsFailure)),
        (
          "failure",
          .object([
            ("ending", .text(failure.ending)), ("code", .integer(Int(failure.code))),
            ("lastLine", .text(failure.lastLine)),
          ])
        ),
      ]
    case .interrupted: return
    }
    let files = terms.files.sorted { $0.key < $1.key }.map { ($0.key, JSON.text($0.value)) }
    let all: [(String, JSON)] =
      [
        ("arguments", .array(trial.arguments.map { .text($0) })), ("episodes", .integer(terms.episodes)),
        ("evaluationSeed", .unsigned(terms.evaluationSeed)), ("files", .object(files)),
      ] + fields
    try AtomicFile.write(JSON.object(all).line + "\n", to: result(of: trial))
  }
}
