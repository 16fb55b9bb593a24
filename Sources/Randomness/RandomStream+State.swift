/// The saved form of a stream.
///
/// Numbers are little-endian. The generator's bytes are in native byte order, so a state can be restored on every
/// machine of the same byte order.
///
///     "ASTREAM1" · generator's name (16, zero-filled) · seed (8) · purpose (1) · lane (4) · episode (4)
///     · size (4) · the generator's bytes · CRC-32 of everything before it (4)
extension RandomStream {
  private static let magic = Array("ASTREAM1".utf8)
  private static let nameSize = 16
  private static let headerSize = 8 + nameSize + 8 + 1 + 4 + 4 + 4

  /// The stream's key and position as bytes.
  public func state() -> [UInt8] {
    var name = Array(generator.rawValue.utf8.prefix(Self.nameSize))
    name += Array(repeating: 0, count: Self.nameSize - name.count)
    let payload = generatorState
    var bytes = Self.magic + name + Self.bytes(key.seed) + [key.purpose.rawValue]
    bytes += Self.bytes(key.lane) + Self.bytes(key.episode) + Self.bytes(UInt32(payload.count)) + payload
    return bytes + Self.bytes(Self.checksum(bytes[...]))
  }

  /// Restores the key and position that `state` was saved from.
  ///
  /// - Throws: ``RandomnessError/state(reason:)`` for bytes that are truncated, altered or from another generator; the
  ///   stream is then unchanged.
  public func restore(_ state: [UInt8]) throws(RandomnessError) {
    guard state.count >= Self.headerSize + 4 else { throw .state(reason: "the data is truncated") }
    let content = state.dropLast(4)
    guard Self.number(state.suffix(4), as: UInt32.self) == Self.checksum(content) else {
      throw .state(reason: "the checksum does not match")
    }
    guard content.starts(with: Self.magic) else { throw .state(reason: "the header is not ASTREAM1") }
    let name = content.dropFirst(8).prefix(Self.nameSize).prefix { $0 != 0 }
    guard name.elementsEqual(generator.rawValue.utf8) else {
      throw .state(reason: "the state is not of the generator \(generator.rawValue)")
    }
    var rest = content.dropFirst(8 + Self.nameSize)
    let seed = Self.number(rest.prefix(8), as: UInt64.self)
    rest = rest.dropFirst(8)
    guard let purpose = rest.first.flatMap({ StreamKey.Purpose(rawValue: $0) }) else {
      throw .state(reason: "the stream's purpose is unknown")
    }
    rest = rest.dropFirst()
    let (lane, episode, size) = (
      Self.number(rest.prefix(4), as: UInt32.self),
      Self.number(rest.dropFirst(4).prefix(4), as: UInt32.self),
      Self.number(rest.dropFirst(8).prefix(4), as: UInt32.self)
    )
    rest = rest.dropFirst(12)
    guard rest.count == Int(size) else {
      throw .state(reason: "the size differs from the size in the header")
    }
    let key = StreamKey(seed: seed, purpose: purpose, lane: lane, episode: episode)
    try adopt(generatorState: Array(rest), key: key)
  }

  private static func bytes<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
    (0..<Integer.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  private static func number<Integer: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>, as: Integer.Type)
    -> Integer
  {
    bytes.reversed().reduce(0) { $0 << 8 | Integer($1) }
  }

  /// CRC-32 (ISO 3309), bit by bit: states are small and rarely saved.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
    }
    return ~sum
  }
}
