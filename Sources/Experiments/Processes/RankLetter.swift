/// What one rank sends to all others at a meeting, in words of 8 bytes.
///
/// The number of boxes, their sizes in bytes and those of the notices and the reason; then the bytes of all of them, each
/// beginning at a word.
struct RankLetter {
  /// What each process of the rank has written.
  var boxes: [[UInt8]]
  /// Notices for the user.
  var notices: [String]
  /// Why the run ends; empty if it goes on.
  var reason: String

  /// The letter as it is sent.
  var words: [UInt64] {
    let parts = boxes + [Array(notices.joined(separator: "\n").utf8), Array(reason.utf8)]
    var all = [UInt64(boxes.count)] + parts.map { UInt64($0.count) }
    all.reserveCapacity(all.count + parts.reduce(0) { $0 + Mail.words(for: $1.count) })
    for part in parts { all.append(padding: part) }
    return all
  }

  /// Where the parts of a letter are among the words of all.
  struct Places {
    /// The byte at which each box begins, and its size.
    let boxes: [(start: Int, size: Int)]
    private let texts: [(start: Int, size: Int)]

    /// The places in a letter that begins at this word.
    init(in words: [UInt64], from first: Int) {
      let count = Int(words[first])
      var next = first + count + 3
      var parts: [(start: Int, size: Int)] = []
      for size in words[(first + 1)..<(first + count + 3)] {
        parts.append((8 * next, Int(size)))
        next += Mail.words(for: Int(size))
      }
      (boxes, texts) = (Array(parts.prefix(count)), Array(parts.suffix(2)))
    }

    /// The notices.
    func notices(in words: [UInt64]) -> [String] { text(0, words).split(separator: "\n").map(String.init) }

    /// The reason; empty if the run goes on.
    func reason(in words: [UInt64]) -> String { text(1, words) }

    private func text(_ number: Int, _ words: [UInt64]) -> String {
      var mail = Mail(words, starts: [texts[number].start], sizes: [texts[number].size])
      var bytes = Array(repeating: UInt8(0), count: texts[number].size)
      _ = mail.read(from: 0, into: &bytes)
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}

/// What precedes the letter of a rank: the exit code if the run ends, whether it is to stop, and the words of the letter.
struct RankHead {
  let (code, isStopped, count): (Int64, Bool, Int64)

  /// Reads three numbers from the first one on.
  init(_ numbers: [Int64], _ first: Int) {
    (code, isStopped, count) = (numbers[first], numbers[first + 1] != 0, numbers[first + 2])
  }
}
