internal import ArgumentParser
internal import Experiments

// `--on-fault restart`: the run in a child process, and the words for its faults.
extension Train {
  /// Runs the training in a child process, and restarts it from its newest checkpoint after a fault.
  func supervise(_ settings: Configuration) throws {
    guard settings.environmentRandomness != .native else {
      throw ExperimentError.usage(
        "--on-fault restart resumes from checkpoints, which --environment-rng native does not allow; omit one of them"
      )
    }
    let supervisor = try Supervisor(
      of: settings, in: out.map { RunFolder($0) }, isResumed: resume, executable: HostOptions.executable,
      arguments: Array(CommandLine.arguments.dropFirst(2)))
    Interrupt.listen()
    let code = try supervisor.run(isInterrupted: { Interrupt.isRequested }, onFault: show)
    if code != 0 { throw ExitCode(code) }
  }

  private func show(_ fault: Supervisor.Fault) {
    let location = fault.checkpoint ?? "its beginning"
    let what = "fault \(fault.count): the run's process \(fault.ending)"
    guard fault.isRepeated else { return output.notice("\(what); resuming from \(location)") }
    Terminal.writeError(
      "ascent: \(what), \(Supervisor.patience) times since \(location); the run is given up\n"
    )
  }

  static func faults(_ outcome: Training.Outcome) -> String {
    let count = outcome.faults == 1 ? "1 episode was" : "\(outcome.faults) episodes were"
    let last = outcome.lastFault.map { "; one of them: \($0)" } ?? ""
    return "\(count) ended by faults of the environment (environment.on_fault = reset-lane)\(last)"
  }
}
