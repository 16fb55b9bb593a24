internal import ArgumentParser
internal import AscentEnvironments
internal import AscentExperiments
internal import AscentRegistries

// `--on-fault restart`: the run in a child process, and the words for its faults.
extension Train {
  /// Runs the training in a child process, and restarts it from its newest checkpoint after a fault.
  func supervise(_ settings: Configuration) throws {
    guard settings.environmentRandomness != .native else {
      throw ExperimentError.usage(
        "--on-fault restart resumes from checkpoints, which --environment-rng native does not allow; omit one of them"
      )
    }
    try environmentOptions.host.checkTrust(in: settings)
    let supervisor = try Supervisor(
      of: settings, in: out.map { RunFolder($0) }, isResumed: resume, executable: Workforce.ownExecutable,
      arguments: ["--trust"] + CommandLine.arguments.dropFirst(2))
    Interrupt.listen()
    let code = try supervisor.run(isInterrupted: { Interrupt.isRequested }, onFault: show)
    if code != 0 { throw ExitCode(code) }
  }

  private func show(_ fault: Supervisor.Fault) {
    let location = fault.checkpoint ?? "its beginning"
    let what = "fault \(fault.count): the run's process \(fault.ending)"
    guard fault.isRepeated else { return output.notice("\(what); resuming from \(location)") }
    let times = "\(Supervisor.patience) times since \(location.inOneLine)"
    Terminal.writeError("ascent: \(what), \(times); the run is given up\n")
  }

  /// Prints how many episodes were ended by faults.
  func showFaults(_ outcome: Training.Outcome) {
    let count = outcome.faults == 1 ? "1 episode was" : "\(outcome.faults) episodes were"
    let last = outcome.lastFault.map { "; one of them: \($0.sentence)" } ?? ""
    output.notice(
      "\(count) ended by faults of the environment (environment.on_fault = reset-lane)\(last)",
      traceback: outcome.lastFault?.traceback ?? "")
  }
}
