internal import AscentMathematics

/// Where the observations of a rollout are, if each process keeps those of its own lanes until another one needs them.
///
/// The processes know which of them computes which slices of a pass, so each knows what others need of it, and what it
/// has sent already: an observation is sent at most once to each process.
struct ObservationSpread: Sendable {
  private let rank: Int
  /// The process that has sampled each lane.
  private let hosts: [Int]
  /// The observations that were noted, [process][lane][slot]: for this process those of the lanes of others, for another one
  /// those of this process's lanes.
  private var known: [[[Bool]]]
  /// What this process gives to each, and receives from each, with the next exchange, [process].
  private var (leaving, arriving): ([[Slot]], [[Slot]])

  /// The place of an observation.
  struct Slot: Sendable {
    var lane, slot: Int
  }

  /// The spread of a rollout whose observations are all where they were sampled.
  init(of rollout: Rollout, with collective: any Collective) {
    rank = collective.rank
    hosts = (0..<collective.count).flatMap { process in
      collective.share(of: rollout, rank: process).map { _ in process }
    }
    known = []
    leaving = Array(repeating: [], count: collective.count)
    arriving = leaving
    for process in 0..<collective.count {
      known.append(
        rollout.lanes.indices.map { lane in
          // An observation travels from this process to another one, or from another one to this.
          let mayTravel = (hosts[lane] == rank) != (process == rank)
          return Array(repeating: false, count: mayTravel ? rollout.lanes[lane].slotCount : 0)
        })
    }
  }

  /// True if it saves more bytes than it costs to keep observations where they were sampled.
  ///
  /// After k passes, one of P processes has read 1 − (1 − 1/P)ᵏ of the observations of others; the rest is saved. To find out
  /// what must be sent costs about as much as 16 bytes of each observation in each pass.
  static func isWorthwhile(bytes: Int, passes: Int, processes: Int) -> Bool {
    guard processes > 1, passes > 0 else { return false }
    var without = 1.0
    for _ in 0..<passes { without *= 1 - 1 / Double(processes) }
    return Double(bytes) * without > 16 * Double(passes)
  }

  /// Notes that a process needs an observation.
  mutating func note(_ slot: Int, ofLane lane: Int, neededBy process: Int) {
    let host = hosts[lane]
    guard host != process, host == rank || process == rank, !known[process][lane][slot] else { return }
    known[process][lane][slot] = true
    if host == rank {
      leaving[process].append(Slot(lane: lane, slot: slot))
    } else {
      arriving[host].append(Slot(lane: lane, slot: slot))
    }
  }

  /// Removes and returns what was noted since the last call.
  mutating func takeNoted() -> (leaving: [[Slot]], arriving: [[Slot]]) {
    defer { for process in leaving.indices { (leaving[process], arriving[process]) = ([], []) } }
    return (leaving, arriving)
  }
}

extension Rollout {
  /// Gives other processes what they need of this one's lanes, and receives what this one needs of theirs.
  mutating func exchangeNoted(with collective: any Collective) {
    guard let noted = spread?.takeNoted() else { return }
    if lanes.allSatisfy(\.observations.storesBytes) {
      exchange(noted.leaving, noted.arriving, with: collective, UInt8(0)) {
        $0.append(slot: $1, to: &$2)
      } put: {
        $0.put($2, slot: $1)
      }
    } else {
      exchange(noted.leaving, noted.arriving, with: collective, Float(0)) {
        $0.append(slot: $1, to: &$2)
      } put: {
        $0.put($2, slot: $1)
      }
    }
  }

  private mutating func exchange<Number: BitwiseCopyable>(
    _ leaving: [[ObservationSpread.Slot]], _ arriving: [[ObservationSpread.Slot]],
    with collective: any Collective, _ zero: Number,
    append: (ObservationBuffer, Int, inout [Number]) -> Void,
    put: (inout ObservationBuffer, Int, ArraySlice<Number>) -> Void
  ) {
    let parcels = leaving.map { slots in
      var numbers: [Number] = []
      numbers.reserveCapacity(slots.count * observationSize)
      for place in slots { append(lanes[place.lane].observations, place.slot, &numbers) }
      return numbers
    }
    var received = arriving.map { Array(repeating: zero, count: $0.count * observationSize) }
    collective.trade(parcels, into: &received)
    for (slots, numbers) in zip(arriving, received) {
      for (k, place) in slots.enumerated() {
        put(
          &lanes[place.lane].observations, place.slot,
          numbers[k * observationSize..<(k + 1) * observationSize])
      }
    }
  }
}
