/// Why a stream or a distribution cannot be made.
public enum RandomnessError: Error, Equatable, CustomStringConvertible {
  /// A parameter is outside of its domain.
  case parameter(name: String, value: Double, allowed: String)
  /// Saved bytes are not a state of this generator.
  case state(reason: String)
  /// The library refused: its reason.
  case library(String)

  /// One sentence.
  public var description: String {
    switch self {
    case .parameter(let name, let value, let allowed): "\(name) must be \(allowed), not \(value)"
    case .state(let reason): "the bytes are not a saved random stream: \(reason)"
    case .library(let reason): "GSL: \(reason)"
    }
  }
}
