// Writing a file in blocks, since a copy of its arrays may be as large as everything else that a run has in memory.
extension Safetensors {
  /// The file as bytes.
  public var encoded: [UInt8] {
    var file: [UInt8] = []
    file.reserveCapacity(tensors.reduce(header.count) { $0 + $1.content.byteCount })
    forEachBlock { file += $0 }
    return file
  }

  /// Appends the file to one that is written in parts.
  func write(to writer: inout AtomicFile.Writer) throws(ExperimentError) {
    try forEachBlock { block throws(ExperimentError) in try writer.write(block) }
  }

  /// Replaces a file of a run's folder.
  func replace(_ path: String) throws(ExperimentError) {
    var writer = try AtomicFile.Writer(replacing: path)
    try write(to: &writer)
    try writer.commit()
  }

  /// Calls `body` with the bytes of the file from first to last.
  private func forEachBlock<Failure: Error>(_ body: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    var (header, hash) = (header, SHA256())
    hash.update(header)
    for tensor in tensors { tensor.content.forEachBlock { hash.update($0) } }
    header.replaceSubrange(Self.sumRange, with: Fingerprint.hexadecimal(hash.digest).utf8)
    try body(header)
    for tensor in tensors { try tensor.content.forEachBlock(body) }
  }

  /// The length of the header and the header itself, with zeros in place of the checksum.
  private var header: [UInt8] {
    var (entries, size) = ([(String, JSON)](), 0)
    for tensor in tensors {
      let end = size + tensor.content.byteCount
      entries.append(
        (
          tensor.name,
          .object([
            ("dtype", .text(tensor.element.rawValue)), ("shape", .array(tensor.shape.map { .integer($0) })),
            ("data_offsets", .array([.integer(size), .integer(end)])),
          ])
        ))
      size = end
    }
    let texts = [(Self.sumKey, Self.noSum)] + metadata.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    let pairs = texts.map { ($0.0, JSON.text($0.1)) }
    var json = Array(JSON.object([("__metadata__", .object(pairs))] + entries).line.utf8)
    while json.count % 8 != 0 { json.append(0x20) }
    var header: [UInt8] = []
    appendLittleEndian(UInt64(json.count), to: &header)
    return header + json
  }
}

extension Safetensors.Tensor {
  /// The elements, row-major, as they are in memory.
  enum Content: Sendable {
    case bytes([UInt8])
    case floats(ArraySlice<Float>)
    case integers([Int])

    /// The number of bytes in a file.
    var byteCount: Int {
      switch self {
      case .bytes(let bytes): bytes.count
      case .floats(let numbers): numbers.count * 4
      case .integers(let numbers): numbers.count * 8
      }
    }

    /// Calls `body` with the bytes of a file from first to last.
    func forEachBlock<Failure: Error>(_ body: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
      switch self {
      case .bytes(let bytes): try body(bytes)
      case .floats(let numbers): try forEachLittleEndianBlock(of: numbers, \.bitPattern, body)
      case .integers(let numbers):
        try forEachLittleEndianBlock(of: numbers[...], { UInt64(bitPattern: Int64($0)) }, body)
      }
    }
  }

  /// The elements as in a file, row-major and little-endian.
  public var bytes: [UInt8] {
    get {
      if case .bytes(let bytes) = content { return bytes }
      var all: [UInt8] = []
      all.reserveCapacity(content.byteCount)
      content.forEachBlock { all += $0 }
      return all
    }
    set { content = .bytes(newValue) }
  }

  /// True if the files of both are the same.
  public static func == (one: Self, other: Self) -> Bool {
    one.name == other.name && one.element == other.element && one.shape == other.shape
      && one.bytes == other.bytes
  }
}

/// Calls `body` with the bytes of numbers in little-endian order, of some thousand numbers at a time.
func forEachLittleEndianBlock<Number, Bits: FixedWidthInteger & UnsignedInteger, Failure: Error>(
  of numbers: ArraySlice<Number>, _ bits: (Number) -> Bits, _ body: ([UInt8]) throws(Failure) -> Void
) throws(Failure) {
  let (most, size) = (16_384, Bits.bitWidth / 8)
  var block = Array(repeating: UInt8(0), count: min(most, numbers.count) * size)
  for first in stride(from: numbers.startIndex, to: numbers.endIndex, by: most) {
    let part = numbers[first..<min(first + most, numbers.endIndex)]
    if part.count * size < block.count { block.removeLast(block.count - part.count * size) }
    var next = 0
    for number in part {
      let bits = bits(number)
      for byte in 0..<size { block[next + byte] = UInt8(truncatingIfNeeded: bits >> Bits(8 * byte)) }
      next += size
    }
    try body(block)
  }
}
