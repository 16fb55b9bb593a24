internal import AscentPolicies
internal import AscentPolicyGradients
internal import FoundationEssentials

// The evaluations of the policy while it is trained (`evaluation.every_steps`).
extension Training {
  /// Checks that the environment can be opened once more beside the run's own, which each evaluation does.
  ///
  /// - Throws: ``ExperimentError``.
  static func checkEvaluations(
    _ configuration: Configuration, _ host: Host, beside runtime: (any HostedRuntime)?
  ) throws(ExperimentError) {
    guard configuration.evaluateEverySteps > 0 else { return }
    runtime?.keepSharedGenerators()
    defer { runtime?.restoreSharedGenerators() }
    _ = try OpenedEnvironment(configuration, .interim(configuration), host: host)
  }

  /// A notice where the run is over before the first evaluation.
  static func evaluationNotices(_ configuration: Configuration) -> [String] {
    guard configuration.evaluateEverySteps > configuration.steps else { return [] }
    return [
      "the run has \(configuration.steps) steps, so evaluation.every_steps = \(configuration.evaluateEverySteps) means no evaluation"
    ]
  }

  /// Brings evaluations.csv and best/ to the state of the checkpoint, or of the beginning of a run.
  mutating func beginEvaluations() throws(ExperimentError) {
    guard configuration.evaluateEverySteps > 0 else {
      // Those of a run that was here before, and had no checkpoint yet.
      try? FileManager.default.removeItem(atPath: folder.evaluationsFile)
      return removeBest()
    }
    try AtomicFile.replace(folder.evaluationsFile, with: evaluations.text)
    guard evaluations.bestRow != nil else { return removeBest() }
    try saveBest()
  }

  /// Evaluates the policy if it is time to; returns false if that was interrupted, and then nothing is recorded.
  mutating func evaluateIfDue(
    _ onEvaluation: (InterimEvaluation?) -> Void, _ isInterrupted: @escaping () -> Bool
  ) throws(ExperimentError) -> Bool {
    let steps = opened.learner.steps
    guard evaluations.isDue(after: steps, every: configuration.evaluateEverySteps) else { return true }
    onEvaluation(nil)
    let found: InterimEvaluation?
    do throws(ExperimentError) {
      found = try InterimEvaluation(
        of: opened.learner, configuration, host, beside: opened.environment.runtime,
        isInterrupted: isInterrupted)
    } catch {
      try saveCheckpoint()
      throw error
    }
    guard let found else { return false }
    let row = evaluations.add(found, of: opened.learner.parameters.values)
    if row.isBest { try saveBest() }
    try AtomicFile.append(
      MetricsColumn.line(InterimEvaluation.columns, row), to: folder.evaluationsFile)
    try events.append(row.tagged, step: steps)
    onEvaluation(row)
    return true
  }

  /// Removes the best policy of a part of the run that is made again.
  private func removeBest() {
    for file in [folder.best.policyFile, folder.best.weightsFile] {
      try? FileManager.default.removeItem(atPath: file)
    }
    RunFolder.remove([folder.best.absolutePath])
  }

  /// Writes the best policy into best/.
  private mutating func saveBest() throws(ExperimentError) {
    guard let row = evaluations.bestRow else { return }
    _ = try folder.best.make()
    var parameters = opened.learner.parameters
    parameters.values = evaluations.best
    try PolicyFile.save(
      parameters, after: row.steps, configuration: configuration, lanes: opened.environment.lanes,
      in: folder.best)
  }
}
