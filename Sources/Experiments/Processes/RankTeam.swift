#if MPI && canImport(CAscentMPI)
internal import AscentPolicyGradients
internal import AscentRegistries
internal import CAscentMPI
private import Glibc
internal import Synchronization

/// The processes of a run on several machines: the ranks that mpirun started, each with workers of its own.
///
/// At a meeting, the processes of a rank meet in shared memory; the first of them, which is the one that mpirun started,
/// gathers what those of the other ranks have written, and hands it to its own. So each byte crosses the network once for
/// each rank. Sums are no concern of it: as with every ``Collective``, each process computes its leaves, and all add the
/// same leaves in the same order.
///
/// A meeting also carries what is not data: a failure of any process, a request to stop, and notices for process 0. The
/// last one has the end of the run, so that every rank takes part in equally many. While a rank waits, and between the
/// steps of its lanes, it sends heartbeats to rank 0, and rank 0 to all; one that is silent for too long, such as one
/// whose network is cut off, ends the run.
final class RankTeam: Team {
  /// The index of this process among all of the run.
  var rank: Int { place * width }
  var count: Int { ranks * width }
  private(set) var failure: CollectiveFailure?
  var isInterruptedWhileWaiting: () -> Bool = { false }
  var isInterrupted: Bool { isStopped || local?.isInterrupted ?? false }
  let spansMachines = true
  private(set) var traffic = Traffic()

  /// The index of this rank, and the number of ranks.
  private let place = Int(cmpi_rank())
  private let ranks = Int(cmpi_count())
  /// The processes of each rank.
  private var width = 1
  /// The processes of this rank, if it has workers.
  private var local: SharedMemory?
  /// True once this process or another rank has asked for a stop.
  private var isStopped = false
  /// What MPI may still write to after a rank was lost.
  private var torn: [Any] = []
  private var outbox = Outbox()
  private var mail = Mail()
  private var ownNotices: [String] = []
  private var pulse: Pulse
  private let spins: Int

  /// The code of a rank that goes on.
  private static let goesOn: Int64 = -1

  /// Makes the team of the ranks alone; workers come later.
  init() {
    pulse = Pulse(place, of: ranks)
    // More ranks than processors take turns.
    spins = Int(cmpi_local_count()) > SharedMemory.processors ? 0 : 2000
  }

  /// The end of the run for the ranks that wait for rank 0.
  deinit { if place == 0 { end(code: 0, "the run is over") } }

  /// Takes in the workers of this rank, of which every rank has equally many.
  ///
  /// - Parameters:
  ///   - memory: the shared memory of this process and its workers; nil if it has none.
  ///   - silence: the seconds after which a rank without a heartbeat is given up.
  func take(_ memory: SharedMemory?, silence: Double) {
    local = memory
    // Also while the workers are slow, the other ranks hear this one, and this one hears its user.
    memory?.isInterruptedWhileWaiting = { [unowned self] in
      pulse.beat()
      return isInterruptedWhileWaiting()
    }
    width = memory?.count ?? 1
    pulse.silence = silence
  }

  func machine(of process: Int) -> Int { process / width }

  func beat() {
    local?.beat()
    pulse.beat()
  }

  func interrupt() {
    isStopped = true
    local?.interrupt()
  }

  func end(code: Int32, _ reason: String) {
    guard failure == nil else { return }
    exchange(CollectiveFailure(code: code, description: place == 0 ? reason : "rank \(place): \(reason)"))
  }

  /// The environments are closed next, and may hang: MPI ends before.
  func beginLeaving() {
    if let failure, place > 0 { Ranks.leave(failure.code, failure.description) }
  }

  func leave(_ notice: String) { ownNotices.append(notice.inOneLine) }

  func notices() -> [String] {
    defer { ownNotices = [] }
    return (local?.notices() ?? []) + ownNotices
  }

  // MARK: Collective

  func write<Number: BitwiseCopyable>(_ numbers: [Number]) { outbox.write(numbers) }

  func read<Number: BitwiseCopyable>(from process: Int, into numbers: inout [Number]) {
    guard failure == nil, !mail.read(from: process, into: &numbers) else { return }
    end(code: CollectiveFailure.short(process).code, CollectiveFailure.short(process).description)
  }

  func meet() {
    guard failure == nil else { return }
    exchange(nil)
  }

