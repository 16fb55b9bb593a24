package import AscentExperiments

/// A file of comma-separated numbers that a run writes, such as metrics.csv, read column by column.
///
/// A run may be writing it: the last line counts only if its end is there. A line with another number of cells than the first
/// one is no row, and is counted.
package struct RunTable: Sendable {
  /// The file.
  package let path: String
  /// The names in the first line.
  package let columns: [String]
  /// The number of lines that are no rows.
  package private(set) var damagedLines = 0
  private let bytes: [UInt8]
  private var rows: [Range<Int>] = []

  /// Reads a file.
  ///
  /// - Parameter path: the path.
  /// - Throws: ``AscentExperiments/ExperimentError/file(path:action:number:)`` or
  ///   ``AscentExperiments/ExperimentError/usage(_:)`` if it cannot be read.
  package init(_ path: String) throws(ExperimentError) { self.init(try AtomicFile.read(path), path: path) }

  /// Takes the bytes of a file.
  init(_ bytes: [UInt8], path: String) {
    (self.bytes, self.path) = (bytes, path)
    var names: [String]?
    var (start, commas) = (0, 0)
    for (position, byte) in bytes.enumerated() {
      if byte == Self.comma { commas += 1 }
      guard byte == Self.lineFeed else { continue }
      let isReturn = position > start && bytes[position - 1] == 0x0D
      let row = start..<(isReturn ? position - 1 : position)
      if let names {
        if commas + 1 == names.count { rows.append(row) } else if !row.isEmpty { damagedLines += 1 }
      } else {
        names = String(decoding: bytes[row], as: UTF8.self)
          .split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
      (start, commas) = (position + 1, 0)
    }
    columns = names ?? []
  }

  private static let (comma, lineFeed) = (UInt8(ascii: ","), UInt8(ascii: "\n"))

  /// The number of rows.
  package var count: Int { rows.count }

  /// The numbers of a column, one for each row; nil if there is no such column.
  ///
  /// An empty cell is NaN, and one that is no number below 1e100 is infinite.
  package func numbers(of column: String) -> [Double]? {
    guard let index = columns.firstIndex(of: column) else { return nil }
    return rows.map { row in
      var (k, start) = (0, row.lowerBound)
      while k < index, start < row.upperBound {
        if bytes[start] == Self.comma { k += 1 }
        start += 1
      }
      var end = start
      while end < row.upperBound, bytes[end] != Self.comma { end += 1 }
      guard end > start else { return .nan }
      guard let x = Double(String(decoding: bytes[start..<end], as: UTF8.self)), abs(x) < 1e100 else {
        return .infinity
      }
      return x
    }
  }
}
