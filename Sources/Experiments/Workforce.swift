internal import Environments
internal import PolicyGradients
internal import Randomness

/// The processes that make a run together; how many there are decides nothing but the time it takes.
public struct Workforce: Sendable {
  /// How many, this one included. More than there are lanes find no work.
  public var count = 1
  /// The executable that the others run.
  public var executable = ""
  /// What it is started with, before the rank and the descriptor of its place.
  public var arguments: [String] = []
  /// How many seconds a process may be silent before it is given up.
  public var patience = 300.0

  /// One process.
  public init() {}

  /// What a user should know about how many there are.
  func notices(lanes: Int) -> [String] {
    var all: [String] = []
    if count > lanes {
      all.append("\(count) workers for \(lanes) \(lanes == 1 ? "lane" : "lanes"): \(lanes) of them have work")
    }
    let processors = SharedMemory.processors
    if min(count, lanes) > processors {
      all.append("\(min(count, lanes)) workers share \(processors) \(processors == 1 ? "core" : "cores")")
    }
    return all
  }
}

extension Training {
  /// Starts the other processes of a run, and tells them what it is.
  static func start(
    _ memory: SharedMemory, _ workforce: Workforce, _ configuration: Configuration, from checkpoint: String?
  ) throws(ExperimentError) {
    memory.patience = workforce.patience
    memory.describe = { [lanes = configuration.lanes, weak memory] rank in
      let own = memory?.share(of: lanes, rank: rank) ?? 0..<0
      return "worker \(rank) (\(own.count == 1 ? "lane" : "lanes") \(own.map(String.init).joined(separator: ", ")))"
    }
    for rank in 1..<memory.count {
      try memory.start(
        rank, executable: workforce.executable,
        arguments: workforce.arguments + [String(rank), String(memory.descriptor)])
    }
    let texts = [configuration.toml(records: []), checkpoint ?? ""].map { Array($0.utf8) }
    memory.write(texts.map(\.count))
    for text in texts { memory.write(text) }
    memory.meet()
  }

  /// What a process does that ``Workforce`` started: its share of the run, without a word and without a file.
  ///
  /// - Returns: its exit code; what went wrong is told to the process that started it.
  public static func work(with memory: SharedMemory, host: PythonHost) -> Int32 {
    memory.followParent()
    memory.meet()
    var counts = [0, 0]
    memory.read(from: 0, into: &counts)
    let texts = counts.map { count in
      var text = Array(repeating: UInt8(0), count: count)
      memory.read(from: 0, into: &text)
      return String(decoding: text, as: UTF8.self)
    }
    guard memory.failure == nil else { return 0 }
    do throws(ExperimentError) {
      try work(texts[0], from: texts[1], with: memory, host)
      return 0
    } catch {
      memory.end(code: error.exitCode, "\(error)")
      return error.exitCode
    }
  }

  private static func work(
    _ settings: String, from file: String, with memory: SharedMemory, _ host: PythonHost
  ) throws(ExperimentError) {
    let configuration = try Configuration.reading(
      settings, file: "the run's settings", over: Configuration(environment: ""))
    let opened = try OpenedEnvironment(
      configuration, seed: configuration.seed, purpose: .environment, laneCount: configuration.lanes,
      hosted: memory.share(of: configuration.lanes), host: host)
    var learner = try learner(configuration, opened.lanes, with: memory)
    if !file.isEmpty {
      let checkpoint = try Checkpoint(
        AtomicFile.read(file), file: file, settings: identity(configuration, opened.versions),
        like: learner.state, lanes: opened.lanes)
      try restore(&learner, opened.lanes, from: checkpoint)
    }
    let isInterrupted = memory.passingOn { false }
    while learner.steps < configuration.steps {
      do {
        guard
          try learner.iterate(budget: configuration.steps - learner.steps, isInterrupted: isInterrupted) != nil
        else { return }
      } catch {
        if case .environment(let fault) = error { throw .environment(fault) }
        throw .learner(error)
      }
    }
  }
}

extension SharedMemory {
  /// A question that is asked before each step: whether to stop. Asking says that this process lives; who is told to
  /// stop tells the others.
  func passingOn(_ isInterrupted: @escaping () -> Bool) -> () -> Bool {
    isInterruptedWhileWaiting = isInterrupted
    return { [unowned self] in
      beat()
      if isInterrupted() { interrupt() }
      return self.isInterrupted
    }
  }
}
