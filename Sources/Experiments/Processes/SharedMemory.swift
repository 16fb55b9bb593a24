internal import CWorkers
public import PolicyGradients

/// Processes of one machine that hand over their parts through shared memory.
///
/// Process 0 makes it and starts the others, each an `ascent worker` of the same executable, which joins. It watches
/// over them, too: one that ends, or says nothing for too long, is a ``failure`` of all.
@safe public final class SharedMemory: Collective {
  /// Which of the processes this is.
  public let rank: Int
  /// How many there are.
  public let count: Int
  /// Why they cannot go on, once they cannot.
  public private(set) var failure: CollectiveFailure?
  /// How many seconds a process may be silent while the others wait.
  public var patience = 300.0
  /// Asked now and then while this process waits; true asks the others to stop, too.
  var isInterruptedWhileWaiting: () -> Bool = { false }
  /// What a process is called in a message, by its rank.
  var describe: (Int) -> String = { "worker \($0)" }

  private let team: OpaquePointer
  /// How long one wait lasts before anything else is looked at.
  private static let glance: Int32 = 50

  /// Makes the memory of so many processes; this one is 0.
  ///
  /// - Throws: ``ExperimentError/machine(_:)`` when the system refuses.
  public init(count: Int) throws(ExperimentError) {
    guard let team = unsafe cworkers_create(Int32(clamping: count)) else {
      throw .machine("\(count) workers are not possible here: the system gives no shared memory for them")
    }
    unsafe self.team = team
    (rank, self.count) = (0, count)
  }

  /// Joins as another process, or as another thread of the one that made it.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` when nothing of ours has the descriptor.
  public init(rank: Int, descriptor: Int) throws(ExperimentError) {
    guard let team = unsafe cworkers_join(Int32(clamping: rank), Int32(clamping: descriptor)) else {
      throw .usage("ascent worker is what ascent train --workers starts; there is nothing to join here")
    }
    unsafe self.team = team
    (self.rank, count) = unsafe (rank, Int(cworkers_count(team)))
  }

  deinit {
    if rank == 0 { unsafe cworkers_break(team, 0, "the run is over") }
    unsafe cworkers_leave(team, 2000)
  }

  /// The processors that this process may use.
  public static var processors: Int { Int(cworkers_processors()) }

  /// The most processes that can share it.
  public static var most: Int { Int(CWORKERS_MOST) }

  /// What others join by.
  public var descriptor: Int { unsafe Int(cworkers_descriptor(team)) }

  /// Starts a process.
  func start(_ rank: Int, executable: String, arguments: [String]) throws(ExperimentError) {
    let status = unsafe ChildProcess.withTexts([executable] + arguments) {
      unsafe cworkers_start(team, Int32(rank), executable, $0)
    }
    guard status == .ok else { throw .machine("worker \(rank) cannot be started: \(executable)") }
  }

  /// In a process that was started: ends with its parent.
  func followParent() { unsafe cworkers_follow_parent(team) }

  /// Says that this process is alive.
  func beat() { unsafe cworkers_beat(team) }

  /// Whether somebody asked all to stop.
  var isInterrupted: Bool { unsafe cworkers_is_interrupted(team) }

  /// Asks all to stop.
  func interrupt() { unsafe cworkers_interrupt(team) }

  /// Ends the team with a reason that all will know.
  func end(code: Int32, _ reason: String) { unsafe cworkers_break(team, code, reason) }

  // MARK: Collective

  /// Adds to what this process hands over at the next meeting.
  public func write<Number: BitwiseCopyable>(_ numbers: [Number]) {
    guard failure == nil else { return }
    let status = unsafe numbers.withUnsafeBytes { unsafe cworkers_write(team, $0.baseAddress, $0.count) }
    if status != .ok { fail(.machine, "there is no memory for what \(describe(rank)) hands over") }
  }

  /// Reads on in what a process handed over.
  public func read<Number: BitwiseCopyable>(from rank: Int, into numbers: inout [Number]) {
    guard failure == nil else { return }
    let status = unsafe numbers.withUnsafeMutableBytes {
      unsafe cworkers_read(team, Int32(rank), $0.baseAddress, $0.count)
    }
    if status != .ok { fail(.environmentFault, "\(describe(rank)) handed over less than was expected") }
  }

  /// Waits until everyone has come.
  public func meet() {
    guard failure == nil else { return }
    unsafe cworkers_arrive(team)
    var silence: Silence?
    while true {
      switch unsafe cworkers_wait(team, Self.glance) {
      case .ok: return
      case .broken:
        let text = unsafe String(cString: cworkers_reason(team))
        failure = unsafe CollectiveFailure(code: cworkers_code(team), description: text)
        return
      case .gone:
        let rank = unsafe Int(cworkers_missing(team))
        return fail(.environmentFault, "\(describe(rank)) \(ending(of: rank))")
      case .failed, .short: return fail(.machine, "the workers' shared memory cannot be read")
      case .waiting:
        if isInterruptedWhileWaiting() { interrupt() }
        guard rank == 0 else { continue }
        let missing = unsafe Int(cworkers_missing(team))
        guard missing > 0 else { continue }
        let beats = unsafe cworkers_beats(team, Int32(missing))
        if silence == nil { silence = Silence(count: count) }
        if let seconds = silence?.seconds(of: missing, beats: beats), seconds > patience {
          return fail(
            .environmentFault,
            "\(describe(missing)) has said nothing for \(Int(patience)) seconds: its environment hangs, or "
              + "a step takes longer than --patience allows")
        }
      }
    }
  }

  private func fail(_ status: ExitStatus, _ text: String) {
    failure = CollectiveFailure(code: status.rawValue, description: text)
    end(code: status.rawValue, text)
  }

  private func ending(of rank: Int) -> String {
    let code = unsafe Int(cworkers_ending(team, Int32(rank)))
    return code < 0 ? "was ended by signal \(-code)" : "ended with exit code \(code), without a word"
  }

  /// How long the process that is waited for has been silent.
  private struct Silence {
    private let clock = ContinuousClock()
    private var beats: [UInt64]
    private var since: [ContinuousClock.Instant]

    init(count: Int) {
      beats = Array(repeating: 0, count: count)
      since = Array(repeating: clock.now, count: count)
    }

    mutating func seconds(of rank: Int, beats now: UInt64) -> Double {
      if now != beats[rank] { (beats[rank], since[rank]) = (now, clock.now) }
      return (clock.now - since[rank]).seconds
    }
  }
}
