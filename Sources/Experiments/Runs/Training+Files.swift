internal import AscentPolicies
internal import AscentPolicyGradients

// The files that a run writes, and how it goes on from them.
extension Training {
  /// Saves a checkpoint and run.toml; returns the hashes of the result.
  mutating func save(isComplete: Bool) throws(ExperimentError) -> RunRecord.Result {
    try saveCheckpoint()
    let parameters = opened.learner.parameters
    let result = (
      fingerprint: Fingerprint.ofRun(
        parameters: parameters, seed: configuration.seed, versions: opened.environment.versions),
      bits: Fingerprint.ofBits(parameters)
    )
    if !origin.notices.isEmpty { try origin.save(to: folder) }
    try writeRunFile(result: isComplete ? result : nil)
    return result
  }

  func isCheckpointDue(since saved: (steps: Int, seconds: Double), now seconds: Double) -> Bool {
    let (steps, interval) = (configuration.checkpointEverySteps, configuration.checkpointEverySeconds)
    return (steps > 0 && opened.learner.steps / steps > saved.steps / steps)
      || (interval > 0 && seconds - saved.seconds >= interval)
  }

  /// Saves a checkpoint, and its policy.
  mutating func saveCheckpoint() throws(ExperimentError) {
    try lock.confirm()
    let (rows, steps) = (try log.save(), opened.learner.steps)
    let file = folder.checkpointFile(steps: steps)
    if let moved = RunFolder.clear(file) {
      noticed.append("a folder was in the place of the checkpoint \(file), and is now \(moved)")
    }
    try opened.checkpoint(metrics: rows, recent: recent, evaluations: evaluations).replace(file)
    try PolicyFile.save(
      opened.learner.parameters, after: steps, configuration: configuration, lanes: opened.environment.lanes,
      in: folder)
    folder.pruneCheckpoints()
  }

  /// Saves the policy with which the run begins, so that the run does not need the one that it is from any more.
  mutating func saveBeginning() throws(ExperimentError) {
    try PolicyFile.saveWeights(opened.learner.parameters, after: nil, to: folder.beginningFile)
  }

  /// The records of run.toml besides the settings and the result.
  var records: [(key: String, value: String)] {
    tables.flatMap { table, entries in entries.map { ("\(table).\($0.0)", $0.1) } }
  }

  private var tables: [(table: String, entries: [(String, String)])] {
    [
      ("versions", opened.environment.versions), ("made_with", madeWith), ("budgets", opened.budgets.records),
      ("changes", changes),
    ]
  }

  func writeRunFile(result: RunRecord.Result?) throws(ExperimentError) {
    let hashes = result.map { [("fingerprint", $0.fingerprint), ("bits", $0.bits)] } ?? []
    try AtomicFile.replace(folder.runFile, with: configuration.toml(records: tables + [("result", hashes)]))
  }

  // MARK: Resuming

  /// Resumes from the newest checkpoint that can be read; returns its file, or nil if there is no checkpoint.
  mutating func resume(acceptingChanges: Bool) throws(ExperimentError) -> String? {
    let files = folder.checkpoints
    guard !files.isEmpty else { return nil }
    let record = try ResumedRecord(of: folder, configuration.catalog, now: records)
    if !record.changes.isEmpty, !acceptingChanges { throw record.refusal }
    notices += record.notices
    losses += record.losses
    // What was accepted once stays so: an older checkpoint may have the versions of before.
    let accepts = acceptingChanges || !record.accepted.isEmpty
    let (file, checkpoint) = try newest(of: files, acceptsVersions: accepts)
    let steps = checkpoint.state.steps
    guard configuration.environmentRandomness != .native || steps == 0 else {
      throw .usage(
        "a run with --environment-rng native cannot be resumed: the states of its generators are not saved")
    }
    guard steps <= configuration.steps else {
      throw .usage(
        "the run in \(folder.path) has made \(steps) steps, more than run.steps = \(configuration.steps); resume it "
          + "with --steps \(steps) or more")
    }
    try opened.restore(checkpoint)
    (recent, evaluations) = (checkpoint.recent, checkpoint.evaluations)
    losses += try log.restore(upTo: checkpoint.state.iteration, checkpoint.metrics)
    opened.budgets = record.budgets ?? opened.budgets
    opened.budgets.resume(after: steps, with: configuration.steps)
    changes = record.accepted + record.newlyAccepted(after: steps)
    notices.append("resuming from \(file) at step \(steps)")
    return file
  }

  /// The newest checkpoint that can be read, whatever is wrong with those after it.
  private mutating func newest(
    of files: [String], acceptsVersions: Bool
  ) throws(ExperimentError) -> (String, Checkpoint) {
    var first: ExperimentError?
    for file in files {
      do throws(ExperimentError) {
        return (file, try opened.checkpoint(in: file, acceptsVersions: acceptsVersions))
      } catch {
        first = first ?? error
        losses.append("\(error); trying an older checkpoint")
      }
    }
    throw first ?? .usage("\(folder.path) has no checkpoint")
  }
}
