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

  @Option(help: "The Python of hosted environments.")
  var python: String?

  @Flag(help: "Leave assertions out.")
  var pythonOptimize = false

  func run() throws {
    let memory = try SharedMemory(rank: rank, descriptor: descriptor)
    var options = EnvironmentOptions()
    (options.python, options.pythonOptimize) = (python, pythonOptimize)
    let code = Training.work(with: memory, host: options.host)
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

  func workforce(lanes: Int, _ options: EnvironmentOptions, patience: Double) throws(ExperimentError)
    -> Workforce
  {
    var workforce = Workforce()
    switch self {
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
    workforce.executable = EnvironmentOptions.executable ?? CommandLine.arguments[0]
    workforce.arguments = ["worker"] + (options.python.map { ["--python", $0] } ?? [])
    if options.pythonOptimize { workforce.arguments.append("--python-optimize") }
    return workforce
  }
}
