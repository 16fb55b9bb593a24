extension TOMLReader {
  /// Reads a text that is one value.
  static func value(of text: String) throws(Fault) -> SettingValue {
    var reader = TOMLReader(text)
    reader.skipSpace()
    let value = try reader.value()
    reader.skipSpace()
    guard reader.next == nil else { throw reader.fault("there is more text after the value") }
    return value
  }

  /// Reads a value: a text, an array, a table, a flag or a number.
  mutating func value(depth: Int = 0) throws(Fault) -> SettingValue {
    guard depth < Self.deepest else { throw tooDeep }
    if next == Self.byte("\"") || next == Self.byte("'") { return .text(try text()) }
    if take("[") { return try array(depth: depth) }
    if take("{") { return .table(try table(depth: depth)) }
    return try scalar()
  }

  private mutating func array(depth: Int) throws(Fault) -> SettingValue {
    var values: [SettingValue] = []
    while true {
      try skipLines()
      if take("]") { break }
      values.append(try value(depth: depth + 1))
      try skipLines()
      if take(",") { continue }
      guard take("]") else { throw fault("the array does not end with ]") }
      break
    }
    var integers: [Int64] = []
    var texts: [String] = []
    for value in values {
      switch value {
      case .integer(let number): integers.append(number)
      case .text(let text): texts.append(text)
      default: return .array(values)
      }
    }
    if texts.count == values.count { return .texts(texts) }
    return integers.count == values.count ? .integers(integers) : .array(values)
  }

  /// Reads an inline table that is the element of an array, or a value by itself.
  private mutating func table(depth: Int) throws(Fault) -> NamedValues {
    var table = NamedValues()
    skipSpace()
    if take("}") { return table }
    repeat {
      let name = try key()
      skipSpace()
      guard take("=") else { throw fault("= is missing after \(Self.shown(name))") }
      guard name.count == 1, table[name[0]] == nil else {
        throw fault("\(Self.shown(name)) is dotted or defined twice")
      }
      skipSpace()
      table[name[0]] = try value(depth: depth + 1)
      skipSpace()
    } while take(",")
    guard take("}") else { throw fault("the table does not end with }") }
    return table
  }

  /// Reads a flag or a number.
  private mutating func scalar() throws(Fault) -> SettingValue {
    let start = offset
    while let byte = next,
      Self.isBare(byte) || byte == Self.byte("+") || byte == Self.byte(".") || byte == Self.byte(":")
    {
      offset += 1
    }
    let word = String(decoding: bytes[start..<offset], as: UTF8.self)
    if word == "true" || word == "false" { return .flag(word == "true") }
    guard !word.isEmpty else { throw fault("a value is missing") }
    guard let number = Self.number(word) else {
      throw fault("'\(Self.shown(word))' is not a number, true or false, or a text in quotes")
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

  /// Reads a text in quotes of any of the four kinds.
  mutating func text() throws(Fault) -> String {
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
        offset += 1
      }
    }
    guard let text = String(validating: out, as: UTF8.self) else { throw fault("the text is not UTF-8") }
    return text
  }

  private mutating func escape(into out: inout [UInt8], isLong: Bool) throws(Fault) {
    offset += 1
    guard let byte = next else { throw fault("the text ends after \\") }
    offset += 1
    switch Unicode.Scalar(byte) {
    case "b": out.append(8)
    case "t": out.append(9)
    case "n": out.append(10)
    case "f": out.append(12)
    case "r": out.append(13)
    case "\"", "\\": out.append(byte)
    case "u", "U":
      let count = byte == Self.byte("u") ? 4 : 8
      guard offset + count <= bytes.count,
        case let digits = String(decoding: bytes[offset..<offset + count], as: UTF8.self),
        digits.allSatisfy(\.isHexDigit), let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
      else { throw fault("\\\(Unicode.Scalar(byte)) needs \(count) hexadecimal digits of a character") }
      offset += count
      out += Array(String(Character(scalar)).utf8)
    case " ", "\t", "\n", "\r":
      offset -= 1
      skipSpace()
      guard isLong, isNext("\n") || isNext("\r\n") else {
        throw fault("\\ before white space is allowed only at the end of a line of a multi-line text")
      }
      while let byte = next, byte == 32 || byte == 9 || byte == 10 || byte == 13 { offset += 1 }
    default: throw fault("unknown escape \\\(Unicode.Scalar(byte))")
    }
  }
}
