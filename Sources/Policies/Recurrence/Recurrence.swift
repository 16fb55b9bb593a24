/// What a policy carries from one observation to the next: a recurrent layer in front of the affine ones.
public struct Recurrence: Sendable, Equatable {
  /// The layer's cell.
  public var cell: Cell
  /// How many units it has.
  public var size: Int

  /// The cells, by name.
  public enum Cell: String, Sendable, CaseIterable {
    /// A gated recurrent unit (Cho and others 2014).
    case gru
    /// A long short-term memory (Hochreiter and Schmidhuber 1997).
    case lstm

    /// Gates of one unit.
    var gateCount: Int { self == .gru ? 3 : 4 }
    /// Floats that one unit remembers: its output, and an LSTM's cell.
    var stateCount: Int { self == .gru ? 1 : 2 }
  }

  /// Describes a layer.
  public init(_ cell: Cell, size: Int) {
    self.cell = cell
    self.size = size
  }
}

/// What a policy remembers of each lane: the state of its recurrent layers, zeros at the beginning of an episode.
///
/// It belongs to whoever acts. A policy without a recurrent layer leaves it as it is.
public struct Memory: Sendable {
  /// The state of each lane, [lane × number]: the actor's, then that of a critic with a network of its own.
  public internal(set) var states: [Float]
  /// Floats of one lane's state.
  public let size: Int
  private let actorSize: Int
  /// The lanes that act now, as sequences of one step each.
  var sequences: Sequences

  /// Nothing is remembered in any of so many lanes.
  public init(_ policy: Policy, laneCount: Int) {
    (size, actorSize) = (policy.stateSize, policy.actorStateSize)
    states = Array(repeating: 0, count: laneCount * size)
    sequences = Sequences(stateSize: size)
  }

  /// A memory without a policy, for actors that need none.
  public init() { (states, size, actorSize, sequences) = ([], 0, 0, Sequences(stateSize: 0)) }

  /// Nothing is remembered of the lane any more.
  public mutating func forget(_ lane: Int) {
    for k in 0..<size { states[lane * size + k] = 0 }
  }

  /// The state of the actor alone.
  public func actor(lane: Int) -> ArraySlice<Float> { states[lane * size..<lane * size + actorSize] }

  /// The state of one lane.
  public subscript(lane: Int) -> [Float] {
    get { Array(states[lane * size..<(lane + 1) * size]) }
    set { for k in 0..<size { states[lane * size + k] = newValue[k] } }
  }
}
