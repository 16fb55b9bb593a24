internal import Environments
internal import PolicyGradients
internal import PythonEnvironments
internal import Randomness

/// The processes that make a run together; how many there are decides nothing but the time it takes.
public struct Workforce: Sendable {
  /// How many, this one included; more than there are lanes find no work.
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

  /// Starts the other processes of a run, and tells them what it is.
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
    memory.hand(over: configuration.toml(records: []))
    return memory
  }
}

extension Training {
  /// Sends the other processes to where the run begins or goes on, and waits until they are there.
  static func send(_ memory: SharedMemory, _ checkpoint: String?, faultFile: String) throws(ExperimentError) {
    memory.hand(over: checkpoint ?? "")
    memory.hand(over: faultFile)
    memory.meet()
    if let failure = memory.failure { throw .learner(.collective(failure)) }
  }

  /// What a process does that ``Workforce`` started: its share of the run, without a word, and without a file but the
  /// record of a fault in one of its lanes.
  ///
  /// - Returns: its exit code; what went wrong is told to the process that started it.
  public static func work(with memory: SharedMemory, host: PythonHost, patience: Double, memoryLimit: Int?)
    -> Int32
  {
    memory.followParent()
    do throws(ExperimentError) {
      try takePart(with: memory, host, patience, memoryLimit)
      return 0
    } catch {
      memory.end(code: error.exitCode, "\(error)")
      return error.exitCode
    }
  }

  private static func takePart(
    with memory: SharedMemory, _ host: PythonHost, _ patience: Double, _ memoryLimit: Int?
  ) throws(ExperimentError) {
    let settings = memory.takeOver()
    guard memory.failure == nil else { return }
    let configuration = try Configuration.reading(
      settings, file: "the run's settings", over: Configuration(environment: ""))
    let opened = try OpenedEnvironment(
      configuration, seed: configuration.seed, purpose: .environment, laneCount: configuration.lanes,
      hosted: memory.share(of: configuration.lanes, unit: configuration.unit, rank: memory.rank),
      inVectors: true,
      host: host)
    // Process 0 ends a worker that hangs; the worker says where it does.
    try watch(opened.interpreter, patience, exitCode: 0)
    var learner = try learner(configuration, opened.lanes, with: memory)
    let file = memory.takeOver()
    let faultFile = memory.takeOver()
    if !file.isEmpty {
      let checkpoint = try Checkpoint(
        AtomicFile.read(file), file: file, settings: identity(configuration, opened.versions),
        like: learner.state, lanes: opened.lanes)
      try restore(&learner, opened.lanes, from: checkpoint)
    }
    memory.meet()
    let isInterrupted = memory.passingOn { false }
    while learner.steps < configuration.steps {
      do {
        guard
          try learner.iterate(budget: configuration.steps - learner.steps, isInterrupted: isInterrupted)
            != nil
        else { return }
      } catch {
        if case .environment(let fault) = error {
          FaultRecord.write(fault, of: learner, opened.lanes, configuration, to: faultFile)
        }
        throw ExperimentError(stopping: error)
      }
      try checkMemory(memoryLimit)
    }
  }

  /// Watches the steps of hosted environments from now on.
  static func watch(
    _ interpreter: Interpreter?, _ patience: Double, exitCode: Int32
  ) throws(ExperimentError) {
    do {
      try interpreter?.watchCalls(seconds: patience, exitCode: exitCode)
    } catch {
      throw .python(error)
    }
  }

  /// Stops a run whose process has grown beyond what it may have.
  static func checkMemory(_ limit: Int?) throws(ExperimentError) {
    guard let limit, case let megabytes = ChildProcess.residentMegabytes, megabytes > limit else { return }
    throw .exhausted(megabytes: megabytes, limit: limit)
  }
}

extension SharedMemory {
  /// Process 0 hands a text over.
  fileprivate func hand(over text: String) {
    let bytes = Array(text.utf8)
    write([bytes.count])
    write(bytes)
    meet()
  }

  /// The others take it; it is empty after a failure.
  fileprivate func takeOver() -> String {
    meet()
    var count = [0]
    read(from: 0, into: &count)
    var bytes = Array(repeating: UInt8(0), count: count[0])
    read(from: 0, into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A question that is asked before each step, whether to stop.
  ///
  /// Asking says that this process lives; who is told to stop tells the others.
  func passingOn(_ isInterrupted: @escaping () -> Bool) -> () -> Bool {
    isInterruptedWhileWaiting = isInterrupted
    return { [unowned self] in
      beat()
      if isInterrupted() { interrupt() }
      return self.isInterrupted
    }
  }
}
