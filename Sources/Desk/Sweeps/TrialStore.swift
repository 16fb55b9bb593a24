package import AscentExperiments

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

  /// Makes the folder of a group of settings.
  ///
  /// - Throws: ``ExperimentError/file(path:action:number:)``.
  func prepare(_ trial: Trial) throws(ExperimentError) {
    _ = try RunFolder("\(folder.path)/\(trial.group)").make()
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

  /// A result as its file has it.
  private struct Record: Codable {
    /// The arguments of the training.
    var arguments: [String]
    var score: TrialScore?
    var prunedAt: Int?
    var prunedValue: Double?
  }

  /// The recorded ending of a trial that need not be repeated; nil if there is none.
  ///
  /// - Throws: ``ExperimentError/damaged(file:reason:)`` if the file is of another trial with this name.
  package func ending(of trial: Trial) throws(ExperimentError) -> TrialEnding? {
    guard let bytes = try? AtomicFile.read(result(of: trial), limit: AtomicFile.largestText),
      let record = try? JSONText.decode(Record.self, from: bytes[...])
    else { return nil }
    guard record.arguments == trial.arguments else {
      throw .damaged(
        file: result(of: trial),
        reason:
          "it is of the trial \(ShellWords.line(record.arguments)), not of \(ShellWords.line(trial.arguments))"
      )
    }
    if let score = record.score { return .finished(score) }
    if let steps = record.prunedAt, let value = record.prunedValue {
      return .pruned(steps: steps, value: value)
    }
    return nil
  }

  /// Records the ending of a trial, unless it failed or was interrupted.
  ///
  /// - Throws: ``ExperimentError/file(path:action:number:)``.
  func record(_ ending: TrialEnding, of trial: Trial) throws(ExperimentError) {
    let fields: [(String, JSON)]
    switch ending {
    case .finished(let score):
      fields = [
        (
          "score",
          .object([
            ("meanReturn", .number(score.meanReturn)), ("standardError", .number(score.standardError)),
            ("fingerprint", .text(score.fingerprint)), ("bits", .text(score.bits)),
          ])
        )
      ]
    case .pruned(let steps, let value):
      fields = [("prunedAt", .integer(steps)), ("prunedValue", .number(value))]
    case .failed, .interrupted: return
    }
    let all = [("arguments", JSON.array(trial.arguments.map { .text($0) }))] + fields
    try AtomicFile.write(JSON.object(all).line + "\n", to: result(of: trial))
  }

  /// The result that the evaluation of a trial printed; nil if there is none.
  func evaluated(_ trial: Trial) -> TrialScore? {
    struct Line: Codable {
      var event: String
      var meanReturn: Double?
      var standardError: Double?

      enum CodingKeys: String, CodingKey {
        case event
        case meanReturn = "mean_return"
        case standardError = "standard_error"
      }
    }
    let run = run(of: trial)
    guard let bytes = try? AtomicFile.read(output(of: trial), limit: AtomicFile.largestText),
      let last = bytes.split(separator: UInt8(ascii: "\n")).last,
      let line = try? JSONText.decode(Line.self, from: last), line.event == "evaluation",
      let mean = line.meanReturn, let fingerprint = run.recordedFingerprint
    else { return nil }
    return TrialScore(
      meanReturn: mean, standardError: line.standardError ?? .nan, fingerprint: fingerprint,
      bits: run.recordedBits ?? "")
  }

  /// The line that says why a trial failed: the last one of Ascent, else the last one.
  func lastLine(of trial: Trial) -> String {
    let bytes = (try? AtomicFile.read(log(of: trial), limit: AtomicFile.largestText)) ?? []
    let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    return String(lines.last { $0.hasPrefix("ascent: ") } ?? lines.last ?? "it printed nothing")
  }
}
