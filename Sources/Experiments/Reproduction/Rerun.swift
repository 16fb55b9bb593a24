internal import Environments
internal import PolicyGradients

/// A training run made again in memory, iteration by iteration: what it saw and did can be looked at, nothing is written.
///
/// The seed decides every step, so a run is its own recording.
struct Rerun: ~Copyable {
  let record: RunRecord
  private(set) var opened: OpenedRun

  /// Opens a run at its beginning, or at the newest of its checkpoints that `isEarlyEnough` accepts.
  ///
  /// A checkpoint that is damaged, was made with other versions, or cannot be restored is passed over.
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
    var opened = try OpenedRun(record.configuration, host: host)
    // Generators of the environments' own start at the beginning.
    guard record.configuration.environmentRandomness == .streams else { return opened }
    for file in record.folder.checkpoints {
      guard let checkpoint = try? opened.checkpoint(in: file), isEarlyEnough(checkpoint) else { continue }
      do throws(ExperimentError) {
        try opened.restore(checkpoint)
        return opened
      } catch {
        opened = try OpenedRun(record.configuration, host: host)
      }
    }
    return opened
  }

  /// What the last iteration saw and did.
  var rollout: Rollout { opened.learner.rollout }

  /// Makes the next iteration; nil at the end of the budget, or of what the run made of it, or when interrupted.
  mutating func iterate(_ isInterrupted: () -> Bool = { false }) throws(ExperimentError) -> Learner.Report? {
    guard opened.hasStepsLeft, opened.learner.iteration < record.metrics.rows.count else { return nil }
    do throws(LearnerError) {
      return try opened.iterate(isInterrupted)
    } catch {
      throw ExperimentError(stopping: error)
    }
  }

  /// The columns of metrics.csv in which an iteration is not as it was.
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
