internal import AscentMathematics

/// Sequences of rows in time, for recurrent policies.
///
/// The rows of a call are the steps of the sequences, one sequence after the other. A sequence may begin with lead
/// rows, also called burn-in: they are evaluated only for the recurrent state that they produce, and give no outputs.
/// The lead rows of all sequences come first.
public struct Sequences: Sendable {
  /// One sequence.
  struct Part: Sendable, Equatable {
    /// Its lead rows, counted among all lead rows.
    var leads: Range<Int>
    /// Its own rows, counted without lead rows.
    var rows: Range<Int>

    /// The number of steps, leads included.
    var length: Int { leads.count + rows.count }
  }

  /// The sequences, in the order of their rows.
  private(set) var parts: [Part] = []
  /// The initial state of each sequence, [sequence × number].
  private(set) var states: [Float] = []
  /// Floats of a state.
  public let stateSize: Int

  /// Makes an empty collection for states of `stateSize` floats.
  public init(stateSize: Int) {
    Require.number(stateSize, of: "size of a state", from: 0)
    self.stateSize = stateSize
  }

  /// The number of sequences.
  public var count: Int { parts.count }
  /// The number of lead rows.
  public var leadCount: Int { parts.last?.leads.upperBound ?? 0 }
  /// The number of rows without leads.
  public var rowCount: Int { parts.last?.rows.upperBound ?? 0 }
  /// The number of observation rows that a call needs: lead rows and the others.
  public var inputCount: Int { leadCount + rowCount }

  /// The rows of one sequence, counted without leads.
  public func rows(of sequence: Int) -> Range<Int> {
    Require.index(sequence, of: "sequence", in: 0..<count)
    return parts[sequence].rows
  }
  /// The lead rows of one sequence, counted among all lead rows.
  public func leads(of sequence: Int) -> Range<Int> {
    Require.index(sequence, of: "sequence", in: 0..<count)
    return parts[sequence].leads
  }

  /// Appends one sequence of another collection.
  public mutating func append(_ sequence: Int, of other: Sequences) {
    Require.index(sequence, of: "sequence", in: 0..<other.count)
    Require.count(
      other.stateSize, of: "states of the other sequences", is: stateSize, "the stateSize of these")
    let part = other.parts[sequence]
    parts.append(
      Part(
        leads: leadCount..<leadCount + part.leads.count, rows: rowCount..<rowCount + part.rows.count))
    states += other.states[sequence * stateSize..<(sequence + 1) * stateSize]
  }

  /// Removes all sequences without releasing memory.
  public mutating func removeAll() {
    parts.removeAll(keepingCapacity: true)
    states.removeAll(keepingCapacity: true)
  }

  /// Appends a sequence of the next `leads` lead rows and the next `rows` rows, starting in the given state.
  public mutating func append(rows: Int, leads: Int = 0, from state: Span<Float>) {
    Require.count(state.count, of: "state", is: stateSize, "the stateSize of the sequences")
    append(rows, leads)
    for k in 0..<stateSize { states.append(state[k]) }
  }

  /// Appends a sequence that starts in a state of zeros.
  public mutating func append(rows: Int, leads: Int = 0) {
    append(rows, leads)
    for _ in 0..<stateSize { states.append(0) }
  }

  private mutating func append(_ rows: Int, _ leads: Int) {
    Require.number(rows, of: "number of rows of a sequence", from: 1)
    Require.number(leads, of: "number of lead rows of a sequence", from: 0)
    parts.append(
      Part(leads: leadCount..<leadCount + leads, rows: rowCount..<rowCount + rows))
  }
}

/// The rows of sequences in time order: all first steps, then all second steps, and so on.
///
/// Longer sequences come first, so that the sequences that have not ended at a time are always a prefix of all.
struct TimeOrder: Sendable {
  /// The input row at each position, lead rows counted first.
  private(set) var rows: [Int] = []
  /// The first position of each time step, and at the end the total number of positions.
  private(set) var starts: [Int] = []
  /// The indices of the sequences, longest first.
  private(set) var sequences: [Int] = []
  /// The position of each sequence's last step, in the order of `sequences`.
  private(set) var ends: [Int] = []
  /// The position of each row, without leads.
  private(set) var positions: [Int] = []

  /// The number of steps of the longest sequence.
  var length: Int { max(0, starts.count - 1) }

  /// The positions of a time step.
  func positions(at time: Int) -> Range<Int> { starts[time]..<starts[time + 1] }

  mutating func arrange(_ all: Sequences) {
    rows.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    sequences.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    positions.removeAll(keepingCapacity: true)
    let (parts, leads) = (all.parts, all.leadCount)
    sequences.append(contentsOf: parts.indices)
    if parts.contains(where: { $0.length != parts[0].length }) {
      // A stable order, which depends on the lengths alone.
      sequences.sort { (-parts[$0].length, $0) < (-parts[$1].length, $1) }
    }
    positions.append(contentsOf: repeatElement(0, count: all.rowCount))
    ends.append(contentsOf: repeatElement(0, count: parts.count))
    starts.append(0)
    var (time, going) = (0, sequences.count)
    while true {
      while going > 0, parts[sequences[going - 1]].length <= time { going -= 1 }
      guard going > 0 else { return }
      for k in 0..<going {
        let part = parts[sequences[k]]
        if time < part.leads.count {
          rows.append(part.leads.lowerBound + time)
        } else {
          let row = part.rows.lowerBound + time - part.leads.count
          positions[row] = rows.count
          rows.append(leads + row)
        }
        if time == part.length - 1 { ends[k] = rows.count - 1 }
      }
      starts.append(rows.count)
      time += 1
    }
  }
}
