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
    return ending(memory) { () throws(ExperimentError) in
      let settings = memory.receiveText()
      let folder = memory.receiveText()
      let place = memory.receiveText().split(separator: " ").compactMap { Int($0) }
      guard memory.failure == nil else { return }
      let share = Share(
        team: place.count == 2
          ? Relay(memory, process: place[0] + memory.rank, of: place[1]) : memory,
        host: host, workforce: workforce, isInterrupted: { false })
      try share.make(try share.configuration(settings, folder), settings)
    }
  }

  /// Runs the share of a rank other than 0, which mpirun has started, to the end of the run.
  ///
  /// - Parameters:
  ///   - host: the catalog of names, and the Python of hosted environments.
  ///   - workforce: the workers of this rank, and the limits of a process.
  ///   - isInterrupted: called before each step of the lanes; when it returns true, all ranks stop.
  /// - Throws: ``ExperimentError`` if the run failed, here or elsewhere.
  package static func ofRank(
    host: Host, _ workforce: Workforce, isInterrupted: @escaping () -> Bool
  ) throws(ExperimentError) {
    #if MPI
    guard let ranks = Ranks.team() else { return }
    _ = ending(ranks) { () throws(ExperimentError) in
      try Introduction.compare(.ofProgram(), in: ranks)
      let settings = ranks.receiveText()
      let folder = ranks.receiveText()
      let width = Int(ranks.receiveText()) ?? 1
      guard ranks.failure == nil else { return }
      let share = Share(team: ranks, host: host, workforce: workforce, isInterrupted: isInterrupted)
      let configuration = try share.configuration(settings, folder)
      try workforce.startWorkers(of: ranks, width, configuration, settings)
      try share.make(configuration, settings)
    }
    if let failure = ranks.failure, failure.code != 0 { throw .learner(.collective(failure)) }
    #endif
  }

  /// Makes a share, and tells the other processes if it fails; returns the exit code.
  private static func ending(_ team: any Team, _ make: () throws(ExperimentError) -> Void) -> Int32 {
    do throws(ExperimentError) {
      try make()
      return ExitStatus.done.rawValue
    } catch {
      team.end(code: error.exitCode, "\(error)")
      team.beginLeaving()
      return error.exitCode
    }
  }
}

/// The lanes of a process other than 0.
private struct Share {
  let team: any Team
  var host: Host
  let workforce: Workforce
  let isInterrupted: () -> Bool

  private static let name = "the run's settings"

  /// Reads the settings that process 0 has sent, and the folder that they are relative to.
  func configuration(_ settings: String, _ folder: String) throws(ExperimentError) -> Configuration {
    var configuration = try Configuration.reading(
      settings, file: Self.name, over: Configuration(environment: "", catalog: host.catalog))
    if !folder.isEmpty { configuration.folder = folder }
    return configuration
  }

  /// Opens the lanes and steps them to the end of the run.
  func make(_ configuration: Configuration, _ settings: String) throws(ExperimentError) {
    let own = team.share(of: configuration.lanes, unit: configuration.unit, rank: team.rank)
    // Where a call hangs, this process prints where, and ends; process 0 then ends the run.
    var host = host
    host.hosting?.patience = workforce.patience
    // An environment may change its own file.
    let sums = RunRecord.sums(of: configuration)
    var opened = try OpenedRun(configuration, host: host, with: team, hosted: own, from: .later)
    opened.budgets = try Budgets(
      Configuration.records(in: settings, file: Self.name), last: configuration.steps, file: Self.name)
    // The environments are closed after this, and may need a while.
    defer { team.beginLeaving() }
    if team.spansMachines {
      let madeWith = RunRecord.madeWith(sums, opened.environment.runtime, python: nil)
      try Introduction.compare(team is Relay ? nil : .of(opened.environment, madeWith), in: team)
    }
    let checkpoint = team.receive()
    let beginning = team.receive()
    let faultFile = team.receiveText()
    if !beginning.isEmpty { try opened.begin(from: beginning, file: "the run's initial policy") }
    if !checkpoint.isEmpty {
      // Process 0 has compared the versions, and the user may have accepted others.
      try opened.restore(
        try opened.checkpoint(checkpoint, file: "the run's checkpoint", acceptsVersions: true))
    }
    team.meet()
    // Process 0 could not begin: no step is to be made for nothing.
    guard team.failure == nil else { return }
    let isInterrupted = team.passingOn(isInterrupted)
    while opened.hasStepsLeft {
      do throws(LearnerError) {
        guard try opened.iterate(isInterrupted) != nil else { break }
      } catch {
        opened.recordFault(error, in: faultFile)
        throw ExperimentError(stopping: error)
      }
      opened.environment.takeNotices().forEach(team.leave)
      if opened.hasStepsLeft { try workforce.checkMemory() }
    }
    guard team.spansMachines else { return }
    team.awaitEnd()
    // All results are saved, whatever an environment does when it is closed.
    try opened.environment.runtime?.watchCalls(
      seconds: workforce.patience, exitCode: team.failure?.code ?? 0)
  }
}
