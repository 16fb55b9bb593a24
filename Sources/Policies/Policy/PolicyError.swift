/// An error of a policy's architecture.
public enum PolicyError: Error, Equatable, CustomStringConvertible {
  /// A size is not allowed.
  case size(what: String, found: Int, allowed: String)
  /// A number is not allowed.
  case number(what: String, found: Double, allowed: String)

  /// A one-sentence message.
  public var description: String {
    switch self {
    case .size(let what, let found, let allowed): "the \(what) must be \(allowed), not \(found)"
    case .number(let what, let found, let allowed): "the \(what) must be \(allowed), not \(found)"
    }
  }
}
