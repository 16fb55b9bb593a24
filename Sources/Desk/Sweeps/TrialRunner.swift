package import AscentExperiments

/// Trains and evaluates trials in processes of their own, several at once.
///
/// The processes end when this one does, so that a killed sweep leaves none behind. A trial that has a result is not
/// repeated, and one that has a checkpoint goes on from it.
package struct TrialRunner {
  /// The folder of the trials.
  package var store: TrialStore
  /// The executable `ascent`.
  package var executable: String
  /// The largest number of processes at once, in each rank.
  package var jobs = 1
  /// The ranks among which trials are given out; nil if all are made here.
  package var ranks: RankExchange?
  /// The names that settings may have.
  package var catalog: Catalog
  /// Arguments of every `ascent train` that do not change its bits.
  package var trainingOptions: [String] = []
  /// Arguments of every process, such as `--python`.
  package var options: [String] = []
  /// The number of held-out episodes of a trial.
  package var episodes = 100
  /// The seed of the held-out episodes.
  package var evaluationSeed: UInt64 = 1
  /// True if a trial that failed is not tried again: later trials depend on its failure.
  package var keepsFailures = false
  /// Called often; true once the user asked for an end.
  package var isInterrupted: () -> Bool = { false }
  /// Called when a trial begins (nil) and when it ends.
  package var onChange: (Trial, TrialEnding?) -> Void = { _, _ in }
  /// Asked often about a trial that is trained; returns the ending of one that is to be stopped.
  package var prune: (Trial, RunFolder) throws(ExperimentError) -> TrialEnding? = {
    _, _ throws(ExperimentError) in nil
  }

  /// Makes a runner with one process at a time.
  package init(store: TrialStore, executable: String, catalog: Catalog = .standard) {
    (self.store, self.executable, self.catalog) = (store, executable, catalog)
  }

  /// A trial whose process runs.
  private struct Active {
    let index: Int
    let terms: TrialStore.Terms
    let attempt: TrialStore.Attempt
    var child: ChildProcess
    var isTraining: Bool
    /// The ending of a trial that was asked to stop.
    var pruned: TrialEnding?
    /// When the pruner looks again: the longer the run, the longer it reads metrics.csv, and at most a twentieth of the time.
    var nextLook = ContinuousClock.now
  }

  /// Runs trials to their ends.
  ///
  /// - Parameter trials: the trials; they begin in this order.
  /// - Returns: an ending for each; those that never began are interrupted.
  /// - Throws: ``ExperimentError`` if no process can be started or a result cannot be written.
  package func run(_ trials: [Trial]) throws(ExperimentError) -> [TrialEnding] {
    var hashes: [String: String] = [:]
    var endings: [TrialEnding?] = []
    for trial in trials { endings.append(try store.ending(of: trial, try terms(of: trial, &hashes))) }
    let waiting = trials.indices.filter { endings[$0] == nil }
    let pending = waiting.map { trials[$0] }
    if let ranks { try RankQueue.tell(pending, mark: try store.mark(), to: ranks) }
    var queue: any TrialQueue =
      if let ranks { RankQueue(pending.indices, among: ranks) } else { OwnQueue(pending.indices) }
    let made = try make(pending, from: &queue, &hashes)
    for (position, index) in waiting.enumerated() {
      endings[index] = made[position]
      guard queue.madeElsewhere.contains(position) else { continue }
      endings[index] = try store.newestEnding(of: trials[index], try terms(of: trials[index], &hashes))
      guard endings[index] != nil else {
        throw .machine(
          "\(trials[index].name) was made in another rank, and its result is not in \(store.folder.path)")
      }
    }
    return endings.map { $0 ?? .interrupted }
  }

  /// Makes the trials that a queue gives out; returns the endings of those that were made here.
  func make(
    _ trials: [Trial], from queue: inout any TrialQueue, _ hashes: inout [String: String]
  ) throws(ExperimentError) -> [TrialEnding?] {
    var endings = [TrialEnding?](repeating: nil, count: trials.count)
    var active: [Active] = []
    var isTold = false
    do throws(ExperimentError) {
      while true {
        if !isTold, isInterrupted() { queue.stop() }
        if !isTold, queue.isStopped {
          isTold = true
          for one in active { one.child.askToStop() }
        }
        let free = isTold ? 0 : jobs - active.count
        guard let next = try queue.next(free: free, isIdle: active.isEmpty) else { return endings }
        for index in next {
          onChange(trials[index], nil)
          active.append(try begin(trials[index], index, try terms(of: trials[index], &hashes)))
        }
        var left: [Active] = []
        for (number, one) in active.enumerated() {
          let trial = trials[one.index]
          if let still = try advanced(one, trial, wait: number == 0 ? 20 : 0, isTold, &queue, &endings) {
            left.append(still)
          } else if let ending = endings[one.index] {
            onChange(trial, ending)
          }
        }
        active = left
      }
    } catch {
      stop(active)
      throw error
    }
  }

  /// What the result of a trial depends on besides its arguments.
  ///
  /// - Parameters:
  ///   - trial: the trial.
  ///   - hashes: the hashes of files that have been read.
  /// - Returns: the terms.
  /// - Throws: ``ExperimentError`` if a file of settings cannot be read.
  func terms(
    of trial: Trial, _ hashes: inout [String: String]
  ) throws(ExperimentError) -> TrialStore.Terms {
    var terms = TrialStore.Terms(episodes: episodes, evaluationSeed: evaluationSeed)
    for file in trial.files {
      if hashes[file] == nil {
        hashes[file] = Fingerprint.of(try AtomicFile.read(file, limit: AtomicFile.largestText))
      }
      terms.files[file] = hashes[file]
    }
    return terms
  }

  /// Looks after a process; returns nil if its trial has ended, or is to be tried elsewhere.
  private func advanced(
    _ one: Active, _ trial: Trial, wait: Int32, _ isTold: Bool, _ queue: inout any TrialQueue,
    _ endings: inout [TrialEnding?]
  ) throws(ExperimentError) -> Active? {
    var one = one
    guard let ending = one.child.ending(within: wait) else {
      let now = ContinuousClock.now
      guard one.isTraining, one.pruned == nil, !isTold, now >= one.nextLook else { return one }
      one.pruned = try prune(trial, store.run(of: trial))
      one.nextLook = .now.advanced(by: now.duration(to: .now) * 20)
      if one.pruned != nil { one.child.askToStop() }
      return one
    }
    if one.isTraining, one.pruned == nil, ending == .code(0) {
      // The last rows may have been written since the last look.
      one.pruned = try prune(trial, store.run(of: trial))
    }
    if one.isTraining, one.pruned == nil, ending == .code(0), !isTold, !isInterrupted() {
      one.child = try evaluation(of: trial)
      one.isTraining = false
      return one
    }
    if case .signal = ending, one.pruned == nil, !isTold, queue.triesElsewhere(one.index) { return nil }
    let end = one.pruned ?? self.ending(ending, of: trial, one, isTold)
    try store.record(end, of: trial, one.terms, keepsFailure: keepsFailures)
    queue.ended(one.index, isWritten: end != .interrupted)
    endings[one.index] = end
    return nil
  }

  private func ending(
    _ ending: ChildProcess.Ending, of trial: Trial, _ one: Active, _ isTold: Bool
  ) -> TrialEnding {
    if !one.isTraining, ending == .code(0), let score = store.evaluated(trial, one.attempt) {
      return .finished(score)
    }
    let stopped = ChildProcess.Ending.code(ExitStatus.interrupted.rawValue)
    if isTold || isInterrupted(), ending == stopped || ending == .code(0) { return .interrupted }
    var code = ExitStatus.environmentFault.rawValue
    if case .code(let number) = ending, number != 0 { code = number }
    return .failed(
      TrialFailure(ending: ending.words, code: code, lastLine: store.lastLine(of: trial, one.attempt)))
  }

  private func begin(
    _ trial: Trial, _ index: Int, _ terms: TrialStore.Terms
  ) throws(ExperimentError) -> Active {
    let run = store.run(of: trial)
    // What another process makes has not failed.
    if trial.existing == nil { try RunLock.refuseIfHeld(run, as: .alone) }
    let attempt = store.attempt(trial)
    if run.recordedFingerprint != nil, trial.existing != nil || store.hasResult(of: trial) {
      return Active(
        index: index, terms: terms, attempt: attempt, child: try evaluation(of: trial), isTraining: false)
    }
    // A run that is finished but has no result yet is trained no more; its settings are checked.
    try store.prepare(trial)
    // What was trained with another file of the environment would not have the bits of the trial's line.
    if run.recordedFingerprint == nil, !run.changedFiles(catalog).isEmpty { try store.removeRun(of: trial) }
    let going = run.exists ? ["--resume"] : []
    let child = try start(trial, trial.training(in: run.path) + going + trainingOptions + ["--quiet"])
    return Active(index: index, terms: terms, attempt: attempt, child: child, isTraining: true)
  }

  private func evaluation(of trial: Trial) throws(ExperimentError) -> ChildProcess {
    try start(
      trial,
      [
        "evaluate", store.run(of: trial).path, "--episodes", String(episodes), "--seed",
        String(evaluationSeed), "--json", "--quiet",
      ])
  }

  private func start(_ trial: Trial, _ arguments: [String]) throws(ExperimentError) -> ChildProcess {
    try ChildProcess(
      executable, arguments + options + ["--started-by", String(ChildProcess.own)],
      output: store.output(of: trial), errors: store.log(of: trial))
  }

  /// Stops the processes of trials and waits for their ends.
  private func stop(_ active: [Active]) {
    for one in active { one.child.askToStop() }
    // One that has ended already is gone for the system, too.
    for one in active { while one.child.ending(within: 100) == nil {} }
  }
}
