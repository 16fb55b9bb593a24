import AscentRandomness
import CAscentGSL
import Testing

@Suite struct `Philox4x32-10` {
  /// kat_vectors of Random123 1.14, lines "philox4x32 10".
  static let known: [([UInt32], [UInt32], [UInt32])] = [
    ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
    (
      [UInt32](repeating: .max, count: 4), [.max, .max], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
    ),
    (
      [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
      [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
    ),
  ]

  @Test(arguments: known)
  func `gives the published answers`(counter: [UInt32], key: [UInt32], expected: [UInt32]) {
    var out = [UInt32](repeating: 0, count: 4)
    unsafe cgsl_philox_block(counter, key, &out)
    #expect(out == expected)
  }

  @Test func `is what a stream draws`() throws {
    // Counter words: block 0, purpose 2 (actions) in the highest byte, lane 3, episode 4.
    let stream = try RandomStream(StreamKey(seed: 0x1_0000_0002, purpose: .actions, lane: 3, episode: 4))
    var out = [UInt32](repeating: 0, count: 4)
    unsafe cgsl_philox_block([0, 2 << 24, 3, 4], [2, 1], &out)
    #expect((0..<4).map { _ in stream.nextUInt32() } == out)
    unsafe cgsl_philox_block([1, 2 << 24, 3, 4], [2, 1], &out)
    #expect(stream.nextUInt64() == UInt64(out[0]) << 32 | UInt64(out[1]))
  }
}
