internal import AscentMathematics

/// The observations of one lane, slot by slot: floats, or bytes as long as every number is a byte.
///
/// An observation with another number, such as one of an emission that does not keep to its space, turns the whole
/// buffer into floats, for all later iterations, too: the same numbers are read in either case. The buffer is reused, and grows only if an iteration is
/// longer, or has more planes that differ, than all previous ones.
struct ObservationBuffer: Sendable {
  private let size: Int
  /// The planes of observations of bytes; nil if observations are never stored as bytes.
  private let layout: PictureLayout?
  /// The observations if they are stored as bytes; nil otherwise, so that a copy of a buffer retains few arrays.
  private var pictures: PlaneStore?
  /// All observations, [row × feature], or the one that is being written if they are stored as bytes.
  private var floats: [Float] = []
  /// The row of each slot in `floats`, −1 for an observation that is in another process alone; empty if all are in order.
  private var rows: [Int32] = []
  /// The number of rows in use, if `rows` says which.
  private var rowCount = 0

  /// Makes an empty buffer for observations of bytes with these planes, or of floats if there is no layout.
  init(size: Int, _ layout: PictureLayout?) {
    (self.size, self.layout) = (size, layout)
    pictures = layout.map { PlaneStore($0) }
    if layout != nil { floats = Array(repeating: 0, count: size) }
  }

  /// True if all numbers are stored as bytes.
  @inline(__always)
  var storesBytes: Bool { pictures != nil }

  /// Calls `body` to write the observation of the next slot.
  mutating func write<Result, Failure: Error>(
    _ slot: Int, _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard !storesBytes else { return try writeBytes(slot, body) }
    let range = slot * size..<(slot + 1) * size
    floats.grow(toHold: range.upperBound, rowsOf: size)
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
    let row = floats
    if pictures?.append(row.span, slot: slot) == false { turnIntoFloats(slot) }
    return result
  }

  /// Converts the observations before a slot to floats; those of the slot are in `floats`.
  private mutating func turnIntoFloats(_ slot: Int) {
    var all: [Float] = []
    append(0..<slot, to: &all)
    all += floats
    (floats, pictures) = (all, nil)
  }

  /// Removes all observations without releasing memory.
  mutating func removeAll() {
    pictures?.removeAll()
    rows.removeAll(keepingCapacity: true)
  }

  // MARK: Reading

  /// The number of planes that are stored as bytes.
  var planeCount: Int { pictures?.planeCount ?? 0 }

  /// The index of the first float of a slot.
  @inline(__always)
  private func start(of slot: Int) -> Int {
    guard !rows.isEmpty else { return slot * size }
    Require.that(rows[slot] >= 0, "the observation must be one that this process has")
    return Int(rows[slot]) * size
  }

  /// Copies the numbers of one slot to `target`, from index `next` on.
  ///
  /// Inlined, since a call would retain all arrays of the buffer, for each row of a minibatch; only pictures whose planes are
  /// joined are worth that.
  @inline(__always)
  func copy(_ slot: Int, into target: inout MutableSpan<Float>, at next: Int) {
    guard !storesBytes else {
      pictures?.copy(slot, into: &target, at: next)
      return
    }
    let first = start(of: slot)
    let source = floats.span.extracting(first..<first + size)
    for k in source.indices { target[next + k] = source[k] }
  }

  /// Copies the numbers of one slot that are stored as bytes.
  @inline(__always)
  func copyBytes(_ slot: Int, into target: inout MutableSpan<UInt8>, at next: Int) {
    Require.that(storesBytes, "the observations must be stored as bytes")
    pictures?.copy(slot, into: &target, at: next)
  }

  /// Appends the observations of some slots to an array, [slot × feature].
  func append(_ slots: Range<Int>, to numbers: inout [Float]) {
    guard storesBytes || !rows.isEmpty else {
      numbers += floats[slots.lowerBound * size..<slots.upperBound * size]
      return
    }
    var next = numbers.count
    numbers.append(contentsOf: repeatElement(0, count: slots.count * size))
    numbers.withMutableSpan { target in
      for slot in slots {
        copy(slot, into: &target, at: next)
        next += size
      }
    }
  }

