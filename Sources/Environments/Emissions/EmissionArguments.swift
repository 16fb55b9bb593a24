/// A parsed specification of an emission: its name and its arguments.
public struct EmissionArguments: Sendable {
  /// The specification as it was typed.
  public let text: String
  /// The word before the first `=`.
  public let name: String
  /// The texts between the commas after the `=`; one empty text if there are none.
  public let values: [String]
  /// True if there is a `=`.
  public let hasValues: Bool

  /// Parses a specification.
  public init(_ text: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    self.text = text
    (name, hasValues) = (parts[0], parts.count > 1)
    values = (parts.count > 1 ? parts[1] : "").split(separator: ",", omittingEmptySubsequences: false)
      .map(String.init)
  }

  /// Returns the values as numbers.
  ///
  /// - Throws: ``EmissionError/argument(_:allowed:)`` unless all are finite and satisfy `isAllowed`.
  public func numbers(
    _ allowed: String, where isAllowed: (Double) -> Bool
  ) throws(EmissionError) -> [Double] {
    let numbers = values.compactMap { Double($0) }
    guard numbers.count == values.count, numbers.allSatisfy({ $0.isFinite && isAllowed($0) }) else {
      throw .argument(text, allowed: allowed)
    }
    return numbers
  }

  /// Returns the values as scales: one number, or one for each feature, none below 0.
  public func scales(_ what: String) throws(EmissionError) -> [Double] {
    try numbers("\(what), one number or one for each feature, none below 0") { $0 >= 0 }
  }

  /// Returns the value as a probability.
  public func probability() throws(EmissionError) -> Double {
    let allowed = "a probability from 0 to 1"
    let found = try numbers(allowed) { (0...1).contains($0) }
    guard found.count == 1 else { throw .argument(text, allowed: allowed) }
    return found[0]
  }

  /// Makes the emission of this name with values.
  public func emission(_ values: [Double], fit: @escaping Emission.Fitting) -> Emission {
    Emission(typed: "\(name)=" + values.map { "\($0)" }.joined(separator: ","), fit: fit)
  }
}
