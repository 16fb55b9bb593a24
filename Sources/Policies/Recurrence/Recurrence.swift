/// A recurrent layer in front of the affine ones: what a policy carries from one observation to the next.
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
