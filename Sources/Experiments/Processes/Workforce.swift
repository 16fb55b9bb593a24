internal import AscentEnvironments
internal import AscentPolicyGradients

/// The processes that make a run together; their number affects only the run's duration, not its results.
public struct Workforce: Sendable {
  /// The number of processes, this one included.
  ///
  /// Processes beyond the number of lanes stay unused.
  public var count = 1
  /// The executable of the other processes.
  public var executable = ""
  /// The arguments of the executable, before the rank and the descriptor of the shared memory.
  public var arguments: [String] = []
  /// The number of seconds that a call of an environment may take, in any process, before the run ends.
  public var patience = 300.0
  /// The largest resident memory of a process in megabytes; nil for no limit.
  public var memoryLimit: Int?

  /// The process that started this one with `--on-fault restart` and owns the run's folder; nil if this one owns it.
  public var supervisor: Int32?

  /// Makes a workforce of one process.
  public init() {}

  /// Notices for the user if there are more processes than lanes or processors.
  func notices(for configuration: Configuration) -> [String] {
    var all: [String] = []
    let units = configuration.lanes / configuration.unit
    let word = configuration.unit > 1 ? "vector" : "lane"
    if count > units {
      all.append(
        "\(count) workers for \(units) \(word)\(units == 1 ? "" : "s"): only \(units) of them can be used")
    }
    let processors = SharedMemory.processors
    if min(count, units) > processors {
      all.append("\(min(count, units)) workers share \(processors) \(processors == 1 ? "core" : "cores")")
    }
    return all
  }

  /// Starts the other processes of a run and sends them its settings.
  func start(
    _ count: Int, _ configuration: Configuration, _ budgets: Budgets
  ) throws(ExperimentError) -> SharedMemory {
    try checkStart()
    let memory = try SharedMemory(count: count)
    (memory.patience, memory.adviceOnEnding) = (patience, adviceOnEnding)
    memory.callsBetweenBeats = (configuration.lanes / configuration.unit + count - 1) / count
    memory.describe = { [lanes = configuration.lanes, unit = configuration.unit, unowned memory] rank in
      let own = memory.share(of: lanes, unit: unit, rank: rank)
      let names = own.map(String.init).joined(separator: ", ")
      return "worker \(rank) (\(own.count == 1 ? "lane" : "lanes") \(names))"
    }
    for rank in 1..<count {
      try memory.start(
        rank, executable: executable, arguments: arguments + [String(rank), String(memory.descriptor)])
    }
    memory.send(configuration.toml(records: [("budgets", budgets.records)]))
    memory.send(configuration.folder ?? "")
    return memory
  }

  /// Throws ``ExperimentError/exhausted(megabytes:limit:)`` when this process uses more memory than ``memoryLimit``.
  func checkMemory() throws(ExperimentError) {
    guard let memoryLimit, case let megabytes = ChildProcess.residentMegabytes, megabytes > memoryLimit else {
      return
    }
    throw .exhausted(megabytes: megabytes, limit: memoryLimit)
  }
}
