internal import ArgumentParser
internal import AscentExperiments

/// Whole numbers on the command line.
enum Whole {
  /// Parses the value of an option: digits, or a decimal number that is whole, such as 1e6.
  @Sendable static func number<Number: FixedWidthInteger>(_ text: String) throws -> Number {
    guard let number: Number = SettingValue.whole(text) else {
      throw ValidationError("it takes a whole number, such as 1000 or 1e6")
    }
    return number
  }
}
