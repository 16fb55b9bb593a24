/// The names of files that are being written: the file's own name, the process and a random number.
///
/// A process that is killed leaves such a file behind; the next one that goes on with the run removes it.
enum TemporaryName {
  private static let infix = ".tmp-"
  /// The longest name of a file before the infix, so that the whole fits into the 255 bytes of a file system.
  private static let longest = 200

  /// A name beside `path`.
  static func random(for path: String, process: Int32) -> String {
    let start = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let own = path[start...]
    let short = own.utf8.count > longest ? own.prefix(longest / 4) : own
    return
      "\(path[..<start])\(short)\(infix)\(process)-\(String(UInt32.random(in: 0...UInt32.max), radix: 16))"
  }

  /// The file that a temporary name stands for; nil if it is no such name.
  static func file(of name: String) -> String? {
    guard let range = name.firstRange(of: infix) else { return nil }
    let parts = name[range.upperBound...].split(separator: "-", omittingEmptySubsequences: false)
    // Before there were random numbers, the process alone was the ending.
    guard (1...2).contains(parts.count), Int32(parts[0]) != nil,
      parts.dropFirst().allSatisfy({ UInt32($0, radix: 16) != nil })
    else { return nil }
    return String(name[..<range.lowerBound])
  }
}
