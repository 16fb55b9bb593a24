/// Reads the lines of a file without loading the whole file, or the lines of a text.
struct LineReader: ~Copyable {
  /// The largest number of bytes of a line.
  static let longest = 1 << 28

  /// The file's name, for messages.
  let path: String
  private var file: AtomicFile.Reader?
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false
  /// The number of the last line that was read, counted from 1.
  private(set) var number = 0

  init(_ path: String) throws(ExperimentError) {
    self.path = path
    file = try AtomicFile.Reader(path)
  }

  /// Reads a text; `path` names it in messages.
  init(_ text: String, named path: String) {
    self.path = path
    buffer = Array(text.utf8)
    isAtEnd = true
  }

  /// The next line without its break, or nil at the end.
  mutating func next() throws(ExperimentError) -> [UInt8]? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0A) {
        defer { start = end + 1 }
        number += 1
        return Array(buffer[start..<end])
      }
      searched = buffer.count
      if isAtEnd {
        guard start < buffer.count else { return nil }
        defer { start = buffer.count }
        number += 1
        return Array(buffer[start...])
      }
      searched -= start
      try fill()
    }
  }

  private mutating func fill() throws(ExperimentError) {
    buffer.removeFirst(start)
    start = 0
    guard buffer.count < Self.longest else {
      throw .damaged(file: path, reason: "line \(number + 1) is longer than 256 MB")
    }
    isAtEnd = try !(file?.appendBlock(to: &buffer) ?? false)
  }
}
