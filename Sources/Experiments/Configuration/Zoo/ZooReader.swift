/// Reads the part of YAML in which hyperparameter files are written.
///
/// That is: mappings and lists by indentation, words, texts in quotes over several lines, lists and mappings in brackets on
/// one line, comments, the tags !!float, !!int, !!bool and !!str, and an anchor of a mapping that `<<` merges into another.
/// Every other tag, anchor or alias is refused, so a file can neither construct objects nor grow when it is read.
struct ZooReader {
  /// A line without its comment.
  private struct Line {
    var number: Int
    var indent: Int
    var text: Substring
  }

  /// The largest size of a file in bytes.
  static let largest = 1 << 20
  private static let deepest = 16
  private static let tags = ["!!float", "!!int", "!!bool", "!!str"]

  private let file: String
  private var lines: [Line] = []
  private var next = 0
  private var anchors: [String: [ZooValue.Entry]] = [:]

  /// Reads the tables of a file by their names.
  ///
  /// - Throws: ``ExperimentError/usage(_:)``, which names the line.
  static func entries(of text: String, file: String) throws(ExperimentError) -> [ZooValue.Entry] {
    var reader = try ZooReader(text, file)
    guard !reader.lines.isEmpty else { throw .usage("\(file) has no entries") }
    guard case .table(let entries) = try reader.block(indent: 0, depth: 0) else {
      throw .usage("\(file) is a list; a hyperparameter file has entries such as CartPole-v1:")
    }
    guard reader.next == reader.lines.count else { throw reader.fault("is not indented like those above") }
    return entries
  }

  private init(_ text: String, _ file: String) throws(ExperimentError) {
    self.file = file
    for (k, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = raw.hasSuffix("\r") ? raw.dropLast() : raw
      let indent = line.prefix { $0 == " " }.count
      let content = line.dropFirst(indent)
      guard content.first != "\t" else {
        throw .usage("\(file), line \(k + 1): is indented by a tab, which YAML does not allow")
      }
      guard let first = content.first, first != "#", content != "---" else { continue }
      lines.append(Line(number: k + 1, indent: indent, text: content))
    }
  }

  private func fault(_ reason: String) -> ExperimentError {
    let number = next < lines.count ? lines[next].number : lines.last?.number ?? 0
    return .usage("\(file), line \(number): \(reason)")
  }

  // MARK: Blocks

  private mutating func block(indent: Int, depth: Int) throws(ExperimentError) -> ZooValue {
    guard depth < Self.deepest else { throw fault("is nested more than \(Self.deepest) levels deep") }
    let isList = lines[next].text == "-" || lines[next].text.hasPrefix("- ")
    return isList ? try list(indent, depth) : .table(try table(indent, depth))
  }

  private mutating func list(_ indent: Int, _ depth: Int) throws(ExperimentError) -> ZooValue {
    var values: [ZooValue] = []
    while next < lines.count, lines[next].indent == indent, lines[next].text.hasPrefix("-") {
      let rest = lines[next].text.dropFirst()
      let spaces = rest.prefix { $0 == " " }.count
      let content = rest.dropFirst(spaces)
      guard !content.isEmpty, spaces > 0 else { throw fault("is an empty item of a list") }
      if Self.key(content) != nil {
        // A mapping that begins beside the hyphen.
        lines[next].indent += 1 + spaces
        lines[next].text = content
        values.append(try block(indent: indent + 1 + spaces, depth: depth + 1))
      } else {
        values.append(try scalar(content))
      }
    }
    return .list(values)
  }

  private mutating func table(_ indent: Int, _ depth: Int) throws(ExperimentError) -> [ZooValue.Entry] {
    var (own, merged) = ([ZooValue.Entry](), [ZooValue.Entry]())
    while next < lines.count, lines[next].indent == indent {
      guard let (key, rest) = Self.key(lines[next].text) else { throw fault("has no 'key: value'") }
      let number = lines[next].number
      if key == "<<" {
        let name = String(Self.uncommented(rest).dropFirst())
        guard rest.hasPrefix("*"), let entries = anchors[name] else {
          throw fault(
            "<< merges a mapping above it, such as *defaults, and \(Self.uncommented(rest)) is none")
        }
        merged = entries
        next += 1
        continue
      }
      guard !own.contains(where: { $0.key == key }) else { throw fault("has \(key) twice") }
      own.append(ZooValue.Entry(key: key, value: try value(rest, indent, depth), line: number))
    }
    if next < lines.count, lines[next].indent > indent {
      throw fault("is indented more than the lines above")
    }
    return merged.filter { entry in !own.contains { $0.key == entry.key } } + own
  }

