/// A value of a hyperparameter file: data, of which nothing is ever constructed or evaluated.
indirect enum ZooValue: Equatable {
  case none
  case flag(Bool)
  /// A number, as it is written.
  case number(String)
  /// A text in quotes.
  case text(String)
  /// A word without quotes that is neither a number nor a flag, such as `MlpPolicy` or `nn.ReLU`.
  case name(String)
  case list([ZooValue])
  case table([Entry])

  /// An entry of a table.
  struct Entry: Equatable {
    var key: String
    var value: ZooValue
    /// The line of a file; 0 in a literal of Python.
    var line = 0
  }

  /// The meaning of a word without quotes.
  init(word: String) {
    switch word {
    case "", "~", "null", "Null", "NULL", "None": self = .none
    case "true", "True", "TRUE", "yes", "Yes", "on", "On": self = .flag(true)
    case "false", "False", "FALSE", "no", "No", "off", "Off": self = .flag(false)
    default: self = Self.number(of: word).map { .number($0) } ?? .name(word)
    }
  }

  /// The digits of a number as Swift reads them; nil for another word.
  static func number(of word: String) -> String? {
    let plain = word.filter { $0 != "_" }
    guard let first = plain.utf8.first, "0123456789.+-".utf8.contains(first),
      plain.utf8.allSatisfy({ "0123456789.+-eE".utf8.contains($0) })
    else { return nil }
    let whole = plain.hasPrefix(".") ? "0" + plain : plain
    guard let x = Double(whole), x.isFinite else { return nil }
    return whole
  }

  /// The entries of a table; nil for another value.
  var entries: [Entry]? { if case .table(let entries) = self { entries } else { nil } }

  /// The value as somebody would write it, for messages.
  var shown: String {
    switch self {
    case .none: "None"
    case .flag(let value): value ? "True" : "False"
    case .number(let digits): digits
    case .text(let text), .name(let text): text
    case .list(let values): "[" + values.map(\.shown).joined(separator: ", ") + "]"
    case .table(let entries):
      "{" + entries.map { "\($0.key): \($0.value.shown)" }.joined(separator: ", ") + "}"
    }
  }
}
