internal import AscentMathematics
public import AscentPolicies

/// Gradient ascent with heavy-ball momentum (Polyak 1964): m ← β m + ĝ, θ ← θ + α m.
public struct Momentum: Optimizer {
  /// The learning rate α.
  public var rate: Double
  /// The momentum β.
  public var momentum: Double
  /// The number of steps taken.
  public var stepCount = 0
  private var m: [Float] = []

  /// Makes the optimizer.
  public init(rate: Double, momentum: Double = 0.9) {
    self.rate = rate
    self.momentum = momentum
  }

  /// The moment m.
  public var moments: [(name: String, values: [Float])] {
    get { [("first_moment", m)] }
    set { for (name, values) in newValue where name == "first_moment" { m = values } }
  }

  /// Takes one step along m.
  public mutating func ascend(_ θ: inout Parameters, along gradient: [Float]) {
    if m.count != gradient.count { m = Array(repeating: 0, count: gradient.count) }
    stepCount += 1
    let (rate, momentum) = (rate, momentum)
    θ.values.withMutableSpan { values in
      m.withMutableSpan { first in
        ParameterUpdate.momentum(
          &values, along: gradient.span, moment: &first, rate: rate, momentum: momentum)
      }
    }
  }
}

extension OptimizerEntry {
  /// ``Momentum``.
  public static let momentum = OptimizerEntry("momentum", help: "gradient ascent with momentum 0.9") {
    Momentum(rate: $0.rate)
  }
}
