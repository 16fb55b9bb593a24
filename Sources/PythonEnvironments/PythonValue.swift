/// A value that Python code receives: the argument of a constructor.
public indirect enum PythonValue: Sendable, Equatable {
  case boolean(Bool)
  case integer(Int64)
  case number(Double)
  case text(String)
  case list([PythonValue])
  /// A dictionary, in the order of its entries.
  case dictionary([Entry])

  /// An entry of a dictionary, or a keyword argument.
  public struct Entry: Sendable, Equatable {
    /// The key, or the argument's name.
    public var name: String
    /// The value.
    public var value: PythonValue

    /// Makes an entry.
    public init(_ name: String, _ value: PythonValue) { (self.name, self.value) = (name, value) }
  }

  /// The value as Python's `json` module reads it, infinities and NaN included.
  var json: String {
    switch self {
    case .boolean(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .number(let value):
      value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : "\(value)"
    case .text(let text): Self.quoted(text)
    case .list(let values): "[" + values.map(\.json).joined(separator: ",") + "]"
    case .dictionary(let entries):
      "{" + entries.map { "\(Self.quoted($0.name)):\($0.value.json)" }.joined(separator: ",") + "}"
    }
  }

  /// A text in quotes, in ASCII: every other character is written as the number of its UTF-16 units.
  private static func quoted(_ text: String) -> String {
    var out = "\""
    for unit in text.utf16 {
      if unit >= 32, unit < 127, unit != 34, unit != 92 {
        out.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
      } else {
        let digits = String(unit, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return out + "\""
  }
}

extension PythonValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// Makes true or false.
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  /// Makes a whole number.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// Makes a number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// Makes a text.
  public init(stringLiteral value: String) { self = .text(value) }
  /// Makes a list.
  public init(arrayLiteral elements: PythonValue...) { self = .list(elements) }
  /// Makes a dictionary.
  public init(dictionaryLiteral elements: (String, PythonValue)...) {
    self = .dictionary(elements.map { Entry($0.0, $0.1) })
  }
}