  /// Meets with all ranks; with an ending, for the last time.
  private func exchange(_ ending: CollectiveFailure?) {
    var ending = ending
    let boxes = ending == nil ? meetWithWorkers(&ending) : []
    outbox.empty()
    let letter = RankLetter(
      boxes: ending == nil ? boxes : Array(repeating: [], count: width), notices: place == 0 ? [] : notices(),
      reason: ending?.description ?? "")
    let payload = letter.words
    let code = ending.map { Int64($0.code) } ?? Self.goesOn
    let header = [code, isInterrupted ? 1 : 0, Int64(payload.count)]
    guard let headers = gather(header) else { return }
    let heads = (0..<ranks).map { RankHead(headers, 3 * $0) }
    guard let words = gather(payload, heads.map(\.count)) else { return }
    traffic.meetings += 1
    if heads.contains(where: \.isStopped) { interrupt() }
    var (starts, sizes, next) = ([Int](), [Int](), 0)
    for head in heads {
      let letter = RankLetter.Places(in: words, from: next)
      next += Int(head.count)
      starts += letter.boxes.map(\.start)
      sizes += letter.boxes.map(\.size)
      if place == 0 { ownNotices += letter.notices(in: words) }
      if head.code != Self.goesOn, failure == nil {
        failure = CollectiveFailure(
          code: Int32(truncatingIfNeeded: head.code), description: letter.reason(in: words))
      }
    }
    traffic.bytesReceived += sizes.reduce(0, +) - sizes[rank]
    mail = Mail(words, starts: starts, sizes: sizes)
    if let failure {
      local?.end(code: failure.code, failure.description)
      Ranks.isOver.store(true, ordering: .relaxed)
    } else {
      handOn(words, starts, sizes)
    }
  }

  /// Meets with the workers of this rank; returns the bytes that each process of it has written.
  private func meetWithWorkers(_ ending: inout CollectiveFailure?) -> [[UInt8]] {
    guard let local else { return [outbox.bytes] }
    local.meet()
    var boxes = [outbox.bytes]
    for worker in 1..<width {
      boxes.append(local.receive(from: worker))
    }
    ending = local.failure.map {
      CollectiveFailure(code: $0.code, description: "rank \(place): \($0.description)")
    }
    return boxes
  }

  /// Gives the workers of this rank what the processes of all have written.
  private func handOn(_ words: [UInt64], _ starts: [Int], _ sizes: [Int]) {
    guard let local else { return }
    local.write(starts)
    local.write(sizes)
    local.write([words.count])
    local.write(words)
    // What fails here is told at the next meeting.
    local.meet()
  }

  // MARK: MPI

  /// Gathers as many numbers from each rank; nil after a failure.
  private func gather(_ own: [Int64]) -> [Int64]? {
    var all = Array(repeating: Int64(0), count: ranks * own.count)
    let isDone = unsafe own.withUnsafeBufferPointer { own in
      unsafe all.withUnsafeMutableBufferPointer { all in
        guard let from = own.baseAddress, let to = all.baseAddress else { return false }
        return unsafe wait(cmpi_gather_counts(from, Int32(own.count), to))
      }
    }
    if !isDone { torn += [own, all] }
    return isDone ? all : nil
  }

  /// Gathers so many words from each rank; nil after a failure.
  private func gather(_ own: [UInt64], _ counts: [Int64]) -> [UInt64]? {
    var all = Array(repeating: UInt64(0), count: Int(counts.reduce(0, +)))
    guard !all.isEmpty else { return all }
    let isDone = unsafe own.withUnsafeBufferPointer { own in
      unsafe counts.withUnsafeBufferPointer { counts in
        unsafe all.withUnsafeMutableBufferPointer { all in
          guard let counts = counts.baseAddress else { return false }
          return unsafe wait(cmpi_gather(own.baseAddress, counts, all.baseAddress))
        }
      }
    }
    if !isDone { torn += [own, all] }
    return isDone ? all : nil
  }

  /// Waits until what was begun is complete; returns false, with ``failure`` set, if it cannot be.
  private func wait(_ begun: cmpi_status) -> Bool {
    var status = begun == .ok ? cmpi_is_done() : begun
    pulse.beginWaiting()
    var turns = 0
    while status == .waiting {
      turns += 1
      if turns > spins { if turns < 20_000 { sched_yield() } else { usleep(50) } }
      if pulse.isGlanceDue() {
        if isInterruptedWhileWaiting() { interrupt() }
        local?.beat()
        if let lost = pulse.glance() {
          tear(
            .environmentFault,
            "rank \(lost) has not responded for \(Int(pulse.silence)) seconds: its machine is cut off, or it hangs"
          )
          return false
        }
      }
      status = cmpi_is_done()
    }
    switch status {
    case .ok, .waiting: return true
    case .large:
      tear(.machine, "the ranks exchange more than 16 GB at once, which MPI does not count: take fewer steps")
    case .failed: tear(.machine, "MPI: \(unsafe String(cString: cmpi_error()))")
    }
    return false
  }

  /// Ends what cannot be ended by a meeting.
  private func tear(_ status: ExitStatus, _ text: String) {
    failure = CollectiveFailure(code: status.rawValue, description: text)
    local?.end(code: status.rawValue, text)
    Ranks.isTorn.store(true, ordering: .relaxed)
  }
}
#endif
