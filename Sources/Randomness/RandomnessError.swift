/// An error of a random stream or a distribution.
public enum RandomnessError: Error, Equatable, CustomStringConvertible {
  /// A parameter is outside of its domain.
  case parameter(name: String, value: Double, allowed: String)
  /// Saved bytes are not a state of this generator, for the given reason.
  case state(reason: String)
  /// GSL failed, for the given reason.
  case library(String)

  /// A one-sentence message.
  public var description: String {
    switch self {
    case .parameter(let name, let value, let allowed): "\(name) must be \(allowed), not \(value)"
    case .state(let reason): "the bytes are not a saved random stream: \(reason)"
    case .library(let reason): "GSL: \(reason)"
    }
  }
}
