internal import ArgumentParser
internal import AscentExperiments

/// `ascent worker`: the hidden command that `ascent train --workers` starts; users do not run it.
struct Worker: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take part in a run as one of its processes; ascent train --workers starts it.",
    shouldDisplay: false)

  @Argument(help: "The rank of this process.")
  var rank: Int

  @Argument(help: "The descriptor of the run's shared memory.")
  var descriptor: Int

  @OptionGroup var host: HostOptions

  @Option(help: "The megabytes of memory that the process may use.")
  var memoryLimit: Int?

  func run() throws {
    let memory = try SharedMemory(rank: rank, descriptor: descriptor)
    var workforce = Workforce()
    (workforce.patience, workforce.memoryLimit) = (host.patience, memoryLimit)
    let code = WorkerProcess.run(with: memory, host: host.host, workforce)
    if code != 0 { throw ExitCode(code) }
  }
}
