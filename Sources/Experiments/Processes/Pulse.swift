#if MPI && canImport(CAscentMPI)
internal import CAscentMPI

/// The heartbeats between rank 0 and each other rank.
struct Pulse {
  /// The seconds after which a rank without a heartbeat is given up.
  var silence = 300.0

  private let place: Int
  /// The ranks that this one hears: rank 0 all others, and each other one rank 0.
  private let partners: Range<Int>
  private let clock = SuspendingClock()
  /// The time of the last heartbeats, and of the last glance.
  private var (beaten, looked): (SuspendingClock.Instant, SuspendingClock.Instant)
  /// The seconds for which this rank has waited without a heartbeat of each partner.
  private var waited: [Double]
  private var turns = 0

  /// The time between two heartbeats, and between two glances, and the most that one glance counts: a longer one was no
  /// wait, but a stop of the machine.
  private static let (interval, glance, most) = (Duration.seconds(1), Duration.milliseconds(50), 1.0)

  /// The heartbeats of a rank.
  init(_ place: Int, of ranks: Int) {
    self.place = place
    partners = place == 0 ? 1..<ranks : 0..<1
    (beaten, looked) = (clock.now, clock.now)
    waited = Array(repeating: 0, count: ranks)
  }

  /// Sends heartbeats if the last ones were a second ago.
  mutating func beat() {
    let now = clock.now
    guard now - beaten >= Self.interval else { return }
    beaten = now
    for partner in partners { cmpi_send_beat(Int32(partner)) }
    hear()
  }

  /// Begins a wait: the silence of all partners begins now.
  mutating func beginWaiting() {
    for partner in partners { waited[partner] = 0 }
    (turns, looked) = (0, clock.now)
  }

  /// True every 50 ms of a wait.
  mutating func isGlanceDue() -> Bool {
    turns += 1
    // The clock costs as much as a turn.
    guard turns.isMultiple(of: 64) else { return false }
    return clock.now - looked >= Self.glance
  }

  /// Sends and hears heartbeats; returns a rank that was silent for too long.
  mutating func glance() -> Int? {
    beat()
    let now = clock.now
    for partner in partners { waited[partner] += min((now - looked).seconds, Self.most) }
    looked = now
    hear()
    return partners.first { waited[$0] > silence }
  }

  private mutating func hear() {
    while case let rank = Int(cmpi_next_beat()), rank >= 0 { waited[rank] = 0 }
  }
}
#endif
