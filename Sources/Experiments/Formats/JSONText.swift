internal import FoundationEssentials

/// Texts of JSON that somebody else may have written.
///
/// Foundation decodes in proportion to the size, except that it compares names by their canonical forms, for which it
/// sorts the marks of a letter one by one. So the length of a name is limited, like the depth of nesting.
package enum JSONText {
  /// The largest number of bytes of a name.
  static let longestName = 1000
  /// The largest depth of nested arrays and objects.
  static let deepest = 64

  /// The error of a text that is nested too deeply or has a name that is too long.
  struct Excess: Error {
    var description: String {
      "is nested more than \(JSONText.deepest) levels deep, or has a name of more than \(JSONText.longestName) bytes"
    }
  }

  /// Decodes a value.
  ///
  /// - Throws: ``Excess``, or Foundation's `DecodingError`.
  package static func decode<Value: Decodable>(_ type: Value.Type, from bytes: ArraySlice<UInt8>) throws
    -> Value
  {
    guard isWithinLimits(bytes) else { throw Excess() }
    return try JSONDecoder().decode(type, from: Data(bytes))
  }

  /// True if no name is too long and nothing is nested too deeply.
  static func isWithinLimits(_ bytes: ArraySlice<UInt8>) -> Bool {
    var (depth, length, isInText, isEscaped) = (0, 0, false, false)
    for byte in bytes {
      if isInText {
        length += 1
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInText = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): (isInText, length) = (true, 0)
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        guard depth <= deepest else { return false }
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      // Only a name is followed by a colon.
      case UInt8(ascii: ":"): guard length <= longestName else { return false }
      default: break
      }
    }
    return true
  }
}
