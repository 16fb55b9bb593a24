/// The rows of metrics.csv, and a second copy of those up to the newest checkpoint.
///
/// A checkpoint has the SHA-256 of the rows up to it, without their seconds, so that lost and altered rows are noticed when
/// the run is resumed. metrics-saved.csv has the same rows; it is written before each checkpoint, and waits for the disk.
struct MetricsLog {
  private let folder: RunFolder
  private var hash = SHA256()
  /// The rows since the last checkpoint.
  private var unsaved = ""
  /// The mean return of the last row that has one, or NaN.
  private(set) var lastMean = Double.nan

  /// A log in a folder; nothing is written.
  init(in folder: RunFolder) { self.folder = folder }

  /// Writes both files without rows.
  func begin() throws(ExperimentError) {
    for file in [folder.metricsFile, folder.savedMetricsFile] {
      try AtomicFile.replace(file, with: Metrics.header)
    }
  }

  /// Appends a row.
  mutating func append(_ row: Metrics.Row) throws(ExperimentError) {
    let line = Metrics.line(row)
    try AtomicFile.append(line, to: folder.metricsFile)
    add(Array(line.utf8.dropLast()))
    unsaved += line
  }

  /// Copies the rows since the last checkpoint; returns the SHA-256 of all rows.
  mutating func save() throws(ExperimentError) -> [UInt8] {
    if !unsaved.isEmpty { try AtomicFile.append(unsaved, to: folder.savedMetricsFile, isDurable: true) }
    unsaved = ""
    return digest
  }

  private var digest: [UInt8] { hash.digest }

  private mutating func add(_ row: [UInt8]) {
    // The last column is `seconds`, which the seed does not determine.
    hash.update(row[...(row.lastIndex(of: Self.comma) ?? row.startIndex)])
    if let mean = Metrics.meanReturn(ofRow: row) { lastMean = mean }
  }

  private static let comma = UInt8(ascii: ",")

  // MARK: Resuming

  /// The state of a file's rows up to an iteration.
  private struct Finding {
    var digest: [UInt8] = []
    var count = 0
    /// The fault of the file, as the end of a sentence; nil if all its rows can be read.
    var damage: String?
  }

  /// Restores both files as they were after an iteration; returns what the user should know about it.
  ///
  /// - Parameters:
  ///   - iteration: the iteration of the checkpoint, which is the number of rows.
  ///   - digest: the SHA-256 that the checkpoint has; nil for one of an earlier version.
  /// - Returns: notices.
  /// - Throws: ``ExperimentError/file(path:action:number:)`` when a file cannot be written.
  mutating func restore(upTo iteration: Int, _ digest: [UInt8]?) throws(ExperimentError) -> [String] {
    let (own, copy) = (folder.metricsFile, folder.savedMetricsFile)
    let isRight = { (finding: Finding) in digest.map { $0 == finding.digest } ?? (finding.count == iteration)
    }
    let found = Self.look(at: own, upTo: iteration)
    if isRight(found) {
      try take(own, upTo: iteration)
      return found.damage.map { ["metrics.csv \($0); its rows were written again"] } ?? []
    }
    let damage = found.damage ?? "has other numbers in its \(found.count) rows than the run had"
    let saved = Self.look(at: copy, upTo: iteration)
    if isRight(saved) {
      try take(copy, upTo: iteration)
      return ["metrics.csv \(damage); its \(iteration) rows were restored from metrics-saved.csv"]
    }
    try take(saved.count > found.count ? copy : own, upTo: iteration)
    let left = max(saved.count, found.count)
    return [
      "metrics.csv \(damage), and metrics-saved.csv \(saved.damage ?? "has other numbers"): \(left) of the "
        + "\(iteration) rows are left, which may not be those that the run wrote; the checkpoint is not affected"
    ]
  }

  /// Writes the rows of one of the files, with those of no later iteration, to both.
  private mutating func take(_ file: String, upTo iteration: Int) throws(ExperimentError) {
    var text = Metrics.header
    var rows = RowReader(file, upTo: iteration)
    while let row = rows.next() {
      add(row)
      text += String(decoding: row, as: UTF8.self) + "\n"
    }
    for other in [folder.metricsFile, folder.savedMetricsFile] { try AtomicFile.replace(other, with: text) }
  }

  private static func look(at file: String, upTo iteration: Int) -> Finding {
    var rows = RowReader(file, upTo: iteration)
    var log = MetricsLog(in: RunFolder(file))
    while let row = rows.next() { log.add(row) }
    let missing = rows.count < iteration ? "has \(rows.count) of \(iteration) rows" : nil
    return Finding(digest: log.digest, count: rows.count, damage: rows.damage ?? missing)
  }
}

/// Reads the rows of a file with the columns of a training run, up to an iteration.
private struct RowReader: ~Copyable {
  /// The number of rows so far.
  private(set) var count = 0
  /// The first thing that is wrong with the file, as the end of a sentence.
  private(set) var damage: String?
  private var lines: LineReader?
  private var last = 0
  private let iteration: Int

  init(_ file: String, upTo iteration: Int) {
    self.iteration = iteration
    do throws(ExperimentError) {
      var opened = try LineReader(file)
      let header = try opened.next().map(Self.withoutReturn)
      let isOurs = header?.row.elementsEqual(Metrics.header.utf8.dropLast()) == true
      if !isOurs { damage = "has another first line" }
      if header?.hadReturn == true { damage = "has line ends of another system (CRLF)" }
      lines = consume opened
    } catch {
      damage = Self.words(error)
    }
  }

  /// The next row of an iteration after those before.
  mutating func next() -> [UInt8]? {
    while true {
      let line: [UInt8]?
      do throws(ExperimentError) {
        line = try lines?.next()
      } catch {
        damage = damage ?? Self.words(error)
        return nil
      }
      guard let line, count < iteration else { return nil }
      let (row, hadReturn) = Self.withoutReturn(line)
      let cells = row.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      let number = cells.first.flatMap { Int(String(decoding: $0, as: UTF8.self)) }
      // The row of an iteration after the checkpoint, or a part of one, is no damage.
      if let number, number > iteration { continue }
      guard let number, number > last, cells.count == Metrics.columns.count else {
        damage = damage ?? "has a line that is no row"
        continue
      }
      if hadReturn { damage = damage ?? "has line ends of another system (CRLF)" }
      (last, count) = (number, count + 1)
      return row
    }
  }

  private static func withoutReturn(_ line: [UInt8]) -> (row: [UInt8], hadReturn: Bool) {
    line.last == 0x0D ? (line.dropLast(), true) : (line, false)
  }

  private static func words(_ error: ExperimentError) -> String { "cannot be read (\(error))" }
}
