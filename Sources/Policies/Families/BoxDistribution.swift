public import Registries

/// A family for the numbers of a box under its name.
public struct BoxDistribution: RegistryEntry, Equatable {
  /// The name in `policy.distribution`.
  public let name: String
  /// What it is, in one line.
  public let help: String
  /// Whether it needs a box with finite bounds.
  public let needsBounds: Bool
  /// Makes the family for a box with these bounds.
  public let make: @Sendable (ValueBounds) -> any ActionFamily

  /// Makes an entry.
  public init(
    _ name: String, help: String, needsBounds: Bool,
    make: @escaping @Sendable (ValueBounds) -> any ActionFamily
  ) {
    (self.name, self.help, self.needsBounds, self.make) = (name, help, needsBounds, make)
  }

  /// Whether two entries have the same name.
  public static func == (a: BoxDistribution, b: BoxDistribution) -> Bool { a.name == b.name }
}

extension Registry<BoxDistribution> {
  /// The families for boxes of this library.
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
