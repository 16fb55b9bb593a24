package import AscentExperiments

// Trials that other processes make, or give to this one.
extension TrialRunner {
  /// The endings of trials that other processes have made; those without one are interrupted.
  ///
  /// - Throws: ``ExperimentError`` if a result is of another trial.
  package func collected(_ trials: [Trial]) throws(ExperimentError) -> [TrialEnding] {
    var hashes: [String: String] = [:]
    var endings: [TrialEnding] = []
    for trial in trials {
      endings.append(try store.newestEnding(of: trial, try terms(of: trial, &hashes)) ?? .interrupted)
    }
    return endings
  }

  /// Makes the trials that rank 0 gives to this one, until there are none.
  ///
  /// - Throws: ``ExperimentError`` as ``run(_:)``, or if this rank does not see the folder.
  package func serve(_ ranks: RankExchange) throws(ExperimentError) {
    while let (trials, mark) = try RankQueue.received(from: ranks) {
      guard store.hasMark(mark) else {
        throw .usage(
          "\(store.folder.path) is not the folder of rank 0: a sweep over ranks needs one that all machines share"
        )
      }
      var queue: any TrialQueue = RankQueue(trials.indices, among: ranks)
      var hashes: [String: String] = [:]
      _ = try make(trials, from: &queue, &hashes)
    }
  }
}
