public import AscentPolicyGradients
internal import AscentRegistries
internal import CAscentWorkers

/// The processes of one machine that make a run together and exchange data through shared memory.
///
/// Process 0 creates the memory and starts the others: each is an `ascent worker` of the same executable and joins the memory.
///
/// An exchange has three parts. Each process calls ``write(_:)``, then ``meet()``, which returns when all have called it, and
/// then ``read(from:into:)``. The output is double-buffered: a process may write for the next exchange while others still
/// read the last one, so one barrier per exchange suffices.
///
/// These calls do not throw. The first error of any process becomes the ``failure`` of all of them at their next ``meet()``;
/// from then on all calls do nothing. While process 0 waits it supervises the others: a process that ends, or whose
/// heartbeat does not change for too long, is such an error. An interrupt is weaker: it is a request that each
/// process checks (`isInterrupted`), and does not end ``meet()``.
@safe public final class SharedMemory: Team {
  /// The index of this process, counted from 0.
  public let rank: Int
  /// The number of processes.
  public let count: Int
  /// The reason why the processes cannot continue; nil as long as they can.
  public private(set) var failure: CollectiveFailure?
  /// The number of seconds that a call of an environment may take; a process that hosts it then ends by itself.
  public var patience = 300.0
  /// The number of such calls between two heartbeats of a process: process 0 waits so many times as long.
  var callsBetweenBeats = 1
  var isInterruptedWhileWaiting: () -> Bool = { false }
  /// The advice at the end of the message about a worker that ends by itself.
  var adviceOnEnding = ""
  /// Returns the name of a process in messages, by its rank.
  var describe: (Int) -> String = { "worker \($0)" }

  private let team: OpaquePointer
  /// The duration of one wait in milliseconds; interrupts and silent processes are checked after each.
  private static let glance: Int32 = 50

  /// Creates the shared memory of `count` processes; this one has rank 0.
  ///
  /// - Throws: ``ExperimentError/machine(_:)`` when the system gives no shared memory.
  public init(count: Int) throws(ExperimentError) {
    guard let team = unsafe cworkers_create(Int32(clamping: count)) else {
      throw .machine("cannot start \(count) workers: the system provides no shared memory for them")
    }
    unsafe self.team = team
    (rank, self.count) = (0, count)
  }

  /// Joins in a process that `start(_:executable:arguments:)` started, or, in tests, in another thread.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` when the descriptor is not such a memory's.
  public init(rank: Int, descriptor: Int) throws(ExperimentError) {
    guard let team = unsafe cworkers_join(Int32(clamping: rank), Int32(clamping: descriptor)) else {
      throw .usage("ascent worker is started by ascent train --workers; there is no run to join")
    }
    unsafe self.team = team
    (self.rank, count) = unsafe (rank, Int(cworkers_count(team)))
  }

  deinit {
    if rank == 0 { unsafe cworkers_break(team, 0, "the run is over") }
    unsafe cworkers_leave(team, 2000, Int32(clamping: Int(min(longestSilence, 1e6) * 1000) + 3000))
  }

  /// The number of processors that this process may use.
  public static var processors: Int { Int(cworkers_processors()) }

  /// The largest number of processes that can share the memory.
  public static var most: Int { Int(CWORKERS_MOST) }

  /// The file descriptor by which other processes join.
  public var descriptor: Int { unsafe Int(cworkers_descriptor(team)) }

  /// Starts the process of a rank.
  func start(_ rank: Int, executable: String, arguments: [String]) throws(ExperimentError) {
    let status = unsafe ChildProcess.withTexts([executable] + arguments) {
      unsafe cworkers_start(team, Int32(rank), executable, $0)
    }
    guard status == .ok else { throw .machine("worker \(rank) cannot be started: \(executable)") }
  }

  /// Called in a started process: makes it end when its parent does.
  func endWithParent() { unsafe cworkers_end_with_parent(team) }

  func beginLeaving() { unsafe cworkers_begin_leaving(team) }

  func beat() { unsafe cworkers_beat(team) }

  var isInterrupted: Bool { unsafe cworkers_is_interrupted(team) }

  func interrupt() { unsafe cworkers_interrupt(team) }

  func end(code: Int32, _ reason: String) { unsafe cworkers_break(team, code, reason.visible) }

  let spansMachines = false
  private(set) var traffic = Traffic()
  func machine(of process: Int) -> Int { 0 }

  // MARK: Notices

  func leave(_ notice: String) {
    // A longer line would be lost; a character that is cut needs up to three bytes.
    let line = notice.inOneLine.utf8.prefix(Int(CWORKERS_LONGEST_NOTE) - 4)
    unsafe cworkers_note(team, String(decoding: line, as: UTF8.self))
  }

