public import Registries

/// How a setting changes over a run, by name.
public enum Schedule: String, Sendable, CaseIterable {
  /// Not at all.
  case constant
  /// In a line to 0 at the last step.
  case linear

  /// The factor of the setting when this part of the run is still to come.
  public func factor(_ remaining: Double) -> Double { self == .linear ? remaining : 1 }
}

extension Schedule: NamedChoice {
  /// What it is, in one line.
  public var help: String {
    switch self {
    case .constant: "does not change"
    case .linear: "falls in a line to 0 at the last step"
    }
  }
}
