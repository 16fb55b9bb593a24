public import AscentPolicyGradients

// The loop of a run.
extension Training {
  /// Trains until the step budget is used up or `isInterrupted` returns true.
  ///
  /// - Parameters:
  ///   - onIteration: called after each iteration with its results, the steps so far, and the seconds.
  ///   - onNumbers: called before `onIteration` with the same results under the names of ``MetricsTag``.
  ///   - onEvaluation: called with nil when an evaluation begins (`evaluation.every_steps`), and with its results.
  ///   - onNotice: called with notices that arise in the loop, before `onIteration`.
  ///   - isInterrupted: called before each step of the lanes, and after each step of an evaluation.
  ///   - profiling: measure the time of each phase.
  /// - Returns: the results of the run.
  /// - Throws: ``ExperimentError``; the newest checkpoint then has the last valid state.
  public mutating func run(
    onIteration: (_ report: Learner.Report, _ steps: Int, _ seconds: Double) -> Void = { _, _, _ in },
    onNumbers: (_ numbers: [(name: String, value: Double)]) -> Void = { _ in },
    onEvaluation: (InterimEvaluation?) -> Void = { _ in }, onNotice: (String) -> Void = { _ in },
    isInterrupted: @escaping () -> Bool = { false }, profiling: Bool = false
  ) throws(ExperimentError) -> Outcome {
    if profiling {
      opened.environment.runtime?.timeCalls()
      opened.learner.profile = Profile()
    }
    let isInterrupted = workers.map { $0.passingOn(isInterrupted) } ?? isInterrupted
    let (clock, firstStep) = (ContinuousClock(), opened.learner.steps)
    let start = clock.now
    var saved = (steps: firstStep, seconds: 0.0)
    var faults = 0
    let trafficBefore = workers?.traffic
    var diagnosis = Diagnosis(configuration, isResumed: firstStep > 0)
    // A run that was interrupted in an evaluation makes it now.
    var isGoing = try evaluateIfDue(onEvaluation, isInterrupted)
    while isGoing, opened.hasStepsLeft {
      guard let report = try iterate(isInterrupted) else {
        isGoing = false
        break
      }
      let (steps, seconds) = (opened.learner.steps, (clock.now - start).seconds)
      onNumbers(try record(report, seconds, since: firstStep))
      faults += report.faults
      origin.add(takeNotices() + diagnosis.notices(report, of: opened.learner), onNotice)
      onIteration(report, steps, seconds)
      isGoing = try evaluateIfDue(onEvaluation, isInterrupted)
      if isCheckpointDue(since: saved, now: seconds) {
        try saveCheckpoint()
        saved = (steps, seconds)
      }
      if opened.hasStepsLeft { try checkMemory() }
    }
    var outcome = Outcome(
      steps: opened.learner.steps, newSteps: opened.learner.steps - firstStep,
      seconds: (clock.now - start).seconds, meanReturn: recent.meanReturn ?? log.lastMean, fingerprint: "",
      bits: "", faults: faults, lastFault: opened.environment.lastFault, isInterrupted: !isGoing)
    origin.add(takeNotices(), onNotice)
    (outcome.fingerprint, outcome.bits) = try save(isComplete: isGoing)
    let traffic = workers.flatMap { workers in trafficBefore.map { workers.traffic.since($0) } }
    outcome.profile = opened.learner.profile.map {
      RunProfile($0, callSeconds: opened.environment.runtime?.callSeconds, traffic)
    }
    return outcome
  }

  /// Writes the results of an iteration; returns them under their tags.
  private mutating func record(
    _ report: Learner.Report, _ seconds: Double, since firstStep: Int
  ) throws(ExperimentError) -> [(name: String, value: Double)] {
    recent.add(report)
    let steps = opened.learner.steps
    var row = Metrics.Row(report: report, steps: steps, seconds: seconds, recent: recent)
    if configuration.algorithm.update == .gradient { row.rate = opened.learner.optimizer.rate }
    if seconds > 0 { row.stepsPerSecond = Double(steps - firstStep) / seconds }
    try log.append(row)
    let tagged = row.tagged
    try events.append(tagged, step: steps)
    return tagged
  }

  /// Lets a `close()` that hangs end the process with this exit code from now on: all results are saved.
  ///
  /// - Throws: ``ExperimentError`` when the system cannot create a thread.
  public func allowHanging(exitCode: Int32) throws(ExperimentError) {
    // A process that hangs could not tell other machines any more that the run is over.
    if let workers, workers.spansMachines {
      workers.end(code: 0, "the run is over")
      Ranks.leave(exitCode)
    }
    try opened.environment.runtime?.watchCalls(seconds: workforce.patience, exitCode: exitCode)
  }

  private mutating func iterate(_ isInterrupted: () -> Bool) throws(ExperimentError) -> Learner.Report? {
    do throws(LearnerError) {
      return try opened.iterate(isInterrupted)
    } catch {
      opened.recordFault(error, in: folder.faultFile)
      try saveCheckpoint()
      throw ExperimentError(stopping: error)
    }
  }

  /// Returns what environments of all processes have to tell since the last call.
  private mutating func takeNotices() -> [String] {
    defer { noticed = [] }
    return opened.environment.takeNotices() + (workers?.notices() ?? []) + noticed
  }

  private mutating func checkMemory() throws(ExperimentError) {
    do throws(ExperimentError) {
      try workforce.checkMemory()
    } catch {
      try saveCheckpoint()
      throw error
    }
  }
}
