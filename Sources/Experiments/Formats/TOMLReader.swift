/// Reads TOML (toml.io, v1.0) as a list of keys and values.
///
/// Ascent has its own reader because the parser that TOMLKit wraps aborts the process on some malformed texts, such as
/// `[=]`. Values that no setting has are refused with a message: dates and arrays of tables with `[[headers]]`. The depth
/// of nesting is limited, so no text can exhaust the stack.
struct TOMLReader {
  /// A key, preceded by the tables that contain it, and its value.
  typealias Entry = (path: [String], value: SettingValue)

  /// The line and the reason of a syntax error.
  struct Fault: Error, CustomStringConvertible {
    let line: Int
    let reason: String
    var description: String { "line \(line): \(reason)" }
  }

  let bytes: [UInt8]
  var offset = 0
  private var entries: [Entry] = []
  /// The keys that have a value, inline tables included; no key can be added below them.
  private var seen: Set<[String]> = []
  private var headers: Set<[String]> = []
  /// The tables that contain some key or header; they cannot have a value.
  private var tables: Set<[String]> = []
  /// The tables that dotted keys defined; they cannot have a header.
  private var dotted: Set<[String]> = []

  /// The entries of a text, in order.
  static func read(_ text: String) throws(Fault) -> [Entry] {
    var reader = TOMLReader(text)
    try reader.readAll()
    return reader.entries
  }

  init(_ text: String) { bytes = Array(text.utf8) }

  /// The largest depth of nested arrays and tables.
  static let deepest = 16

  // MARK: Bytes

  var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  static func byte(_ character: Unicode.Scalar) -> UInt8 {
    UInt8(truncatingIfNeeded: character.value)
  }

  func isNext(_ text: String) -> Bool { bytes[offset...].starts(with: text.utf8) }

  /// Skips `text` if it is next; returns whether it was.
  mutating func take(_ text: String) -> Bool {
    guard isNext(text) else { return false }
    offset += text.utf8.count
    return true
  }

  func fault(_ reason: String) -> Fault {
    Fault(line: 1 + bytes[..<min(offset, bytes.count)].count { $0 == 10 }, reason: reason)
  }

  /// True if a byte is a tab, or no control character.
  func isPlain(_ byte: UInt8) -> Bool { byte == 9 || (byte >= 32 && byte != 127) }

  mutating func skipSpace() {
    while let byte = next, byte == 32 || byte == 9 { offset += 1 }
  }

  /// Skips to the next line; the rest of this one must be empty or a comment.
  private mutating func endLine() throws(Fault) {
    skipSpace()
    if next == Self.byte("#") {
      while let byte = next, byte != 10 {
        guard isPlain(byte) || isNext("\r\n") else { throw fault("a comment has a control character") }
        offset += 1
      }
    }
    guard next == nil || take("\n") || take("\r\n") else { throw fault("there is more text after the value") }
  }

  /// Skips spaces, line breaks and comments, as between the values of an array.
  mutating func skipLines() throws(Fault) {
    while true {
      skipSpace()
      guard let byte = next, byte == 10 || byte == 13 || byte == Self.byte("#") else { return }
      try endLine()
    }
  }

  // MARK: Lines

  private mutating func readAll() throws(Fault) {
    _ = take("\u{FEFF}")
    var table: [String] = []
    while offset < bytes.count {
      try skipLines()
      guard next != nil else { return }
      if take("[") {
        guard next != Self.byte("[") else { throw fault("arrays of tables are not supported") }
        table = try key()
        skipSpace()
        guard take("]") else { throw fault("the table's name does not end with ]") }
        guard headers.insert(table).inserted, !dotted.contains(table) else { throw twice(table) }
        try claim(table, isTable: true)
      } else {
        try readPair(in: table, depth: 0)
      }
      try endLine()
    }
  }

  private mutating func readPair(in table: [String], depth: Int) throws(Fault) {
    let path = table + (try key())
    skipSpace()
    guard take("=") else { throw fault("= is missing after \(path.joined(separator: "."))") }
    for length in table.count + 1..<max(path.count, table.count + 1) {
      let above = Array(path.prefix(length))
      guard !headers.contains(above) else { throw twice(above) }
      dotted.insert(above)
    }
    skipSpace()
    if next == Self.byte("{") {
      guard !tables.contains(path) else { throw twice(path) }
      try readInlineTable(path, depth: depth + 1)
      return try claim(path, isTable: false, isRead: true)
    }
    try claim(path, isTable: false)
    entries.append((path, try value()))
  }

  private func twice(_ path: [String]) -> Fault { fault("\(path.joined(separator: ".")) is defined twice") }

  /// Reserves a path for a value or a table; a value's path can neither be defined again nor be a prefix of another.
  private mutating func claim(_ path: [String], isTable: Bool, isRead: Bool = false) throws(Fault) {
    for length in 1..<path.count + (isTable ? 1 : 0) {
      let above = Array(path.prefix(length))
      guard !seen.contains(above) else { throw twice(above) }
      tables.insert(above)
    }
    guard !isTable else { return }
    guard isRead || !tables.contains(path), seen.insert(path).inserted else { throw twice(path) }
  }

  private mutating func readInlineTable(_ path: [String], depth: Int) throws(Fault) {
    guard depth < Self.deepest else { throw fault("tables are nested too deeply") }
    _ = take("{")
    skipSpace()
    if take("}") {
      // An empty table has no entry that would show it.
      return entries.append((path, .table(NamedValues())))
    }
    repeat {
      skipSpace()
      try readPair(in: path, depth: depth)
      skipSpace()
    } while take(",")
    guard take("}") else { throw fault("the table does not end with }") }
  }

  /// Reads a dotted key.
  mutating func key() throws(Fault) -> [String] {
    var parts: [String] = []
    repeat {
      skipSpace()
      parts.append(try keyPart())
      skipSpace()
    } while take(".")
    return parts
  }

  private mutating func keyPart() throws(Fault) -> String {
    if next == Self.byte("\"") || next == Self.byte("'") {
      guard !isNext("\"\"\""), !isNext("'''") else { throw fault("a key must be on one line") }
      return try text()
    }
    let start = offset
    while let byte = next, Self.isBare(byte) { offset += 1 }
    guard offset > start else { throw fault("a key is missing") }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  static func isBare(_ one: UInt8) -> Bool {
    switch one {
    case byte("a")...byte("z"), byte("A")...byte("Z"), byte("0")...byte("9"), byte("-"), byte("_"): true
    default: false
    }
  }
}
