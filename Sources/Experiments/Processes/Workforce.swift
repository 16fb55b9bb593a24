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
    let ranks = Ranks.started?.count ?? 1
    let units = max(1, configuration.lanes / configuration.unit / ranks)
    let word =
      (configuration.unit > 1 ? "vector" : "lane") + (units == 1 ? "" : "s") + (ranks > 1 ? " of a rank" : "")
    if count > units {
      all.append(
        "\(count) workers for \(units) \(word): only \(units) of them can be used")
    }
    let processors = SharedMemory.processors
    if min(count, units) > processors {
      all.append("\(min(count, units)) workers share \(processors) \(processors == 1 ? "core" : "cores")")
    }
    return all
  }

  /// The number of processes of each rank, in a run of so many ranks.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` if there are more ranks than lanes.
  func width(_ configuration: Configuration, ranks: Int) throws(ExperimentError) -> Int {
    let units = configuration.lanes / configuration.unit
    guard ranks <= max(1, units) else {
      let word = configuration.unit > 1 ? "vector" : "lane"
      throw .usage("\(ranks) ranks for \(units) \(word)\(units == 1 ? "" : "s"): start at most \(units)")
    }
    return max(1, min(count, units / ranks))
  }

  /// Starts the other processes of a run and sends them its settings; called in process 0.
  ///
  /// - Returns: the processes; nil if this is the only one.
  /// - Throws: ``ExperimentError``.
  func start(_ configuration: Configuration, _ budgets: Budgets) throws(ExperimentError) -> (any Team)? {
    let settings = configuration.toml(records: [("budgets", budgets.records)])
    #if MPI
    if let ranks = Ranks.team() {
      try Introduction.compare(.ofProgram(), in: ranks)
      let width = try width(configuration, ranks: ranks.count)
      ranks.send(settings)
      ranks.send(configuration.folder ?? "")
      ranks.send(String(width))
      try startWorkers(of: ranks, width, configuration, settings)
      return ranks
    }
    #endif
    let count = try width(configuration, ranks: 1)
    return try startWorkers(count, configuration, settings, .init(first: 0, count: count))
  }

  /// The place of a rank's processes among those of all ranks.
  struct Place {
    /// The number of the first one.
    var first: Int
    /// The number of all.
    var count: Int
  }

  #if MPI
  /// Starts the workers of this rank, `width` processes with itself; so far, each rank of the team is one process.
  func startWorkers(
    of ranks: RankTeam, _ width: Int, _ configuration: Configuration, _ settings: String
  ) throws(ExperimentError) {
    let place = Place(first: ranks.rank * width, count: ranks.count * width)
    let memory = try startWorkers(width, configuration, settings, place)
    let calls = (configuration.lanes / configuration.unit + place.count - 1) / place.count
    ranks.take(memory, silence: patience * Double(calls) + 3)
  }
  #endif

  /// Starts the other processes on this machine and sends them the settings; nil if there are none.
  private func startWorkers(
    _ count: Int, _ configuration: Configuration, _ settings: String, _ place: Place
  ) throws(ExperimentError) -> SharedMemory? {
    guard count > 1 else { return nil }
    try checkStart()
    let memory = try SharedMemory(count: count)
    (memory.patience, memory.adviceOnEnding) = (patience, adviceOnEnding)
    memory.callsBetweenBeats = (configuration.lanes / configuration.unit + place.count - 1) / place.count
    memory.describe = { [lanes = configuration.lanes, unit = configuration.unit] rank in
      let own = Shares(count: place.count).share(of: lanes, unit: unit, rank: place.first + rank)
      let names = own.map(String.init).joined(separator: ", ")
      return "worker \(rank) (\(own.count == 1 ? "lane" : "lanes") \(names))"
    }
    for rank in 1..<count {
      try memory.start(
        rank, executable: executable, arguments: arguments + [String(rank), String(memory.descriptor)])
    }
    memory.send(settings)
    memory.send(configuration.folder ?? "")
    memory.send(place.count > count ? "\(place.first) \(place.count)" : "")
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
