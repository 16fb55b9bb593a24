internal import AscentPolicyGradients

/// What one process has for each other one, and how much it expects from each, in bytes.
struct RankOffer {
  /// The bytes for each process, one after the other.
  let bytes: [UInt8]
  /// The number of bytes for each process.
  let sizes: [Int]
  /// The number of bytes from each process.
  let expected: [Int]

  /// The offer of the process `rank`; nothing is for itself.
  init<Number: BitwiseCopyable>(_ parcels: [[Number]], into received: [[Number]], from rank: Int) {
    var outbox = Outbox()
    for (process, parcel) in parcels.enumerated() where process != rank { outbox.write(parcel) }
    bytes = outbox.bytes
    func size(_ process: Int, _ parcel: [Number]) -> Int {
      process == rank ? 0 : parcel.count * MemoryLayout<Number>.stride
    }
    sizes = parcels.enumerated().map(size)
    expected = received.enumerated().map(size)
  }

  /// Reads the offer that a worker has written; empty after a failure.
  init(of worker: Int, in memory: SharedMemory, _ count: Int) {
    var (sizes, expected) = (Array(repeating: 0, count: count), Array(repeating: 0, count: count))
    memory.read(from: worker, into: &sizes)
    memory.read(from: worker, into: &expected)
    var bytes = Array(repeating: UInt8(0), count: sizes.reduce(0, +))
    memory.read(from: worker, into: &bytes)
    (self.bytes, self.sizes, self.expected) = (bytes, sizes, expected)
  }

  /// Writes it for the first process of the rank.
  func write(to memory: SharedMemory) {
    memory.write(sizes)
    memory.write(expected)
    memory.write(bytes)
  }
}

/// What the processes of one rank give to those of all others, in words of 8 bytes: for each rank, for each process of this
/// one, what it has for each process of that one, each beginning at a word.
///
/// What is for a rank begins with the number of words that follow. So no rank has nothing to give: one of Open MPI 4.1.4 that
/// neither sends nor receives anything does not advance its count of collective operations, and waits for ever in the next one.
struct RankTrade {
  /// What is sent, and the number of words for each rank.
  private(set) var words: [UInt64] = []
  private(set) var sent: [Int64] = []
  /// The number of words from each rank.
  private(set) var expected: [Int64] = []
  private let offers: [RankOffer]

  /// The trade with so many ranks, by the offers of this rank's processes.
  init(_ offers: [RankOffer], _ ranks: Int) {
    self.offers = offers
    var next = Array(repeating: 0, count: offers.count)
    for rank in 0..<ranks {
      let (before, processes) = (words.count, rank * offers.count..<(rank + 1) * offers.count)
      words.append(0)
      for (own, offer) in offers.enumerated() {
        for process in processes {
          words.append(padding: Array(offer.bytes[next[own]..<next[own] + offer.sizes[process]]))
          next[own] += offer.sizes[process]
        }
      }
      words[before] = UInt64(words.count - before - 1)
      sent.append(Int64(words.count - before))
      let sizes = offers.flatMap { $0.expected[processes] }
      expected.append(Int64(sizes.reduce(1) { $0 + Mail.words(for: $1) }))
    }
  }

  /// What has arrived for each process of this rank, from each process of all in their order; nil if it is not what was expected.
  func parcels(in words: [UInt64]) -> [[UInt64]]? {
    var parcels = Array(repeating: [UInt64](), count: offers.count)
    var next = 0
    for process in offers[0].expected.indices {
      if process.isMultiple(of: offers.count) {
        guard Int64(words[next]) == expected[process / offers.count] - 1 else { return nil }
        next += 1
      }
      for (own, offer) in offers.enumerated() {
        let end = next + Mail.words(for: offer.expected[process])
        parcels[own] += words[next..<end]
        next = end
      }
    }
    return parcels
  }
}