  /// The value behind a key: in its line, or in the lines below it.
  private mutating func value(
    _ rest: Substring, _ indent: Int, _ depth: Int
  ) throws(ExperimentError) -> ZooValue {
    var content = rest
    var anchor: String?
    if content.hasPrefix("&") {
      anchor = String(Self.uncommented(content.prefix { $0 != " " }).dropFirst())
      content = content.dropFirst((anchor?.count ?? 0) + 1).drop { $0 == " " }
    }
    guard Self.uncommented(content).isEmpty else {
      guard anchor == nil else {
        throw fault("has an anchor before a value; only mappings have one that << merges")
      }
      return try scalar(content)
    }
    next += 1
    let isBelow =
      next < lines.count
      && (lines[next].indent > indent || lines[next].indent == indent && lines[next].text.hasPrefix("- "))
    guard isBelow else { return .none }
    let value = try block(indent: lines[next].indent, depth: depth + 1)
    if let anchor, let entries = value.entries { anchors[anchor] = entries }
    return value
  }

  // MARK: Scalars

  /// Reads a value that begins in this line, and goes to the next line.
  private mutating func scalar(_ content: Substring) throws(ExperimentError) -> ZooValue {
    guard let first = content.first else { return .none }
    if content.hasPrefix("!") {
      let tag = String(content.prefix { $0 != " " })
      guard Self.tags.contains(tag) else {
        throw fault("has the tag \(tag), and nothing is constructed from tags; !!float and !!int are read")
      }
      let rest = content.dropFirst(tag.count).drop { $0 == " " }
      let value = try scalar(rest)
      if case .number = value { return value }
      guard tag != "!!float", tag != "!!int" else { throw fault("\(tag) \(value.shown) is not a number") }
      return value
    }
    switch first {
    case "\"", "'": return .text(try quoted(content, first))
    case "*": throw fault("has the alias \(Self.uncommented(content)); an alias is read only behind <<")
    case "|", ">": throw fault("has a text in a block, which is not read; write it in quotes")
    case "[", "{":
      let text = Self.uncommented(content)
      next += 1
      do throws(PythonLiteral.Fault) {
        return try PythonLiteral.value(of: text)
      } catch {
        next -= 1
        throw fault("\(text) \(error.reason)")
      }
    default:
      let value = ZooValue(word: Self.uncommented(content))
      next += 1
      return value
    }
  }

  /// Reads a text in quotes; line breaks in it become spaces.
  private mutating func quoted(_ content: Substring, _ quote: Character) throws(ExperimentError) -> String {
    var (text, rest) = ("", content.dropFirst())
    let begin = next
    while true {
      if let end = rest.firstIndex(of: quote) {
        let behind = rest[rest.index(after: end)...]
        guard Self.uncommented(behind).isEmpty else { throw fault("has more behind a text in quotes") }
        text += rest[..<end]
        next += 1
        return text
      }
      text += rest.trimmedEnd + " "
      next += 1
      guard next < lines.count else {
        next = begin
        throw fault("has a text in quotes without its end")
      }
      rest = lines[next].text
    }
  }

  // MARK: Lines

  /// The key at the beginning of a line and what comes behind its colon; nil if there is none.
  private static func key(_ text: Substring) -> (key: String, rest: Substring)? {
    var end = text.startIndex
    if let quote = text.first, quote == "\"" || quote == "'" {
      guard let close = text.dropFirst().firstIndex(of: quote) else { return nil }
      end = text.index(after: close)
    } else {
      while end < text.endIndex, !(text[end] == ":" && isSpace(text, after: end)) {
        if text[end] == "#" || "[{!&*".contains(text[text.startIndex]) { return nil }
        end = text.index(after: end)
      }
    }
    guard end < text.endIndex, text[end] == ":", isSpace(text, after: end) else { return nil }
    var key = text[..<end]
    if let quote = key.first, quote == "\"" || quote == "'" { key = key.dropFirst().dropLast() }
    return (String(key.trimmedEnd), text[text.index(after: end)...].drop { $0 == " " })
  }

  private static func isSpace(_ text: Substring, after colon: Substring.Index) -> Bool {
    let behind = text.index(after: colon)
    return behind == text.endIndex || text[behind] == " "
  }

  /// The text before a comment, without spaces at its end.
  private static func uncommented(_ text: Substring) -> String {
    if text.hasPrefix("#") { return "" }
    let end = text.firstRange(of: " #")?.lowerBound ?? text.endIndex
    return String(text[..<end].trimmedEnd)
  }
}

extension Substring {
  fileprivate var trimmedEnd: Substring {
    var text = self
    while text.last == " " { text = text.dropLast() }
    return text
  }
}
