public import AscentRegistries

/// The units of the numbers that a Gaussian draws for a box.
public enum ActionUnits: String, Sendable, CaseIterable {
  /// Units of the box: 0 is its middle and ±1 are its bounds, where a number has two; others are the environment's.
  case box
  /// The environment's units.
  case environment
}

extension ActionUnits: NamedChoice {
  /// A description in one line.
  public var help: String {
    switch self {
    case .box:
      "0 is the middle of the box and ±1 are its bounds; the environment's units where a bound is infinite"
    case .environment: "the environment's units"
    }
  }
}
