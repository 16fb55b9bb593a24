internal import AscentMathematics

/// The states of a policy's recurrent layers in each lane: zeros at the beginning of an episode.
///
/// A policy without a recurrent layer has states of size 0.
public struct Memory: Sendable {
  /// The state of each lane, [lane × number]: the actor's, then that of a critic with a network of its own.
  public internal(set) var states: [Float]
  /// Floats of one lane's state.
  public let size: Int
  /// The number of lanes.
  let laneCount: Int
  private let actorSize: Int
  /// The sequences of the lanes that act, one step each; stored between calls to reuse their memory.
  private var sequences: Sequences

  /// Makes states of zeros for `laneCount` lanes.
  public init(_ policy: Policy, laneCount: Int) {
    Require.number(laneCount, of: "number of lanes", from: 0)
    self.laneCount = laneCount
    (size, actorSize) = (policy.stateSize, policy.actorStateSize)
    states = Array(repeating: 0, count: laneCount * size)
    sequences = Sequences(stateSize: size)
  }

  /// The position of each lane's state.
  var rows: Rows { Rows(stride: size) }

  /// Sets the lane's state to zeros.
  public mutating func forget(_ lane: Int) {
    Require.index(lane, of: "lane", in: 0..<laneCount)
    for k in rows.indices(of: lane) { states[k] = 0 }
  }

  /// The state of the actor alone.
  public func actor(lane: Int) -> ArraySlice<Float> {
    Require.index(lane, of: "lane", in: 0..<laneCount)
    return states[rows[lane]..<rows[lane] + actorSize]
  }

  /// The state of one lane.
  public subscript(lane: Int) -> [Float] {
    get {
      Require.index(lane, of: "lane", in: 0..<laneCount)
      return Array(states[rows.indices(of: lane)])
    }
    set {
      Require.index(lane, of: "lane", in: 0..<laneCount)
      Require.count(newValue.count, of: "state of a lane", is: size, "the policy's stateSize")
      for k in 0..<size { states[rows[lane] + k] = newValue[k] }
    }
  }

  /// Makes one-step sequences for some lanes, starting in the lanes' states; pair each call with ``giveBack(_:)``.
  mutating func takeSequences(of lanes: [Int]) -> Sequences {
    var taken = sequences
    sequences = Sequences(stateSize: size)
    taken.removeAll()
    for lane in lanes { taken.append(rows: 1, from: states.span.extracting(rows.indices(of: lane))) }
    return taken
  }

  /// Returns the sequences of ``takeSequences(of:)``, so that their memory is reused.
  mutating func giveBack(_ taken: Sequences) { sequences = taken }
}
