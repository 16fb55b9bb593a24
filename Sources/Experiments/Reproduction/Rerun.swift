internal import AscentEnvironments
internal import AscentPolicyGradients

/// A training run that is repeated in memory, iteration by iteration, so that its rollouts can be inspected.
///
/// The seed determines every step, so nothing needs to have been recorded; no files are written.
struct Rerun: ~Copyable {
  let record: RunRecord
  private(set) var opened: OpenedRun

  /// Opens a run at the newest of its checkpoints that `isEarlyEnough` accepts, or at its beginning.
  ///
  /// A checkpoint that is damaged, was made with other versions, or cannot be restored is skipped.
  init(
    of record: RunRecord, host: Host, from isEarlyEnough: (Checkpoint) -> Bool = { _ in false }
  ) throws(ExperimentError) {
    let opened = try Self.open(record, host, isEarlyEnough)
    self.init(record, opened)
  }

  private init(_ record: RunRecord, _ opened: consuming OpenedRun) {
    self.record = record
    self.opened = opened
  }

  private static func open(
    _ record: RunRecord, _ host: Host, _ isEarlyEnough: (Checkpoint) -> Bool
  ) throws(ExperimentError) -> OpenedRun {
    var opened = try atBeginning(record, host)
    // The environments' own generators cannot be restored, so such a run is repeated from its beginning.
    guard record.configuration.environmentRandomness != .native else { return opened }
    for file in record.folder.checkpoints {
      guard let checkpoint = try? opened.checkpoint(in: file), isEarlyEnough(checkpoint) else { continue }
      do throws(ExperimentError) {
        try opened.restore(checkpoint)
        return opened
      } catch {
        opened = try atBeginning(record, host)
      }
    }
    return opened
  }

  private static func atBeginning(_ record: RunRecord, _ host: Host) throws(ExperimentError) -> OpenedRun {
    try record.configuration.checkFiles()
    var opened = try OpenedRun(
      record.configuration, host: host, from: PolicyBeginning(of: record.folder))
    opened.budgets = record.budgets
    return opened
  }

  /// The rollout of the last iteration.
  var rollout: Rollout { opened.learner.rollout }

  /// The records of a run that would be made here and now.
  var presentRecords: [(key: String, value: String)] {
    let made = RunRecord.madeWith(
      RunRecord.sums(of: record.configuration), opened.environment.runtime, python: nil)
    return opened.environment.versions.map { ("versions.\($0.0)", $0.1) }
      + made.map { ("made_with.\($0.0)", $0.1) } + record.budgets.records.map { ("budgets.\($0.0)", $0.1) }
  }

  /// Makes the next iteration; nil after the last iteration of the original run, or when interrupted.
  mutating func iterate(_ isInterrupted: () -> Bool = { false }) throws(ExperimentError) -> Learner.Report? {
    guard opened.hasStepsLeft, opened.learner.iteration < record.metrics.rows.count else { return nil }
    do throws(LearnerError) {
      return try opened.iterate(isInterrupted)
    } catch {
      throw ExperimentError(stopping: error)
    }
  }

  /// The columns in which an iteration differs from the metrics.csv of the run.
  func strayed(_ report: Learner.Report) -> [String] {
    let line = Metrics.line(Metrics.Row(report: report, steps: opened.learner.steps, seconds: 0))
    let table = MetricsTable(Metrics.header + line)
    guard record.metrics.rows.indices.contains(report.iteration - 1), let now = table.rows.first else {
      return []
    }
    let then = record.metrics.rows[report.iteration - 1]
    return table.columns.indices.filter { then[$0] != now[$0] }.map { String(table.columns[$0]) }
  }
}
