/// CRC-32C (Castagnoli), as the frames of TFRecord files have it.
enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { first in
    var x = UInt32(first)
    for _ in 0..<8 { x = x & 1 == 1 ? x >> 1 ^ 0x82F6_3B78 : x >> 1 }
    return x
  }

  /// The checksum of bytes.
  static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let table = table
    var x = UInt32.max
    for byte in bytes { x = table[Int((x ^ UInt32(byte)) & 0xFF)] ^ x >> 8 }
    return ~x
  }

  /// The checksum as TFRecord stores it: rotated by 15 bits, plus a constant, since the checksum of a text that has its own
  /// checksum says little.
  static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let x = of(bytes)
    return (x >> 15 | x << 17) &+ 0xA282_EAD8
  }
}
