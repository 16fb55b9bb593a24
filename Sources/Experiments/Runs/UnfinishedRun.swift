// The policy of a run that is still going on, or that was interrupted, killed or crashed: that of its newest checkpoint.
extension RunFolder {
  /// A notice that the policy that the folder has now is not that of a finished run; nil if it is, or if it cannot be read.
  package func policyNotice(_ catalog: Catalog) -> String? {
    (try? PolicyFile.Arrays(weightsFile)).flatMap { notice(ofPolicyAfter: $0.steps, catalog) }
  }

  /// A notice that the policy is not that of a finished run; nil for a finished run.
  func notice(ofPolicyAfter steps: Int?, _ catalog: Catalog) -> String? {
    guard let steps, !isFinished, let budget = (try? Configuration.ofRun(self, catalog))?.steps else {
      return nil
    }
    let state =
      RunLock.owner(of: self).map { "is still going on" + ($0 > 0 ? " in process \($0)" : "") }
      ?? "is not finished"
    return "the run in \(path) \(state): this is its policy after \(steps) of \(budget) steps"
  }

  /// Throws if the run has no policy because it has no checkpoint.
  func checkPolicy() throws(ExperimentError) {
    guard containsRun, FilePlace.status(weightsFile) == nil, !isFinished else { return }
    guard newestCheckpoint == nil else {
      throw .usage(
        "\(path) has checkpoints but no policy.safetensors; ascent train --out \(path) --resume goes on and writes it"
      )
    }
    throw .usage(
      "the run in \(path) has no policy yet: it writes one with each checkpoint (checkpoint.every_steps, "
        + "checkpoint.every_seconds), and has none; wait for it, or begin the run again")
  }
}
