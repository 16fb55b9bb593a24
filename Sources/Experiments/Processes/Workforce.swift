internal import Environments
internal import PolicyGradients
internal import PythonEnvironments

/// The processes that make a run together; how many there are decides nothing but the time it takes.
public struct Workforce: Sendable {
  /// How many, this one included.
  ///
  /// Processes beyond the number of lanes stay unused.
  public var count = 1
  /// The executable that the others run.
  public var executable = ""
  /// What it is started with, before the rank and the descriptor of its place.
  public var arguments: [String] = []
  /// How many seconds a process, or a step of its environment, may be silent before it is given up.
  public var patience = 300.0
  /// How many megabytes a process may have in memory, or nil for as many as it likes.
  public var memoryLimit: Int?

  /// One process.
  public init() {}

  /// What a user should know about how many there are.
  func notices(for configuration: Configuration) -> [String] {
    var all: [String] = []
    let units = configuration.lanes / configuration.unit
    let word = configuration.unit > 1 ? "vector" : "lane"
    if count > units {
      all.append("\(count) workers for \(units) \(word)\(units == 1 ? "" : "s"): \(units) of them have work")
    }
    let processors = SharedMemory.processors
    if min(count, units) > processors {
      all.append("\(min(count, units)) workers share \(processors) \(processors == 1 ? "core" : "cores")")
    }
    return all
  }

  /// Starts the other processes of a run, and sends them its settings.
  func start(_ count: Int, _ configuration: Configuration) throws(ExperimentError) -> SharedMemory {
    let memory = try SharedMemory(count: count)
    memory.patience = patience
    memory.describe = { [lanes = configuration.lanes, unit = configuration.unit, unowned memory] rank in
      let own = memory.share(of: lanes, unit: unit, rank: rank)
      let names = own.map(String.init).joined(separator: ", ")
      return "worker \(rank) (\(own.count == 1 ? "lane" : "lanes") \(names))"
    }
    for rank in 1..<count {
      try memory.start(
        rank, executable: executable, arguments: arguments + [String(rank), String(memory.descriptor)])
    }
    memory.send(configuration.toml(records: []))
    return memory
  }

  /// Ends this process, with a sentence, when a step of a hosted environment takes longer than the patience.
  func watch(_ interpreter: Interpreter?, exitCode: Int32) throws(ExperimentError) {
    do {
      try interpreter?.watchCalls(seconds: patience, exitCode: exitCode)
    } catch {
      throw .python(error)
    }
  }

  /// Stops a run whose process has more memory than it may.
  func checkMemory() throws(ExperimentError) {
    guard let memoryLimit, case let megabytes = ChildProcess.residentMegabytes, megabytes > memoryLimit else {
      return
    }
    throw .exhausted(megabytes: megabytes, limit: memoryLimit)
  }
}
