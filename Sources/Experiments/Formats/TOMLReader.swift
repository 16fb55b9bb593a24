/// Reads TOML (toml.io, v1.0) as a list of keys and values.
///
/// Ascent has its own reader because the parser that TOMLKit wraps aborts the process on some malformed texts, such as
/// `[=]`. Values that no setting has are refused with a message: dates, arrays of tables, nested arrays, and arrays of
/// anything but whole numbers or texts. The depth of nesting is limited, so no text can exhaust the stack.
struct TOMLReader {
  /// A key, preceded by the tables that contain it, and its value.
  typealias Entry = (path: [String], value: SettingValue)

  /// The line and the reason of a syntax error.
  struct Fault: Error, CustomStringConvertible {
    let line: Int
    let reason: String
    var description: String { "line \(line): \(reason)" }
  }

  private let bytes: [UInt8]
  private var place = 0
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

  private init(_ text: String) { bytes = Array(text.utf8) }

  // MARK: Bytes

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private static func byte(_ character: Unicode.Scalar) -> UInt8 {
    UInt8(truncatingIfNeeded: character.value)
  }

  private func isNext(_ text: String) -> Bool { bytes[place...].starts(with: text.utf8) }

  /// Skips `text` if it is next; returns whether it was.
  private mutating func take(_ text: String) -> Bool {
    guard isNext(text) else { return false }
    place += text.utf8.count
    return true
  }

  private func fault(_ reason: String) -> Fault {
    Fault(line: 1 + bytes[..<min(place, bytes.count)].count { $0 == 10 }, reason: reason)
  }

  /// True if a byte is a tab, or no control character.
  private func isPlain(_ byte: UInt8) -> Bool { byte == 9 || (byte >= 32 && byte != 127) }

  private mutating func skipSpace() {
    while let byte = next, byte == 32 || byte == 9 { place += 1 }
  }

  /// Skips to the next line; the rest of this one must be empty or a comment.
  private mutating func endLine() throws(Fault) {
    skipSpace()
    if next == Self.byte("#") {
      while let byte = next, byte != 10 {
        guard isPlain(byte) || isNext("\r\n") else { throw fault("a comment has a control character") }
        place += 1
      }
    }
    guard next == nil || take("\n") || take("\r\n") else { throw fault("there is more text after the value") }
  }

