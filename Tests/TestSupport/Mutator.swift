internal import AscentRandomness

/// Damages bytes: flips, cuts, repeats, and pieces that mean something to some parser.
public struct Mutator {
  private static let pieces: [[UInt8]] = [
    "\"", "{", "}", "[", "]", ",", ":", "=", "0", "-1", "1e999", "nan", "null", "true", "\\u0000", "\n",
    "#", "'''",
    "18446744073709551616", "-9223372036854775808", "[[[[[[[[[[[[[[[[", "F32", "data_offsets", "../",
    ".py:",
    "native:", "\u{0}", "ü",
  ].map { Array($0.utf8) }
  private let stream: RandomStream

  /// Makes the mutator with a number; equal numbers damage equally.
  public init(_ number: Int) throws {
    stream = try RandomStream(
      StreamKey(seed: 7, purpose: .bootstrap, episode: UInt32(number)), generator: .philox)
  }

  /// A whole number below a count.
  public func below(_ count: Int) -> Int {
    (try? UniformInteger(count: max(1, count)))?.sample(from: stream) ?? 0
  }

  /// The bytes with up to five damages; never the same bytes.
  public func damaged(_ bytes: [UInt8]) -> [UInt8] {
    var out = bytes
    for _ in 0...below(4) {
      let offset = below(out.count + 1)
      switch below(6) {
      case 0 where offset < out.count: out[offset] ^= 1 << UInt8(below(8))
      case 1 where offset < out.count: out[offset] = UInt8(below(256))
      case 2: out.removeSubrange(offset..<min(out.count, offset + 1 + below(16)))
      case 3: out.insert(contentsOf: Self.pieces[below(Self.pieces.count)], at: offset)
      case 4: out.insert(contentsOf: out[offset..<min(out.count, offset + below(64))], at: offset)
      default: out.removeLast(min(out.count, below(8)))
      }
    }
    return out == bytes ? damaged(bytes) : out
  }
}
