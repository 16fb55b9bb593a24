/// Rows that follow each other in time, for policies that remember.
///
/// The rows of a call are the steps of one sequence after the other. A sequence may have steps that lead to it: they
/// are lived through again for what they leave in memory, and nothing is asked about them. The rows of all leads
/// come first.
public struct Sequences: Sendable {
  /// One sequence.
  struct Part: Sendable, Equatable {
    /// The rows that lead to it, among the leads.
    var leads: Range<Int>
    /// Its own rows, among those that are asked about.
    var rows: Range<Int>

    /// How many steps are lived through.
    var length: Int { leads.count + rows.count }
  }

  /// In the order of their rows.
  private(set) var parts: [Part] = []
  /// The state in which each begins, [sequence × number].
  private(set) var states: [Float] = []
  /// Floats of a state.
  public let stateSize: Int

  /// No sequences yet, for states of so many floats.
  public init(stateSize: Int) { self.stateSize = stateSize }

  /// How many sequences there are.
  public var count: Int { parts.count }
  /// How many rows lead to others.
  public var leadCount: Int { parts.last?.leads.upperBound ?? 0 }
  /// How many rows are asked about.
  public var rowCount: Int { parts.last?.rows.upperBound ?? 0 }
  /// Both together: the rows of observations that a call gets.
  public var inputCount: Int { leadCount + rowCount }

  /// The rows of one sequence, counted without leads.
  public func rows(of sequence: Int) -> Range<Int> { parts[sequence].rows }
  /// The rows that lead to it, among the leads.
  public func leads(of sequence: Int) -> Range<Int> { parts[sequence].leads }

  /// Adds one of another's.
  public mutating func append(_ sequence: Int, of other: Sequences) {
    let part = other.parts[sequence]
    parts.append(
      Part(
        leads: leadCount..<leadCount + part.leads.count, rows: rowCount..<rowCount + part.rows.count))
    states += other.states[sequence * stateSize..<(sequence + 1) * stateSize]
  }

  /// Forgets all and keeps the memory.
  public mutating func removeAll() {
    parts.removeAll(keepingCapacity: true)
    states.removeAll(keepingCapacity: true)
  }

  /// Adds a sequence of the next `rows` rows, and of the next `leads` leading ones, that begins in a state.
  public mutating func append(rows: Int, leads: Int = 0, from state: Span<Float>) {
    parts.append(
      Part(leads: leadCount..<leadCount + leads, rows: rowCount..<rowCount + rows))
    for k in 0..<stateSize { states.append(state[k]) }
  }

  /// Adds one that begins with nothing remembered.
  public mutating func append(rows: Int, leads: Int = 0) {
    parts.append(
      Part(leads: leadCount..<leadCount + leads, rows: rowCount..<rowCount + rows))
    for _ in 0..<stateSize { states.append(0) }
  }
}

/// The rows of sequences in the order of time: all first steps, then all second ones, and so on.
///
/// Longer sequences come before shorter ones, so that those which still go on at a time are the first of those before.
struct TimeOrder: Sendable {
  /// For each position the row of the input, leads first.
  private(set) var rows: [Int] = []
  /// The first position of each time, and how many positions there are in all.
  private(set) var starts: [Int] = []
  /// The sequences in the order of length, the longest one first.
  private(set) var sequences: [Int] = []
  /// For each of them the position of its last step.
  private(set) var ends: [Int] = []
  /// For each row, leads left out, its position.
  private(set) var positions: [Int] = []

  /// How many steps the longest sequence has.
  var length: Int { max(0, starts.count - 1) }

  /// The positions of a time.
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
      // A stable order, so that it is a function of the lengths alone.
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
