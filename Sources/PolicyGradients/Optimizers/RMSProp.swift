internal import AscentMathematics
public import AscentPolicies

/// RMSProp (Hinton 2012) for ascent, with ε inside the square root, as in TensorFlow's version that A2C was tuned with.
///
///     v ← β v + (1 − β) ĝ²,  θ ← θ + α ĝ / √(v + ε).
public struct RMSProp: Optimizer {
  /// The learning rate α.
  public var rate: Double
  /// The decay rate β of v, and ε.
  public var β, ε: Double
  /// The number of steps taken.
  public var stepCount = 0
  private var v: [Float] = []

  /// Makes the optimizer.
  public init(rate: Double, β: Double = 0.99, ε: Double = 1e-5) {
    self.rate = rate
    self.β = β
    self.ε = ε
  }

  /// v, initialized to 1 as in TensorFlow's RMSProp.
  public var moments: [(name: String, values: [Float])] {
    get { [("second_moment", v)] }
    set { for (name, values) in newValue where name == "second_moment" { v = values } }
  }

  /// Takes one step along ĝ / √(v + ε).
  public mutating func ascend(_ θ: inout Parameters, along gradient: [Float]) {
    if v.count != gradient.count { v = Array(repeating: 1, count: gradient.count) }
    stepCount += 1
    let (rate, β, ε) = (rate, β, ε)
    θ.values.withMutableSpan { values in
      v.withMutableSpan { second in
        ParameterUpdate.rmsProp(&values, along: gradient.span, secondMoment: &second, rate: rate, β: β, ε: ε)
      }
    }
  }
}

extension OptimizerEntry {
  /// ``RMSProp``.
  public static let rmsprop = OptimizerEntry(
    "rmsprop", help: "RMSProp with epsilon inside the square root, as in TensorFlow"
  ) {
    RMSProp(rate: $0.rate, ε: $0.epsilon)
  }
}
