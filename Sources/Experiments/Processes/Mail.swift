/// What the processes of a run sent at one meeting: bytes of each, which are read in the order in which they were written.
struct Mail {
  /// The bytes of all processes, each beginning at a word.
  private var words: [UInt64] = []
  /// For each process, the byte that is read next, and the end of its bytes.
  private var next: [Int] = []
  private var ends: [Int] = []

  /// No mail.
  init() {}

  /// Takes what has arrived.
  ///
  /// - Parameters:
  ///   - words: the bytes of all processes, each beginning at a word.
  ///   - starts: the byte at which those of each process begin.
  ///   - sizes: the number of bytes of each process.
  init(_ words: [UInt64], starts: [Int], sizes: [Int]) {
    self.words = words
    next = starts
    ends = zip(starts, sizes).map { $0 + $1 }
  }

  /// Takes what has arrived, where each process sent so many bytes.
  init(_ words: [UInt64], sizes: [Int]) {
    var (starts, next) = ([Int](), 0)
    for size in sizes {
      starts.append(8 * next)
      next += Self.words(for: size)
    }
    self.init(words, starts: starts, sizes: sizes)
  }

  /// Fills an array with what a process sent next; returns false if it sent less.
  mutating func read<Number: BitwiseCopyable>(from process: Int, into numbers: inout [Number]) -> Bool {
    let size = numbers.count * MemoryLayout<Number>.stride
    guard next.indices.contains(process), next[process] + size <= ends[process] else { return false }
    unsafe words.withUnsafeBytes { all in
      unsafe numbers.withUnsafeMutableBytes { target in
        unsafe target.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: all[next[process]..<next[process] + size]))
      }
    }
    next[process] += size
    return true
  }

  /// The number of words that hold so many bytes.
  static func words(for bytes: Int) -> Int { (bytes + 7) / 8 }
}

/// What a process has written for the next meeting.
struct Outbox {
  /// The bytes, in the order in which they were written.
  private(set) var bytes: [UInt8] = []

  /// Appends numbers.
  mutating func write<Number: BitwiseCopyable>(_ numbers: [Number]) {
    unsafe numbers.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
  }

  /// Removes what was written, and keeps the memory.
  mutating func empty() { bytes.removeAll(keepingCapacity: true) }
}

extension [UInt64] {
  /// Appends bytes, and zeros up to the end of a word.
  mutating func append(padding bytes: [UInt8]) {
    let first = count
    append(contentsOf: repeatElement(0, count: Mail.words(for: bytes.count)))
    unsafe withUnsafeMutableBytes { all in
      unsafe bytes.withUnsafeBytes { source in
        unsafe UnsafeMutableRawBufferPointer(rebasing: all[(8 * first)...]).copyMemory(from: source)
      }
    }
  }
}
