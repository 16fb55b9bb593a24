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
    let which = isBest ? "the best of its evaluated policies so far" : "its policy"
    return "the run in \(run.path) \(state): this is \(which) after \(steps) of \(budget) steps"
  }

  /// Checks that policy.json describes the policy that the run's settings make in its environment.
  ///
  /// - Throws: ``ExperimentError/damaged(file:reason:)``.
  func checkDescription(_ made: PolicyDescription) throws(ExperimentError) {
    let bytes = try AtomicFile.read(policyFile, limit: AtomicFile.largestText)
    guard try PolicyFile.Header(bytes, of: self).format != .first else { return }
    if let part = try PolicyDescription(of: self).difference(from: made) { throw contradiction(part) }
  }

  /// The error for a part of policy.json that is not as run.toml says.
  func contradiction(_ part: String) -> ExperimentError {
    .damaged(
      file: policyFile, reason: "its \(part) contradict\(part.hasSuffix("s") ? "" : "s") run.toml")
  }

  /// Throws if the run has no policy because it has no checkpoint.
  package func checkPolicy() throws(ExperimentError) {
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
