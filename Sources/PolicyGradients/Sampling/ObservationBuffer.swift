internal import AscentMathematics

/// The observations of one lane, [slot × feature]: floats, or bytes as long as every number is a byte.
///
/// An observation with another number, such as one of an emission that does not keep to its space, turns the whole
/// buffer into floats: the same numbers are read in either case. The buffer is reused, and grows only if an iteration is longer than all previous ones.
struct ObservationBuffer: Sendable {
  private let size: Int
  /// True if all numbers are stored as bytes.
  private(set) var storesBytes: Bool
  /// All observations, or the one that is being written if they are stored as bytes.
  private var floats: [Float] = []
  private var bytes: [UInt8] = []
  /// True for each slot whose observation is in another process alone; empty if all are here.
  private var absent: [Bool] = []

  init(size: Int, storesBytes: Bool) {
    (self.size, self.storesBytes) = (size, storesBytes)
    if storesBytes { floats = Array(repeating: 0, count: size) }
  }

  /// Calls `body` to write the observation of a slot.
  mutating func write<Result, Failure: Error>(
    _ slot: Int, _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard !storesBytes else { return try writeBytes(slot, body) }
    let range = slot * size..<(slot + 1) * size
    Self.grow(&floats, toHold: range, size)
    return try floats.withMutableSpan { all throws(Failure) in
      #if compiler(>=6.3)
      var observation = all._mutatingExtracting(range)
      #else
      var observation = all.extracting(range)
      #endif
      return try body(&observation)
    }
  }

  private mutating func writeBytes<Result, Failure: Error>(
    _ slot: Int, _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let result = try floats.withMutableSpan { row throws(Failure) in try body(&row) }
    let range = slot * size..<(slot + 1) * size
    Self.grow(&bytes, toHold: range, size)
    let row = floats
    let areBytes = bytes.withMutableSpan { all in
      let source = row.span
      var differences: UInt32 = 0
      for k in source.indices {
        // A whole number from 0 to 255 is the lowest byte of its sum with 2²³; every other number, −0 included, has other
        // bits than that byte as a float.
        let byte = UInt8(truncatingIfNeeded: (source[k] + 0x1p23).bitPattern)
        differences |= Float(byte).bitPattern ^ source[k].bitPattern
        all[range.lowerBound + k] = byte
      }
      return differences == 0
    }
    if !areBytes { turnIntoFloats(range) }
    return result
  }

  /// Converts all numbers to floats; those of the slot that is being written are in `floats`.
  private mutating func turnIntoFloats(_ written: Range<Int>) {
    let row = floats
    floats = bytes.map { Float($0) }
    floats.replaceSubrange(written, with: row)
    (bytes, storesBytes) = ([], false)
  }

  private static func grow<Number: Numeric>(_ numbers: inout [Number], toHold range: Range<Int>, _ size: Int)
  {
    guard numbers.count < range.upperBound else { return }
    numbers += repeatElement(0, count: max(32 * size, numbers.count / 8))
  }

  /// Ends the program unless the slots of these numbers are here.
  @inline(__always)
  func requireHere(_ range: Range<Int>) {
    guard !absent.isEmpty, size > 0 else { return }
    for slot in range.lowerBound / size..<(range.upperBound + size - 1) / size {
      Require.that(!absent[slot], "the observation must be one that this process has")
    }
  }

  /// Forgets which observations are in other processes.
  mutating func removeAll() { absent = [] }

  /// Copies the numbers of one slot to `target`, from index `next` on.
  ///
  /// Inlined, since a call would retain all arrays of the buffer, for each row of a minibatch.
  @inline(__always)
  func copy(_ range: Range<Int>, into target: inout MutableSpan<Float>, at next: Int) {
    requireHere(range)
    guard storesBytes else {
      let source = floats.span.extracting(range)
      for k in source.indices { target[next + k] = source[k] }
      return
    }
    let source = bytes.span.extracting(range)
    for k in source.indices { target[next + k] = Float(source[k]) }
  }

  /// Copies the numbers of one slot that are stored as bytes.
  @inline(__always)
  func copyBytes(_ range: Range<Int>, into target: inout MutableSpan<UInt8>, at next: Int) {
    requireHere(range)
    let source = bytes.span.extracting(range)
    for k in source.indices { target[next + k] = source[k] }
  }

  /// Appends numbers to an array.
  func append(_ range: Range<Int>, to rows: inout [Float]) {
    requireHere(range)
    guard storesBytes else {
      rows += floats[range]
      return
    }
    for byte in bytes[range] { rows.append(Float(byte)) }
  }

  /// Calls `body` with numbers, which are converted in `room` if they are stored as bytes.
  func read<Result>(_ range: Range<Int>, _ room: inout [Float], _ body: (Span<Float>) -> Result) -> Result {
    requireHere(range)
    guard storesBytes else { return body(floats.span.extracting(range)) }
    room.removeAll(keepingCapacity: true)
    append(range, to: &room)
    return body(room.span)
  }
}

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
    if storesBytes { bytes.resize(to: count * size) } else { floats.resize(to: count * size) }
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
