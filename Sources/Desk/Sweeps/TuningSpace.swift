import AscentExperiments

/// The settings that `ascent tune` draws for an algorithm; all others stay as the preset or the defaults have them.
package enum TuningSpace {
  /// The ranges of an algorithm.
  ///
  /// - Parameter algorithm: its name; one without ranges of its own gets those that all have.
  /// - Returns: the ranges.
  package static func ranges(of algorithm: String) -> [SweepRange] {
    switch algorithm {
    case "ppo":
      common + critic + [
        number("algorithm.rate", 1e-5, 1e-2), choice("rollout.steps", [16, 32, 64, 128, 256, 512, 1024]),
        choice("algorithm.epochs", [1, 4, 10, 20]), choice("algorithm.minibatch", [64, 128, 256, 512]),
        numbers("algorithm.clip", [0.1, 0.2, 0.3]), entropy,
      ]
    case "a2c":
      common + critic + [
        number("algorithm.rate", 1e-5, 1e-2), choice("rollout.steps", [5, 8, 16, 32, 64, 128]), entropy,
      ]
    case "trpo":
      common + critic + [
        choice("rollout.steps", [64, 128, 256, 512, 1024]), number("algorithm.trust_region", 1e-3, 5e-2),
        number("algorithm.critic_rate", 1e-4, 1e-2), choice("algorithm.critic_epochs", [5, 10, 20]),
      ]
    default:
      common + [
        number("algorithm.rate", 1e-4, 1e-1), choice("rollout.steps", [16, 64, 256, 1024]), entropy,
      ]
    }
  }

  private static var common: [SweepRange] {
    [
      numbers("algorithm.gamma", [0.9, 0.95, 0.98, 0.99, 0.995, 0.999]),
      SweepRange("normalize.observations", .choices([.text("none"), .text("boxes")])),
      SweepRange("policy.hidden", .choices([.integers([64, 64]), .integers([256, 256])])),
    ]
  }

  private static var critic: [SweepRange] {
    [
      numbers("algorithm.lambda", [0.8, 0.9, 0.95, 0.98, 1]),
      SweepRange("normalize.returns", .choices([.flag(false), .flag(true)])),
    ]
  }

  private static var entropy: SweepRange { number("algorithm.entropy", 1e-6, 0.1) }

  private static func number(_ key: String, _ low: Double, _ high: Double) -> SweepRange {
    SweepRange(key, .logarithmic(low, high))
  }

  private static func choice(_ key: String, _ values: [Int64]) -> SweepRange {
    SweepRange(key, .choices(values.map { .integer($0) }))
  }

  private static func numbers(_ key: String, _ values: [Double]) -> SweepRange {
    SweepRange(key, .choices(values.map { .number($0) }))
  }
}
