#if MPI && canImport(CAscentMPI)
internal import AscentPolicyGradients
internal import AscentRegistries
internal import CAscentMPI
private import Glibc
internal import Synchronization

/// The ranks that mpirun started: what they gather from and give to each other, and for how long they wait.
///
/// All ranks must call the same members in the same order; each calls `glance` every 50 ms while this rank waits. A ``failure``
/// is permanent.
final class RankNetwork {
  /// The index of this rank, and the number of ranks.
  let place = Int(cmpi_rank())
  let count = Int(cmpi_count())
  /// The reason why the ranks cannot meet any more; nil while they can.
  private(set) var failure: CollectiveFailure?
  /// The heartbeats.
  var pulse: Pulse
  private let spins: Int
  /// What MPI may still write to after a rank was lost.
  private var torn: [Any] = []

  /// The network of all ranks.
  init() {
    pulse = Pulse(place, of: count)
    // More ranks than processors take turns.
    spins = Int(cmpi_local_count()) > SharedMemory.processors ? 0 : 2000
  }

  /// Gathers as many numbers from each rank; nil after a failure.
  func gather(_ own: [Int64], _ glance: () -> Void) -> [Int64]? {
    var all = Array(repeating: Int64(0), count: count * own.count)
    let isDone = unsafe own.withUnsafeBufferPointer { own in
      unsafe all.withUnsafeMutableBufferPointer { all in
        guard let from = own.baseAddress, let to = all.baseAddress else { return false }
        return unsafe wait(cmpi_gather_counts(from, Int32(own.count), to), glance)
      }
    }
    if !isDone { torn += [own, all] }
    return isDone ? all : nil
  }

  /// Gathers so many words from each rank; nil after a failure.
  func gather(_ own: [UInt64], _ counts: [Int64], _ glance: () -> Void) -> [UInt64]? {
    var all = Array(repeating: UInt64(0), count: Int(counts.reduce(0, +)))
    guard !all.isEmpty else { return all }
    let isDone = unsafe own.withUnsafeBufferPointer { own in
      unsafe counts.withUnsafeBufferPointer { counts in
        unsafe all.withUnsafeMutableBufferPointer { all in
          guard let counts = counts.baseAddress else { return false }
          return unsafe wait(cmpi_gather(own.baseAddress, counts, all.baseAddress), glance)
        }
      }
    }
    if !isDone { torn += [own, all] }
    return isDone ? all : nil
  }

  /// Gives each rank so many of the words, and receives so many from each; nil after a failure.
  func trade(
    _ own: [UInt64], _ ownCounts: [Int64], for counts: [Int64], _ glance: () -> Void
  ) -> [UInt64]? {
    var all = Array(repeating: UInt64(0), count: Int(counts.reduce(0, +)))
    let isDone = unsafe own.withUnsafeBufferPointer { own in
      unsafe ownCounts.withUnsafeBufferPointer { ownCounts in
        unsafe counts.withUnsafeBufferPointer { counts in
          unsafe all.withUnsafeMutableBufferPointer { all in
            guard let sizes = ownCounts.baseAddress, let counts = counts.baseAddress else { return false }
            return unsafe wait(cmpi_trade(own.baseAddress, sizes, all.baseAddress, counts), glance)
          }
        }
      }
    }
    if !isDone { torn += [own, all] }
    return isDone ? all : nil
  }

  /// Waits until what was begun is complete; returns false, with ``failure`` set, if it cannot be.
  private func wait(_ begun: cmpi_status, _ glance: () -> Void) -> Bool {
    var status = begun == .ok ? cmpi_is_done() : begun
    pulse.beginWaiting()
    var turns = 0
    while status == .waiting {
      turns += 1
      if turns > spins { if turns < 20_000 { sched_yield() } else { usleep(50) } }
      if pulse.isGlanceDue() {
        glance()
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
    Ranks.isTorn.store(true, ordering: .relaxed)
  }
}
#endif
