public import AscentRegistries

/// The parameters of the optimizers.
public struct OptimizerSettings: Sendable, Equatable {
  /// The learning rate α > 0.
  public var rate: Double
  /// The number ε that is added to a denominator to avoid division by 0.
  public var epsilon = 1e-8
  /// The weight decay of AdamW and Lion.
  public var weightDecay = 0.0

  /// Makes settings with a rate and default values for the rest.
  public init(rate: Double) { self.rate = rate }
}

/// An optimizer with its name.
public struct OptimizerEntry: RegistryEntry, Equatable {
  /// The name in `algorithm.optimizer`.
  public let name: String
  /// A one-line description.
  public let help: String
  /// Makes the optimizer.
  public let make: @Sendable (OptimizerSettings) -> any Optimizer

  /// Makes an entry.
  public init(_ name: String, help: String, make: @escaping @Sendable (OptimizerSettings) -> any Optimizer) {
    (self.name, self.help, self.make) = (name, help, make)
  }

  /// True if both entries have the same name.
  public static func == (a: OptimizerEntry, b: OptimizerEntry) -> Bool { a.name == b.name }
}

extension Registry<OptimizerEntry> {
  /// The optimizers of this library.
  public static let optimizers = Registry(
    of: "optimizer",
    [
      .ascent,
      .momentum,
      .rmsprop,
      .adam,
      .adamw,
      .lion,
    ])
}