  /// Skips spaces, line breaks and comments, as between the values of an array.
  private mutating func skipLines() throws(Fault) {
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
    while place < bytes.count {
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
    guard depth < 16 else { throw fault("tables are nested too deeply") }
    _ = take("{")
    skipSpace()
    if take("}") { return }
    repeat {
      skipSpace()
      try readPair(in: path, depth: depth)
      skipSpace()
    } while take(",")
    guard take("}") else { throw fault("the table does not end with }") }
  }

  /// Reads a dotted key.
  private mutating func key() throws(Fault) -> [String] {
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
    let start = place
    while let byte = next, Self.isBare(byte) { place += 1 }
    guard place > start else { throw fault("a key is missing") }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  private static func isBare(_ one: UInt8) -> Bool {
    switch one {
    case byte("a")...byte("z"), byte("A")...byte("Z"), byte("0")...byte("9"), byte("-"), byte("_"): true
    default: false
    }
  }

  // MARK: Values

  private mutating func value() throws(Fault) -> SettingValue {
    if next == Self.byte("\"") || next == Self.byte("'") { return .text(try text()) }
    if take("[") { return try array() }
    return try scalar()
  }

  private mutating func array() throws(Fault) -> SettingValue {
    var integers: [Int64] = []
    var texts: [String] = []
    while true {
      try skipLines()
      if take("]") { break }
      guard next != Self.byte("["), next != Self.byte("{") else {
        throw fault("nested arrays are not supported")
      }
      switch try value() {
      case .integer(let number): integers.append(number)
      case .text(let text): texts.append(text)
      default: throw fault("the elements of an array must be whole numbers or texts")
      }
      guard integers.isEmpty || texts.isEmpty else {
        throw fault("the elements of an array must be all whole numbers or all texts")
      }
      try skipLines()
      if take(",") { continue }
      guard take("]") else { throw fault("the array does not end with ]") }
      break
    }
    return integers.isEmpty ? .texts(texts) : .integers(integers)
  }

  /// Reads a flag or a number.
  private mutating func scalar() throws(Fault) -> SettingValue {
    let start = place
    while let byte = next,
      Self.isBare(byte) || byte == Self.byte("+") || byte == Self.byte(".") || byte == Self.byte(":")
    {
      place += 1
    }
    let word = String(decoding: bytes[start..<place], as: UTF8.self)
    if word == "true" || word == "false" { return .flag(word == "true") }
    guard !word.isEmpty else { throw fault("a value is missing") }
    guard let number = Self.number(word) else {
      throw fault("'\(word)' is not a number, true or false, or a text in quotes")
    }
    return number
  }

  /// Parses a number as TOML spells it: underscores only between digits, no leading zeros.
  static func number(_ word: String) -> SettingValue? {
    let parts = word.split(separator: "_", omittingEmptySubsequences: false)
    let isDigit = { (c: Character) in word.hasPrefix("0x") ? c.isHexDigit : "0"..."9" ~= c }
    let isSpaced =
      parts.dropLast().allSatisfy { $0.last.map(isDigit) ?? false }
      && parts.dropFirst().allSatisfy { $0.first.map(isDigit) ?? false }
    guard isSpaced else { return nil }
    let plain = parts.joined()
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where plain.hasPrefix(prefix) {
      let digits = plain.dropFirst(2)
      return digits.allSatisfy(\.isHexDigit) ? Int64(digits, radix: radix).map { .integer($0) } : nil
    }
    let digits = plain.drop { $0 == "+" || $0 == "-" }
    guard plain.count - digits.count <= 1 else { return nil }
    if digits == "inf" { return .number(plain.first == "-" ? -.infinity : .infinity) }
    if digits == "nan" { return .number(.nan) }
    guard let first = digits.first, first.isNumber, first != "0" || digits.dropFirst().first?.isNumber != true
    else { return nil }
    if let whole = Int64(plain) { return .integer(whole) }
    // 1. and 1.e5 are not TOML; prefixed integers were handled above.
    let isDecimal =
      digits.allSatisfy { $0.isNumber || "+-.eE".contains($0) } && !digits.hasSuffix(".")
      && !digits.contains(".e") && !digits.contains(".E")
    return isDecimal && digits.contains(where: { ".eE".contains($0) })
      ? Double(plain).map { .number($0) } : nil
  }

  // MARK: Texts

  private mutating func text() throws(Fault) -> String {
    let isLiteral = next == Self.byte("'")
    let quote = isLiteral ? "'" : "\""
    let isLong = take(quote + quote + quote)
    if isLong {
      if !take("\n") { _ = take("\r\n") }
    } else {
      _ = take(quote)
    }
    let end = isLong ? quote + quote + quote : quote
    var out: [UInt8] = []
    while true {
      guard let byte = next, isLong || byte != 10 else { throw fault("the text does not end with \(end)") }
      if take(end) {
        // A multi-line string may contain up to two quotes before its delimiter.
        for _ in 0..<2 where isLong && take(quote) { out += quote.utf8 }
        break
      }
      if byte == Self.byte("\\"), !isLiteral {
        try escape(into: &out, isLong: isLong)
      } else {
        guard isPlain(byte) || (isLong && (byte == 10 || isNext("\r\n"))) else {
          throw fault("the text has a control character")
        }
        out.append(byte)
        place += 1
      }
    }
    guard let text = String(validating: out, as: UTF8.self) else { throw fault("the text is not UTF-8") }
    return text
  }

  private mutating func escape(into out: inout [UInt8], isLong: Bool) throws(Fault) {
    place += 1
    guard let byte = next else { throw fault("the text ends after \\") }
    place += 1
    switch Unicode.Scalar(byte) {
    case "b": out.append(8)
    case "t": out.append(9)
    case "n": out.append(10)
    case "f": out.append(12)
    case "r": out.append(13)
    case "\"", "\\": out.append(byte)
    case "u", "U":
      let count = byte == Self.byte("u") ? 4 : 8
      guard place + count <= bytes.count,
        case let digits = String(decoding: bytes[place..<place + count], as: UTF8.self),
        digits.allSatisfy(\.isHexDigit), let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
      else { throw fault("\\\(Unicode.Scalar(byte)) needs \(count) hexadecimal digits of a character") }
      place += count
      out += Array(String(Character(scalar)).utf8)
    case " ", "\t", "\n", "\r":
      place -= 1
      skipSpace()
      guard isLong, isNext("\n") || isNext("\r\n") else {
        throw fault("\\ before white space is allowed only at the end of a line of a multi-line text")
      }
      while let byte = next, byte == 32 || byte == 9 || byte == 10 || byte == 13 { place += 1 }
    default: throw fault("unknown escape \\\(Unicode.Scalar(byte))")
    }
  }
}
