public import AscentRegistries

/// An action family for the numbers of a box, with its name.
public struct BoxDistribution: RegistryEntry, Equatable {
  /// The name in `policy.distribution`.
  public let name: String
  /// A one-line description.
  public let help: String
  /// True if the box must have finite bounds.
  public let needsBounds: Bool
  /// Makes the family for a box with the given bounds.
  public let make: @Sendable (ValueBounds) -> any ActionFamily
  /// Makes the family with numbers in units of the box; nil if its numbers do not depend on ``ActionUnits``.
  public let makeInUnits: (@Sendable (ValueBounds) -> any ActionFamily)?

  /// Makes an entry.
  public init(
    _ name: String, help: String, needsBounds: Bool,
    inUnits makeInUnits: (@Sendable (ValueBounds) -> any ActionFamily)? = nil,
    make: @escaping @Sendable (ValueBounds) -> any ActionFamily
  ) {
    (self.name, self.help, self.needsBounds) = (name, help, needsBounds)
    (self.make, self.makeInUnits) = (make, makeInUnits)
  }

  /// Returns the family for a box with the given bounds, with numbers in the given units.
  public func family(_ bounds: ValueBounds, in units: ActionUnits) -> any ActionFamily {
    switch units {
    case .box: makeInUnits?(bounds) ?? make(bounds)
    case .environment: make(bounds)
    }
  }

  /// True if both entries have the same name.
  public static func == (a: BoxDistribution, b: BoxDistribution) -> Bool { a.name == b.name }
}

extension Registry<BoxDistribution> {
  /// The distributions of this library for boxes.
  public static let distributions = Registry(
    of: "distribution",
    [
      .gaussian,
      .networkGaussian,
      .squashed,
      .beta,
      .exploring,
    ])
}
