/// A recurrent layer before the affine layers; its state carries over from one observation to the next.
public struct Recurrence: Sendable, Equatable {
  /// The layer's cell.
  public var cell: Cell
  /// The number of units.
  public var size: Int

  /// The cells, by name.
  public enum Cell: String, Sendable, CaseIterable {
    /// A gated recurrent unit (Cho et al. 2014).
    case gru
    /// A long short-term memory (Hochreiter and Schmidhuber 1997).
    case lstm

    /// The number of gates of one unit.
    var gateCount: Int { self == .gru ? 3 : 4 }
    /// Floats of one unit's state: its output, and the cell of an LSTM.
    var stateCount: Int { self == .gru ? 1 : 2 }
  }

  /// Makes a recurrence.
  public init(_ cell: Cell, size: Int) {
    self.cell = cell
    self.size = size
  }
}
