internal import AscentEnvironments
internal import AscentPolicyGradients

/// A process that ``Workforce`` started for a share of a run's lanes.
///
/// It prints only where a call hangs, and writes no file except the record of a fault in one of its lanes.
public enum WorkerProcess {
  /// Runs the share of this process to the end of the run.
  ///
  /// - Parameters:
  ///   - memory: the shared memory of the run's processes.
  ///   - host: the catalog of names, and the Python of hosted environments.
  ///   - workforce: the limits of a process.
  /// - Returns: the exit code; on failure, the other processes receive the code and the reason.
  public static func run(with memory: SharedMemory, host: Host, _ workforce: Workforce) -> Int32 {
    memory.endWithParent()
    do throws(ExperimentError) {
      try takePart(with: memory, host, workforce)
      return ExitStatus.done.rawValue
    } catch {
      memory.end(code: error.exitCode, "\(error)")
      memory.beginLeaving()
      return error.exitCode
    }
  }

  private static func takePart(
    with memory: SharedMemory, _ host: Host, _ workforce: Workforce
  ) throws(ExperimentError) {
    let settings = memory.receive()
    guard memory.failure == nil else { return }
    let name = "the run's settings"
    var configuration = try Configuration.reading(
      settings, file: name, over: Configuration(environment: "", catalog: host.catalog))
    let folder = memory.receive()
    if !folder.isEmpty { configuration.folder = folder }
    let share = memory.share(of: configuration.lanes, unit: configuration.unit, rank: memory.rank)
    // Where a call hangs, this process prints where, and ends; process 0 then ends the run.
    var host = host
    host.hosting?.patience = workforce.patience
    var opened = try OpenedRun(
      configuration, host: host, with: memory, hosted: share, from: .later)
    opened.budgets = try Budgets(
      Configuration.records(in: settings, file: name), last: configuration.steps, file: name)
    defer { memory.beginLeaving() }
    let checkpoint = memory.receive()
    let beginning = memory.receive()
    let faultFile = memory.receive()
    if !beginning.isEmpty { try opened.begin(from: beginning) }
    if !checkpoint.isEmpty {
      // Process 0 has compared the versions, and the user may have accepted others.
      try opened.restore(try opened.checkpoint(in: checkpoint, acceptsVersions: true))
    }
    memory.meet()
    let isInterrupted = memory.passingOn { false }
    while opened.hasStepsLeft {
      do throws(LearnerError) {
        guard try opened.iterate(isInterrupted) != nil else { return }
      } catch {
        opened.recordFault(error, in: faultFile)
        throw ExperimentError(stopping: error)
      }
      opened.environment.takeNotices().forEach(memory.leave)
      try workforce.checkMemory()
    }
  }
}
