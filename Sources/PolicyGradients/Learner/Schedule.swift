public import AscentRegistries

/// The change of a setting over a run, by name.
public enum Schedule: String, Sendable, CaseIterable {
  /// No change.
  case constant
  /// Linear decrease to 0 at the last step.
  case linear

  /// The factor of the setting when the fraction `remaining` of the run remains.
  public func factor(_ remaining: Double) -> Double { self == .linear ? remaining : 1 }
}

extension Schedule: NamedChoice {
  /// A one-line description.
  public var help: String {
    switch self {
    case .constant: "stays the same"
    case .linear: "decreases linearly to 0 at the last step"
    }
  }
}
