/// Reads the literals of Python that hyperparameter files write as texts: `dict(pi=[256, 256])`, `{'norm_obs': False}`.
///
/// Only data is read: numbers, texts, True, False, None, names, lists, tuples, dictionaries, and calls of `dict` with
/// keywords. Every other call is refused, and nothing is looked up or evaluated.
struct PythonLiteral {
  /// The reason why a text is no such literal.
  struct Fault: Error { var reason: String }

  private static let deepest = 16
  private let text: [Character]
  private var next = 0

  /// Reads a whole text.
  static func value(of text: String) throws(Fault) -> ZooValue {
    var reader = PythonLiteral(text: Array(text))
    let value = try reader.value(depth: 0)
    guard reader.peek() == nil else { throw reader.fault("has more behind its value") }
    return value
  }

  private init(text: [Character]) { self.text = text }

  private func fault(_ reason: String) -> Fault { Fault(reason: "\(reason), at character \(next + 1)") }

  /// The next character that is no space.
  private mutating func peek() -> Character? {
    while next < text.count, text[next].isWhitespace { next += 1 }
    return next < text.count ? text[next] : nil
  }

  private mutating func take(_ wanted: Character) -> Bool {
    guard peek() == wanted else { return false }
    next += 1
    return true
  }

  private mutating func value(depth: Int) throws(Fault) -> ZooValue {
    guard depth < Self.deepest else { throw fault("is nested more than \(Self.deepest) levels deep") }
    switch peek() {
    case nil: throw fault("ends before its value")
    case "[":
      next += 1
      return .list(try items(until: "]", depth))
    case "(":
      next += 1
      return .list(try items(until: ")", depth))
    case "{":
      next += 1
      return .table(try entries(":", until: "}", depth))
    case "'", "\"": return .text(try quoted())
    default: return try word(depth)
    }
  }

  private mutating func word(_ depth: Int) throws(Fault) -> ZooValue {
    let first = next
    while next < text.count, text[next].isLetter || text[next].isNumber || "._+-".contains(text[next]) {
      next += 1
    }
    let word = String(text[first..<next])
    guard !word.isEmpty else { throw fault("has a '\(text[next])' that is not read") }
    guard take("(") else { return ZooValue(word: word) }
    guard word == "dict" else { throw fault("calls \(word)(), and nothing is called") }
    return .table(try entries("=", until: ")", depth))
  }

  private mutating func items(until end: Character, _ depth: Int) throws(Fault) -> [ZooValue] {
    var values: [ZooValue] = []
    while !take(end) {
      values.append(try value(depth: depth + 1))
      if !take(","), peek() != end { throw fault("lacks a comma or a '\(end)'") }
    }
    return values
  }

  private mutating func entries(
    _ separator: Character, until end: Character, _ depth: Int
  ) throws(Fault) -> [ZooValue.Entry] {
    var entries: [ZooValue.Entry] = []
    while !take(end) {
      let key: String
      switch try value(depth: depth + 1) {
      case .text(let text): key = text
      case .name(let name): key = name
      default: throw fault("has a key that is no text")
      }
      guard take(separator) else { throw fault("lacks a '\(separator)' behind \(key)") }
      guard !entries.contains(where: { $0.key == key }) else { throw fault("has \(key) twice") }
      entries.append(ZooValue.Entry(key: key, value: try value(depth: depth + 1)))
      if !take(","), peek() != end { throw fault("lacks a comma or a '\(end)'") }
    }
    return entries
  }

  private mutating func quoted() throws(Fault) -> String {
    let quote = text[next]
    next += 1
    let first = next
    while next < text.count, text[next] != quote {
      guard text[next] != "\\" else { throw fault("has a backslash, which is not read") }
      next += 1
    }
    guard next < text.count else { throw fault("has a text without its end") }
    next += 1
    return String(text[first..<next - 1])
  }
}
