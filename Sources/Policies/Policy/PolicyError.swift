/// Why a policy cannot be made.
public enum PolicyError: Error, Equatable, CustomStringConvertible {
  /// A size is not possible.
  case size(what: String, found: Int, allowed: String)
  /// A number is not possible.
  case number(what: String, found: Double, allowed: String)

  /// One sentence.
  public var description: String {
    switch self {
    case .size(let what, let found, let allowed): "the \(what) must be \(allowed), not \(found)"
    case .number(let what, let found, let allowed): "the \(what) must be \(allowed), not \(found)"
    }
  }
}
