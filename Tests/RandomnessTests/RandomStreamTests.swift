import AscentRandomness
import Testing

private let key = StreamKey(seed: 7, purpose: .environment, lane: 1, episode: 2)

@Suite struct `A random stream` {
  @Test(arguments: RandomGenerator.allCases)
  func `gives the same numbers for the same key`(generator: RandomGenerator) throws {
    let (a, b) = (try RandomStream(key, generator: generator), try RandomStream(key, generator: generator))
    #expect((0..<1000).map { _ in a.nextUInt64() } == (0..<1000).map { _ in b.nextUInt64() })
  }

  /// Two 64-bit numbers agree by chance with probability 2⁻⁶⁴.
  @Test(arguments: RandomGenerator.allCases)
  func `gives other numbers when any part of the key changes`(generator: RandomGenerator) throws {
    var keys = [key]
    for seed: UInt64 in [0, 6, 8, 7 + 1 << 32, .max] { keys.append(with(key) { $0.seed = seed }) }
    for purpose in StreamKey.Purpose.allCases where purpose != key.purpose {
      keys.append(with(key) { $0.purpose = purpose })
    }
    for n: UInt32 in [0, 3, 1 << 24, .max] {
      keys.append(with(key) { $0.lane = n })
      keys.append(with(key) { $0.episode = n })
    }
    let first = try keys.map { try RandomStream($0, generator: generator).nextUInt64() }
    #expect(Set(first).count == keys.count)
  }

  /// 400,000 first numbers of 64 bits: the false-alarm rate is 4.4e-9.
  @Test func `shares no beginning with the streams around it`() throws {
    let stream = try RandomStream(key)
    var seen = Set<UInt64>()
    for seed in 0..<UInt64(50) {
      for lane in 0..<UInt32(200) {
        for episode in 0..<UInt32(40) {
          stream.restart(at: StreamKey(seed: seed, purpose: .environment, lane: lane, episode: episode))
          seen.insert(stream.nextUInt64())
        }
      }
    }
    #expect(seen.count == 50 * 200 * 40)
  }

  @Test(arguments: RandomGenerator.allCases)
  func `restarts as if it were new`(generator: RandomGenerator) throws {
    let stream = try RandomStream(StreamKey(seed: 1, purpose: .actions), generator: generator)
    for _ in 0..<777 { _ = stream.nextUInt32() }
    stream.restart(at: key)
    let fresh = try RandomStream(key, generator: generator)
    #expect((0..<100).map { _ in stream.uniform() } == (0..<100).map { _ in fresh.uniform() })
  }

  @Test(arguments: RandomGenerator.allCases)
  func `goes on from a saved state`(generator: RandomGenerator) throws {
    let stream = try RandomStream(key, generator: generator)
    for _ in 0..<1001 { _ = stream.nextUInt32() }
    let saved = stream.state()
    let expected = (0..<500).map { _ in stream.standardNormal() }
    let other = try RandomStream(StreamKey(seed: 99, purpose: .actions), generator: generator)
    try other.restore(saved)
    #expect((0..<500).map { _ in other.standardNormal() } == expected)
    #expect(other.key == key)
  }

  @Test(arguments: RandomGenerator.allCases)
  func `refuses bytes that are no state of its own`(generator: RandomGenerator) throws {
    let stream = try RandomStream(key, generator: generator)
    let saved = stream.state()
    let next = try RandomStream(key, generator: generator).nextUInt64()
    for length in stride(from: 0, to: saved.count, by: max(1, saved.count / 61)) {
      #expect(throws: RandomnessError.self) { try stream.restore(Array(saved.prefix(length))) }
    }
    for position in stride(from: 0, to: saved.count, by: max(1, saved.count / 61)) {
      var altered = saved
      altered[position] ^= 0x10
      #expect(throws: RandomnessError.self) { try stream.restore(altered) }
    }
    for other in RandomGenerator.allCases where other != generator {
      let foreign = try RandomStream(key, generator: other).state()
      #expect(throws: RandomnessError.self) { try stream.restore(foreign) }
    }
    #expect(stream.nextUInt64() == next, "a refused state leaves the stream where it was")
  }

  /// A uniform of 32 bits would repeat about 116 times in a million draws; one of 53 never does (1e-4).
  @Test func `has 53 bits in a uniform number`() throws {
    let stream = try RandomStream(key)
    let sample = (0..<1_000_000).map { _ in stream.uniform() }
    #expect(Set(sample).count == sample.count)
    #expect(sample.allSatisfy { $0 >= 0 && $0 < 1 })
  }

  private func with(_ key: StreamKey, _ change: (inout StreamKey) -> Void) -> StreamKey {
    var key = key
    change(&key)
    return key
  }
}
