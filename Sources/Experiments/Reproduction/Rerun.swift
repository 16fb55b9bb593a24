internal import Environments
internal import PolicyGradients
internal import Randomness

/// A training run made again in memory, iteration by iteration: what it saw and did can be looked at, nothing is written.
///
/// The seed decides every step, so a run is its own recording.
struct Rerun {
  let record: RunRecord
  private(set) var opened: OpenedEnvironment
  private(set) var learner: Learner

  /// Opens a run at its beginning, or at the newest of its checkpoints that `isEarlyEnough` accepts.
  ///
  /// A checkpoint that is damaged, was made with other versions, or cannot be gone back to is passed over.
  init(
    of record: RunRecord, host: PythonHost, from isEarlyEnough: (Checkpoint) -> Bool = { _ in false }
  ) throws(ExperimentError) {
    self.record = record
    let configuration = record.configuration
    func open() throws(ExperimentError) -> (OpenedEnvironment, Learner) {
      let opened = try OpenedEnvironment(
        configuration, seed: configuration.seed, purpose: .environment, laneCount: configuration.lanes,
        inVectors: true, host: host)
      return (opened, try Training.learner(configuration, opened.lanes))
    }
    (opened, learner) = try open()
    // Generators that are the environments' own begin at the beginning.
    guard configuration.environmentRandomness == .streams else { return }
    let settings = Training.identity(configuration, opened.versions)
    for file in record.folder.checkpoints {
      guard let bytes = try? AtomicFile.read(file),
        let checkpoint = try? Checkpoint(
          bytes, file: file, settings: settings, like: learner.state, lanes: opened.lanes),
        isEarlyEnough(checkpoint)
      else { continue }
      do throws(ExperimentError) {
        try Training.restore(&learner, opened.lanes, from: checkpoint)
        return
      } catch {
        (opened, learner) = try open()
      }
    }
  }

  /// What the last iteration saw and did.
  var rollout: Rollout { learner.rollout }

  /// Makes the next iteration; nil at the end of the budget, or of what the run made of it, or when interrupted.
  mutating func iterate(_ isInterrupted: () -> Bool = { false }) throws(ExperimentError) -> Learner.Report? {
    let budget = record.configuration.steps - learner.steps
    guard budget > 0, learner.iteration < record.metrics.rows.count else { return nil }
    do {
      return try learner.iterate(budget: budget, isInterrupted: isInterrupted)
    } catch {
      throw ExperimentError(stopping: error)
    }
  }

  /// The columns of metrics.csv in which an iteration is not as it was.
  func strayed(_ report: Learner.Report) -> [String] {
    let row = MetricsTable(Metrics.header + Metrics.row(report, steps: learner.steps, seconds: 0))
    guard record.metrics.rows.indices.contains(report.iteration - 1), let now = row.rows.first else {
      return []
    }
    let then = record.metrics.rows[report.iteration - 1]
    return row.columns.indices.filter { then[$0] != now[$0] }.map { String(row.columns[$0]) }
  }
}
