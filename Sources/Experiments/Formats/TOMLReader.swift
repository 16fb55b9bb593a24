/// Reads TOML (toml.io, v1.0) as a list of keys and values.
///
/// Ascent has its own reader because the parser that TOMLKit wraps aborts the process on some malformed texts, such as
/// `[=]`. Values that no setting has are refused with a message: dates and arrays of tables with `[[headers]]`. Time and
/// memory grow in proportion to the text, whose size is limited, like the depth of nesting and the length of a name.
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
  private var names = TOMLNames()

  /// A table, to which keys are added.
  private struct Table {
    var path: [String] = []
    var node = TOMLNames.root
  }

  /// The entries of a text, in order.
  static func read(_ text: String) throws(Fault) -> [Entry] {
    guard text.utf8.count <= longest else {
      throw Fault(line: 1, reason: "the text is longer than \(longest) bytes, the most that is read")
    }
    var reader = TOMLReader(text)
    try reader.readAll()
    return reader.entries
  }

  init(_ text: String) { bytes = Array(text.utf8) }

  /// The largest number of bytes of a text.
  static let longest = 1 << 20
  /// The largest depth of nested arrays and tables, and the largest number of names in a path.
  static let deepest = 16
  /// The largest number of bytes of a name.
  static let longestName = 1000

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
    var table = Table()
    while offset < bytes.count {
      try skipLines()
      guard next != nil else { return }
      if take("[") {
        guard next != Self.byte("[") else { throw fault("arrays of tables are not supported") }
        table = try header()
        skipSpace()
        guard take("]") else { throw fault("the table's name does not end with ]") }
      } else {
        try readPair(in: table)
      }
      try endLine()
    }
  }

  /// Reads the name of a table, which may be defined once.
  private mutating func header() throws(Fault) -> Table {
    var table = Table()
    for name in try key() {
      table.path.append(name)
      table.node = names.node(name, below: table.node)
      guard !names[table.node].contains(.value) else { throw twice(table.path) }
      names[table.node].insert(.table)
    }
    guard names[table.node].isDisjoint(with: [.header, .dotted]) else { throw twice(table.path) }
    names[table.node].insert(.header)
    return table
  }

  private mutating func readPair(in table: Table) throws(Fault) {
    let key = try key()
    let path = table.path + key
    guard path.count <= Self.deepest else { throw tooDeep }
    skipSpace()
    guard take("=") else { throw fault("= is missing after \(Self.shown(path))") }
    var node = table.node
    for (k, name) in key.enumerated() {
      node = names.node(name, below: node)
      guard k < key.count - 1 else { break }
      guard names[node].isDisjoint(with: [.value, .header]) else {
        throw twice(Array(path.prefix(table.path.count + k + 1)))
      }
      names[node].formUnion([.table, .dotted])
    }
    guard names[node].isDisjoint(with: [.value, .table]) else { throw twice(path) }
    skipSpace()
    if next == Self.byte("{") {
      try readInlineTable(Table(path: path, node: node))
    } else {
      entries.append((path, try value()))
    }
    names[node].insert(.value)
  }

  private mutating func readInlineTable(_ table: Table) throws(Fault) {
    _ = take("{")
    skipSpace()
    if take("}") {
      // An empty table has no entry that would show it.
      return entries.append((table.path, .table(NamedValues())))
    }
    repeat {
      skipSpace()
      try readPair(in: table)
      skipSpace()
    } while take(",")
    guard take("}") else { throw fault("the table does not end with }") }
  }

  private func twice(_ path: [String]) -> Fault { fault("\(Self.shown(path)) is defined twice") }

  var tooDeep: Fault {
    fault("arrays, tables and names are nested too deeply: at most \(Self.deepest) levels are read")
  }

  /// A path for a message, without the end of a long one.
  static func shown(_ path: [String]) -> String { shown(path.joined(separator: ".")) }

  /// A text for a message, without the end of a long one.
  static func shown(_ text: String) -> String {
    text.unicodeScalars.count > 80
      ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(80))) + "…" : text
  }

  /// Reads a dotted key.
  mutating func key() throws(Fault) -> [String] {
    var parts: [String] = []
    repeat {
      guard parts.count < Self.deepest else { throw tooDeep }
      skipSpace()
      let start = offset
      parts.append(try keyPart())
      guard offset - start <= Self.longestName else {
        throw fault("a name is longer than \(Self.longestName) bytes, the most that is read")
      }
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
