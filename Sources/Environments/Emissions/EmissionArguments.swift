/// A specification of an emission, taken apart: a name, and what stands behind it.
public struct EmissionArguments: Sendable {
  /// The specification as it was typed.
  public let text: String
  /// The word before the first `=`.
  public let name: String
  /// What stands between the commas behind it; one empty text if nothing does.
  public let values: [String]
  /// Whether there is a `=`.
  public let hasValues: Bool

  /// Takes a specification apart.
  public init(_ text: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    self.text = text
    (name, hasValues) = (parts[0], parts.count > 1)
    values = (parts.count > 1 ? parts[1] : "").split(separator: ",", omittingEmptySubsequences: false)
      .map(String.init)
  }

  /// The values as numbers.
  ///
  /// - Throws: ``EmissionError/argument(_:allowed:)`` unless all are finite and allowed.
  public func numbers(
    _ allowed: String, where isAllowed: (Double) -> Bool
  ) throws(EmissionError) -> [Double] {
    let numbers = values.compactMap { Double($0) }
    guard numbers.count == values.count, numbers.allSatisfy({ $0.isFinite && isAllowed($0) }) else {
      throw .argument(text, allowed: allowed)
    }
    return numbers
  }

  /// One number, or one for each feature, none below 0.
  public func scales(_ what: String) throws(EmissionError) -> [Double] {
    try numbers("\(what), one number or one for each feature, none below 0") { $0 >= 0 }
  }

  /// A probability.
  public func probability() throws(EmissionError) -> Double {
    let allowed = "a probability from 0 to 1"
    let found = try numbers(allowed) { (0...1).contains($0) }
    guard found.count == 1 else { throw .argument(text, allowed: allowed) }
    return found[0]
  }

  /// The emission of this name with values.
  func emission(_ values: [Double], fit: @escaping Emission.Fitting) -> Emission {
    Emission(typed: "\(name)=" + values.map { "\($0)" }.joined(separator: ","), fit: fit)
  }
}
