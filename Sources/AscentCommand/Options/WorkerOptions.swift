internal import ArgumentParser
internal import AscentExperiments

/// A number of processes, or `auto` for the number of processors.
enum WorkerCount: ExpressibleByArgument, Equatable {
  case exactly(Int)
  case automatic

  init?(argument: String) {
    if argument == "auto" {
      self = .automatic
    } else if let count: Int = SettingValue.whole(argument) {
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

/// The options for the processes of a run and their limits.
struct WorkerOptions: ParsableArguments {
  @Option(
    name: .customLong("workers"),
    help: ArgumentHelp(
      "The number of processes, or auto for the number of cores; the results are the same, bit for bit.",
      valueName: "count"), completion: .list(["auto"]))
  var count = WorkerCount.exactly(1)

  @Option(
    help: ArgumentHelp(
      "The memory that a process may use at the end of an iteration; above it, the run saves a checkpoint and ends.",
      valueName: "megabytes"), transform: Whole.number)
  var memoryLimit: Int?

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
    guard memoryLimit.map({ $0 > 0 }) ?? true else {
      throw .usage("--memory-limit takes a positive number of megabytes")
    }
    workforce.patience = options.patience
    workforce.memoryLimit = memoryLimit
    workforce.executable = Workforce.ownExecutable
    workforce.arguments = ["worker"] + (options.chosenPython.map { ["--python", $0] } ?? [])
    // This process asks for both.
    workforce.arguments.append("--trust")
    if options.pythonOptimize { workforce.arguments.append("--python-optimize") }
    workforce.arguments += ["--patience", String(options.patience)]
    workforce.arguments += memoryLimit.map { ["--memory-limit", String($0)] } ?? []
    return workforce
  }
}