  /// Calls `body` with the observations of some slots, which are put together in `room` if they are not stored so.
  func read<Result>(_ slots: Range<Int>, _ room: inout [Float], _ body: (Span<Float>) -> Result) -> Result {
    guard storesBytes || !rows.isEmpty else {
      return body(floats.span.extracting(slots.lowerBound * size..<slots.upperBound * size))
    }
    room.removeAll(keepingCapacity: true)
    append(slots, to: &room)
    return body(room.span)
  }
}

// Sending the observations of a lane from the process that sampled it to the others.
extension ObservationBuffer {
  /// Sends the observations of the first `count` slots.
  func write(upTo count: Int, to collective: any Collective) {
    collective.write([storesBytes ? 1 : 0])
    if storesBytes {
      var all: [UInt8] = []
      all.reserveCapacity(count * size)
      for slot in 0..<count { append(slot: slot, to: &all) }
      collective.write(all)
    } else {
      var all: [Float] = []
      append(0..<count, to: &all)
      collective.write(all)
    }
  }

  /// Receives `count` observations that another process sent.
  mutating func read(_ count: Int, from rank: Int, of collective: any Collective) {
    var flag = [0]
    collective.read(from: rank, into: &flag)
    begin(asBytes: flag[0] == 1)
    if storesBytes {
      var all = Array(repeating: UInt8(0), count: count * size)
      collective.read(from: rank, into: &all)
      pictures?.expect(count)
      for slot in 0..<count {
        pictures?.put(all.span.extracting(Rows(stride: size).indices(of: slot)), slot: slot)
      }
    } else {
      floats.resize(to: count * size)
      collective.read(from: rank, into: &floats)
    }
  }

  /// Removes all observations; the next ones are stored as bytes, or as floats.
  private mutating func begin(asBytes: Bool) {
    Require.that(!asBytes || layout != nil, "bytes are sent of observations that are bytes here, too")
    removeAll()
    guard asBytes != storesBytes else { return }
    pictures = asBytes ? layout.map { PlaneStore($0) } : nil
    if asBytes { floats.resize(to: size) }
  }

  // MARK: Some of them

  /// Sends the kind of the numbers, and those of one slot.
  func write(slot: Int, to collective: any Collective) {
    collective.write([storesBytes ? 1 : 0])
    var row: [Float] = []
    append(slot..<slot + 1, to: &row)
    collective.write(row)
  }

  /// Receives the same of a lane with so many slots, all others of which are absent.
  mutating func read(slot: Int, of count: Int, from rank: Int, of collective: any Collective) {
    var (flag, row) = ([0], Array(repeating: Float(0), count: size))
    collective.read(from: rank, into: &flag)
    collective.read(from: rank, into: &row)
    begin(asBytes: flag[0] == 1)
    if storesBytes {
      pictures?.expect(count)
    } else {
      (rows, rowCount) = (Array(repeating: -1, count: count), 0)
    }
    put(row[...], slot: slot)
  }

  /// Appends an observation, whose numbers are stored as bytes.
  func append(slot: Int, to numbers: inout [UInt8]) {
    let next = numbers.count
    numbers.append(contentsOf: repeatElement(0, count: size))
    numbers.withMutableSpan { copyBytes(slot, into: &$0, at: next) }
  }

  /// Appends an observation.
  func append(slot: Int, to numbers: inout [Float]) { append(slot..<slot + 1, to: &numbers) }

  /// Stores an observation that has arrived.
  mutating func put(_ row: ArraySlice<UInt8>, slot: Int) {
    Require.that(storesBytes, "the observations must be stored as bytes")
    pictures?.put(row.span, slot: slot)
  }

  /// Stores an observation that has arrived; bytes if all are bytes.
  mutating func put(_ row: ArraySlice<Float>, slot: Int) {
    guard !storesBytes else { return put(row.map { UInt8($0) }[...], slot: slot) }
    let first = rowCount * size
    floats.grow(toHold: first + size, rowsOf: size)
    floats.replaceSubrange(first..<first + size, with: row)
    rows[slot] = Int32(rowCount)
    rowCount += 1
  }
}
