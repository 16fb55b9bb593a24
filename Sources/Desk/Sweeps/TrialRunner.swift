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
  /// The largest number of processes at once.
  package var jobs = 1
  /// Arguments of every `ascent train` that do not change its bits.
  package var trainingOptions: [String] = []
  /// Arguments of every process, such as `--python`.
  package var options: [String] = []
  /// The number of held-out episodes of a trial.
  package var episodes = 100
  /// The seed of the held-out episodes.
  package var evaluationSeed: UInt64 = 1
  /// Called often; true once the user asked for an end.
  package var isInterrupted: () -> Bool = { false }
  /// Called when a trial begins (nil) and when it ends.
  package var onChange: (Trial, TrialEnding?) -> Void = { _, _ in }
  /// Asked often about a trial that is trained; returns the ending of one that is to be stopped.
  package var prune: (Trial, RunFolder) throws(ExperimentError) -> TrialEnding? = {
    _, _ throws(ExperimentError) in nil
  }

  /// Makes a runner with one process at a time.
  package init(store: TrialStore, executable: String) { (self.store, self.executable) = (store, executable) }

  /// A trial whose process runs.
  private struct Active {
    let index: Int
    var child: ChildProcess
    var isTraining: Bool
    /// The ending of a trial that was asked to stop.
    var pruned: TrialEnding?
  }

  /// Runs trials to their ends.
  ///
  /// - Parameter trials: the trials; they begin in this order.
  /// - Returns: an ending for each; those that never began are interrupted.
  /// - Throws: ``ExperimentError`` if no process can be started or a result cannot be written.
  package func run(_ trials: [Trial]) throws(ExperimentError) -> [TrialEnding] {
    var endings: [TrialEnding?] = []
    for trial in trials { endings.append(try store.ending(of: trial)) }
    var waiting = trials.indices.filter { endings[$0] == nil }[...]
    var active: [Active] = []
    var isTold = false
    do throws(ExperimentError) {
      while !active.isEmpty || !waiting.isEmpty {
        if !isTold, isInterrupted() {
          isTold = true
          waiting = []
          for one in active { one.child.askToStop() }
        }
        while active.count < jobs, let index = waiting.popFirst() {
          onChange(trials[index], nil)
          active.append(try begin(trials[index], index))
        }
        var left: [Active] = []
        for (number, one) in active.enumerated() {
          guard let next = try advanced(one, trials[one.index], wait: number == 0 ? 20 : 0, isTold, &endings)
          else {
            onChange(trials[one.index], endings[one.index])
            continue
          }
          left.append(next)
        }
        active = left
      }
    } catch {
      stop(active)
      throw error
    }
    return endings.map { $0 ?? .interrupted }
  }

  /// Looks after a process; returns nil if its trial has ended.
  private func advanced(
    _ one: Active, _ trial: Trial, wait: Int32, _ isTold: Bool, _ endings: inout [TrialEnding?]
  ) throws(ExperimentError) -> Active? {
    var one = one
    guard let ending = one.child.ending(within: wait) else {
      if one.isTraining, one.pruned == nil, !isTold, let pruned = try prune(trial, store.run(of: trial)) {
        one.pruned = pruned
        one.child.askToStop()
      }
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
    let end = one.pruned ?? self.ending(ending, of: trial, wasTraining: one.isTraining, isTold)
    try store.record(end, of: trial)
    endings[one.index] = end
    return nil
  }

  private func ending(
    _ ending: ChildProcess.Ending, of trial: Trial, wasTraining: Bool, _ isTold: Bool
  ) -> TrialEnding {
    if !wasTraining, ending == .code(0), let score = store.evaluated(trial) { return .finished(score) }
    let stopped = ChildProcess.Ending.code(ExitStatus.interrupted.rawValue)
    if isTold || isInterrupted(), ending == stopped || ending == .code(0) { return .interrupted }
    var code = ExitStatus.environmentFault.rawValue
    if case .code(let number) = ending, number != 0 { code = number }
    return .failed(TrialFailure(ending: ending.words, code: code, lastLine: store.lastLine(of: trial)))
  }

  private func begin(_ trial: Trial, _ index: Int) throws(ExperimentError) -> Active {
    let run = store.run(of: trial)
    if run.recordedFingerprint != nil {
      return Active(index: index, child: try evaluation(of: trial), isTraining: false)
    }
    try store.prepare(trial)
    let going = run.exists ? ["--resume"] : []
    let child = try start(trial, trial.training(in: run.path) + going + trainingOptions + ["--quiet"])
    return Active(index: index, child: child, isTraining: true)
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
