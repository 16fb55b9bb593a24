/// The records of a TensorBoard event file: messages `tensorflow.Event` of Protocol Buffers, each in a frame of TFRecord.
///
///     frame = length (8 bytes), masked CRC-32C of the length, the message, masked CRC-32C of the message
///
/// Of the messages only four fields are written: the time, the step, and either the version, the beginning of a session or
/// numbers with their tags. docs/decisions says why this is not generated code.
enum EventRecord {
  /// The first record of each file.
  static func version(at time: Double) -> [UInt8] {
    var message = Message()
    message.add(1, double: time)
    message.add(3, bytes: Array("brain.Event:2".utf8))
    return frame(message.bytes)
  }

  /// A record that makes TensorBoard drop what it has read of this step and later ones: a resumed run makes them again.
  static func sessionStart(at time: Double, step: Int) -> [UInt8] {
    var status = Message()
    status.add(1, varint: 1)
    var message = Message()
    message.add(1, double: time)
    message.add(2, varint: UInt64(step))
    message.add(7, bytes: status.bytes)
    return frame(message.bytes)
  }

  /// A record of finite numbers.
  static func numbers(
    _ numbers: [(name: String, value: Double)], at time: Double, step: Int
  ) -> [UInt8] {
    var summary = Message()
    for number in numbers where number.value.isFinite {
      var value = Message()
      value.add(1, bytes: Array(number.name.utf8))
      value.add(2, float: Float(number.value))
      summary.add(1, bytes: value.bytes)
    }
    var message = Message()
    message.add(1, double: time)
    message.add(2, varint: UInt64(step))
    message.add(5, bytes: summary.bytes)
    return frame(message.bytes)
  }

  private static func frame(_ message: [UInt8]) -> [UInt8] {
    var length: [UInt8] = []
    appendLittleEndian(UInt64(message.count), to: &length)
    var frame = length
    frame.reserveCapacity(message.count + 16)
    appendLittleEndian(CRC32C.masked(length), to: &frame)
    frame += message
    appendLittleEndian(CRC32C.masked(message), to: &frame)
    return frame
  }

  // MARK: Reading

  /// The number of bytes at the beginning of a file that are whole records of steps up to this one.
  static func end(ofStepsUpTo step: Int, in bytes: [UInt8]) -> Int {
    var end = 0
    while case let message = end + 12, message <= bytes.count {
      let length = littleEndian(bytes[end..<end + 8])
      guard littleEndian(bytes[end + 8..<message]) == UInt64(CRC32C.masked(bytes[end..<end + 8])),
        length <= UInt64(bytes.count - message), case let next = message + Int(length) + 4,
        next <= bytes.count,
        littleEndian(bytes[next - 4..<next]) == UInt64(CRC32C.masked(bytes[message..<next - 4])),
        let found = Message.step(of: bytes[message..<next - 4]), found <= UInt64(step)
      else { return end }
      end = next
    }
    return end
  }

  private static func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// A message of Protocol Buffers.
  private struct Message {
    private(set) var bytes: [UInt8] = []

    /// The kinds of fields, by their code.
    private enum Kind: UInt64 {
      case varint = 0
      case double = 1
      case bytes = 2
      case float = 5
    }

    private mutating func begin(_ field: UInt64, _ kind: Kind) { append(field << 3 | kind.rawValue) }

    private mutating func append(_ number: UInt64) {
      var rest = number
      while rest > 0x7F {
        bytes.append(UInt8(rest & 0x7F | 0x80))
        rest >>= 7
      }
      bytes.append(UInt8(rest))
    }

    mutating func add(_ field: UInt64, varint: UInt64) {
      begin(field, .varint)
      append(varint)
    }

    mutating func add(_ field: UInt64, double: Double) {
      begin(field, .double)
      appendLittleEndian(double.bitPattern, to: &bytes)
    }

    mutating func add(_ field: UInt64, float: Float) {
      begin(field, .float)
      appendLittleEndian(float.bitPattern, to: &bytes)
    }

    mutating func add(_ field: UInt64, bytes content: [UInt8]) {
      begin(field, .bytes)
      append(UInt64(content.count))
      bytes += content
    }

    /// The step of an `Event` that this version wrote: after its time, or 0; nil for another message.
    static func step(of event: ArraySlice<UInt8>) -> UInt64? {
      guard event.first == 1 << 3 | 1, event.count >= 9 else { return nil }
      var rest = event.dropFirst(9)
      guard rest.first == 2 << 3 else { return 0 }
      rest = rest.dropFirst()
      var (step, shift) = (UInt64(0), UInt64(0))
      for byte in rest.prefix(10) {
        step |= UInt64(byte & 0x7F) << shift
        guard byte & 0x80 != 0 else { return step }
        shift += 7
      }
      return nil
    }
  }
}
