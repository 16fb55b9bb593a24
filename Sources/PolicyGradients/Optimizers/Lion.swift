internal import AscentMathematics
public import AscentPolicies

/// Lion (Chen and others 2023, algorithm 2), upwards: the sign of an interpolated momentum.
///
///     u = sign(β₁ m + (1 − β₁) ĝ),  θ ← θ + α (u − λ θ),  m ← β₂ m + (1 − β₂) ĝ
///
/// Every parameter moves by α whatever the size of its gradient, so the rate is a third to a tenth of Adam's.
public struct Lion: Optimizer {
  /// α.
  public var rate: Double
  /// β₁, of the step, and β₂, of the momentum.
  public var β1, β2: Double
  /// λ.
  public var decay: Double
  /// The number of steps made.
  public var stepCount = 0
  private var m: [Float] = []

  /// Makes the optimizer, with the paper's β₁ and β₂ unless others are given.
  public init(rate: Double, β1: Double = 0.9, β2: Double = 0.99, decay: Double = 0) {
    self.rate = rate
    self.β1 = β1
    self.β2 = β2
    self.decay = decay
  }

  /// m.
  public var moments: [(name: String, values: [Float])] {
    get { [("first_moment", m)] }
    set { for (name, values) in newValue where name == "first_moment" { m = values } }
  }

  /// Takes one step of α along the signs.
  public mutating func ascend(_ θ: inout Parameters, along gradient: [Float]) {
    Require.count(θ.values.count, of: "parameters", atLeast: gradient.count, "one for each of the gradient")
    if m.count != gradient.count { m = Array(repeating: 0, count: gradient.count) }
    stepCount += 1
    let (α, λ, β1, β2) = (Float(rate), Float(decay), Float(β1), Float(β2))
    for (k, g) in gradient.enumerated() {
      let direction = β1 * m[k] + (1 - β1) * g
      let sign: Float = direction > 0 ? 1 : direction < 0 ? -1 : 0
      θ.values[k] += α * (sign - λ * θ.values[k])
      m[k] = β2 * m[k] + (1 - β2) * g
    }
  }
}

extension OptimizerEntry {
  /// ``Lion``.
  public static let lion = OptimizerEntry(
    "lion", help: "Lion: steps of the rate along the signs of a momentum, with algorithm.weight_decay"
  ) {
    Lion(rate: $0.rate, decay: $0.weightDecay)
  }
}
