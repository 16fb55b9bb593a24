internal import ArgumentParser
internal import Experiments

/// `ascent worker`: a process that `ascent train --workers` starts; nobody types it.
struct Worker: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take part in a run as one of its processes; ascent train --workers starts it.",
    shouldDisplay: false)

  @Argument(help: "Which of the processes it is.")
  var rank: Int

  @Argument(help: "The descriptor of the run's shared memory.")
  var descriptor: Int

  @OptionGroup var host: HostOptions

  func run() throws {
    let memory = try SharedMemory(rank: rank, descriptor: descriptor)
    let code = Training.work(with: memory, host: host.host)
    if code != 0 { throw ExitCode(code) }
  }
}

/// How many processes: a number, or as many as there are cores for.
enum WorkerCount: ExpressibleByArgument, Equatable {
  case exactly(Int)
  case automatic

  init?(argument: String) {
    if argument == "auto" {
      self = .automatic
    } else if let count = Int(argument) {
      self = .exactly(count)
    } else {
      return nil
    }
  }

  var defaultValueDescription: String {
    switch self {
    case .exactly(let count): String(count)
    case .automatic: "auto"
    }
  }
}

/// How many processes make a run, and how long one may be silent.
struct WorkerOptions: ParsableArguments {
  @Option(
    name: .customLong("workers"),
    help: ArgumentHelp(
      "How many processes share the lanes, or auto for as many as there are cores; the bits are the same.",
      valueName: "count"))
  var count = WorkerCount.exactly(1)

  @Option(
    help: ArgumentHelp("How long a worker may be silent before it is given up.", valueName: "seconds"))
  var patience = 300.0

  func workforce(lanes: Int, _ options: HostOptions) throws(ExperimentError) -> Workforce {
    var workforce = Workforce()
    switch count {
    case .automatic: workforce.count = max(1, min(lanes, SharedMemory.processors))
    case .exactly(let count):
      guard (1...SharedMemory.most).contains(count) else {
        throw .usage("--workers must be from 1 to \(SharedMemory.most), or auto; it is \(count)")
      }
      workforce.count = count
    }
    guard patience > 0, patience.isFinite else {
      throw .usage("--patience must be a positive number of seconds; it is \(patience)")
    }
    workforce.patience = patience
    workforce.executable = HostOptions.executable ?? CommandLine.arguments[0]
    workforce.arguments = ["worker"] + (options.python.map { ["--python", $0] } ?? [])
    if options.pythonOptimize { workforce.arguments.append("--python-optimize") }
    return workforce
  }
}