  func notices() -> [String] {
    var (found, line) = ([String](), Array(repeating: CChar(0), count: Int(CWORKERS_LONGEST_NOTE)))
    while unsafe line.withUnsafeMutableBufferPointer({ next in
      unsafe next.baseAddress.map { unsafe cworkers_next_note(team, $0, next.count) } ?? false
    }) {
      found.append(String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    return found
  }

  // MARK: Collective

  /// Appends numbers to this process's output for the next ``meet()``.
  public func write<Number: BitwiseCopyable>(_ numbers: [Number]) {
    guard failure == nil else { return }
    let status = unsafe numbers.withUnsafeBytes { unsafe cworkers_write(team, $0.baseAddress, $0.count) }
    if status != .ok { fail(.machine, "there is not enough shared memory for the data of \(describe(rank))") }
  }

  /// Reads the next numbers of what a process wrote before the last ``meet()``.
  ///
  /// Fills the whole array; if the process wrote less, sets ``failure``.
  public func read<Number: BitwiseCopyable>(from rank: Int, into numbers: inout [Number]) {
    guard failure == nil else { return }
    traffic.bytesReceived += numbers.count * MemoryLayout<Number>.stride
    let status = unsafe numbers.withUnsafeMutableBytes {
      unsafe cworkers_read(team, Int32(rank), $0.baseAddress, $0.count)
    }
    if status != .ok { failOfShortness(rank) }
  }

  /// Gives each process numbers that are for it alone, and receives those that each of them has for this one.
  public func trade<Number: BitwiseCopyable>(_ parcels: [[Number]], into received: inout [[Number]]) {
    requireForAll(parcels.count, received.count)
    var sizes = parcels.map { $0.count * MemoryLayout<Number>.stride }
    sizes[rank] = 0
    write(sizes)
    for (other, parcel) in parcels.enumerated() where other != rank { write(parcel) }
    meet()
    for other in 0..<count where other != rank {
      read(from: other, into: &sizes)
      guard failure == nil else { return }
      let before = sizes[..<rank].reduce(0, +)
      guard sizes[rank] == received[other].count * MemoryLayout<Number>.stride,
        unsafe cworkers_read(team, Int32(other), nil, before) == .ok
      else { return failOfShortness(other) }
      read(from: other, into: &received[other])
    }
  }

  private func failOfShortness(_ rank: Int) {
    fail(.environmentFault, "\(describe(rank)) sent other data than expected")
  }

  /// Waits until all processes have called it.
  ///
  /// Returns earlier, with ``failure`` set, if one of them failed.
  public func meet() {
    guard failure == nil else { return }
    traffic.meetings += 1
    unsafe cworkers_arrive(team)
    // Most waits end before the first glance.
    var silence: Silence?
    while true {
      switch unsafe cworkers_wait(team, Self.glance) {
      case .ok: return
      case .broken:
        let text = unsafe String(cString: cworkers_reason(team))
        failure = unsafe CollectiveFailure(code: cworkers_code(team), description: text)
        return
      case .gone:
        let gone = unsafe Int(cworkers_missing(team))
        return fail(.environmentFault, "\(describe(gone)) \(ending(of: gone))")
      case .failed, .short: return fail(.machine, "the workers' shared memory cannot be read")
      case .waiting:
        if isInterruptedWhileWaiting() { interrupt() }
        guard rank == 0 else { continue }
        silence = silence ?? Silence()
        let missing = unsafe Int(cworkers_missing(team))
        guard missing > 0 else { continue }
        let beats = unsafe cworkers_beats(team, Int32(missing))
        if (silence?.look(at: missing, beats: beats) ?? 0) > longestSilence + Self.slack {
          return fail(.environmentFault, "\(describe(missing)) \(Self.hang(longestSilence))")
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
    // After any other fault, the process leaves a reason.
    if code == ExitStatus.environmentFault.rawValue { return Self.hang(patience) }
    return code < 0
      ? "was ended by signal \(-code)"
      : "ended with exit code \(code), without an error message\(adviceOnEnding)"
  }

  private var longestSilence: Double { patience * Double(callsBetweenBeats) }

  /// The seconds in which a process that hangs has the first word, with Python's stack.
  private static let slack = 2.0

  private static func hang(_ seconds: Double) -> String {
    "has not responded for \(Int(seconds)) seconds: its environment hangs, or a step takes longer than --patience allows"
  }

  /// The time in which process 0 noticed no new heartbeat of the process that it waits for.
  ///
  /// Time in which the processes or the machine were stopped does not count.
  private struct Silence {
    private let clock = SuspendingClock()
    private var looked: SuspendingClock.Instant
    private var (rank, beats) = (0, UInt64(0))
    private var seconds = 0.0
    /// The most seconds that one glance counts: a longer one was no wait, but a stop.
    private static let most = 1.0

    init() { looked = clock.now }

    /// Returns the seconds since the last heartbeat of the process.
    mutating func look(at rank: Int, beats: UInt64) -> Double {
      let now = clock.now
      seconds =
        (rank, beats) == (self.rank, self.beats) ? seconds + min((now - looked).seconds, Self.most) : 0
      (looked, self.rank, self.beats) = (now, rank, beats)
      return seconds
    }
  }
}
