// Sending the observations of a lane from the process that sampled it to the others.
extension ObservationBuffer {
  /// Sends the numbers up to an index.
  func write(upTo end: Int, to collective: any Collective) {
    collective.write([storesBytes ? 1 : 0])
    if storesBytes { collective.write(Array(bytes[..<end])) } else { collective.write(Array(floats[..<end])) }
  }

  /// Receives `count` numbers that another process sent.
  mutating func read(_ count: Int, from rank: Int, of collective: any Collective) {
    var flag = [0]
    collective.read(from: rank, into: &flag)
    storesBytes = flag[0] == 1
    absent = []
    if storesBytes {
      bytes = Array(repeating: 0, count: count)
      collective.read(from: rank, into: &bytes)
    } else {
      floats = Array(repeating: 0, count: count)
      collective.read(from: rank, into: &floats)
    }
  }

  // MARK: Some of them

  /// Sends the kind of the numbers, and those of one slot.
  func write(slot: Int, to collective: any Collective) {
    collective.write([storesBytes ? 1 : 0])
    var row: [Float] = []
    append(slot * size..<(slot + 1) * size, to: &row)
    collective.write(row)
  }

  /// Receives the same of a lane with so many slots, all others of which are absent.
  mutating func read(slot: Int, of count: Int, from rank: Int, of collective: any Collective) {
    var (flag, row) = ([0], Array(repeating: Float(0), count: size))
    collective.read(from: rank, into: &flag)
    collective.read(from: rank, into: &row)
    storesBytes = flag[0] == 1
    if storesBytes {
      bytes = Array(repeating: 0, count: count * size)
    } else {
      floats = Array(repeating: 0, count: count * size)
    }
    absent = Array(repeating: true, count: count)
    put(row[...], slot: slot)
  }

  /// Appends an observation, whose numbers are stored as bytes.
  func append(slot: Int, to rows: inout [UInt8]) { rows += bytes[slot * size..<(slot + 1) * size] }

  /// Appends an observation.
  func append(slot: Int, to rows: inout [Float]) { append(slot * size..<(slot + 1) * size, to: &rows) }

  /// Stores an observation that has arrived.
  mutating func put(_ row: ArraySlice<UInt8>, slot: Int) {
    absent[slot] = false
    bytes.replaceSubrange(slot * size..<(slot + 1) * size, with: row)
  }

  /// Stores an observation that has arrived; bytes if all are bytes.
  mutating func put(_ row: ArraySlice<Float>, slot: Int) {
    guard !storesBytes else { return put(row.map { UInt8($0) }[...], slot: slot) }
    absent[slot] = false
    floats.replaceSubrange(slot * size..<(slot + 1) * size, with: row)
  }
}
