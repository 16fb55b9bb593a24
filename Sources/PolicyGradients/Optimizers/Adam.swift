internal import AscentMathematics
public import AscentPolicies

/// Adam (Kingma and Ba 2015, algorithm 1), for ascent.
///
///     m ← β₁ m + (1 − β₁) ĝ,  v ← β₂ v + (1 − β₂) ĝ²,  θ ← θ + α m̂ / (√v̂ + ε).
///
/// With a decay w, the step θ ← (1 − α w) θ comes first: AdamW (Loshchilov and Hutter 2019).
public struct Adam: Optimizer {
  /// The learning rate α.
  public var rate: Double
  /// The decay rates β₁ and β₂ of the moments, and ε.
  public var β1, β2, ε: Double
  /// The weight decay w.
  public var decay: Double
  /// The number of steps taken.
  public var stepCount = 0
  private var m: [Float] = []
  private var v: [Float] = []

  /// Makes the optimizer; ε is 1e-8 as in the paper.
  public init(rate: Double, β1: Double = 0.9, β2: Double = 0.999, ε: Double = 1e-8, decay: Double = 0) {
    self.rate = rate
    self.β1 = β1
    self.β2 = β2
    self.ε = ε
    self.decay = decay
  }

  /// m and v, in this order.
  public var moments: [(name: String, values: [Float])] {
    get { [("first_moment", m), ("second_moment", v)] }
    set {
      for (name, values) in newValue {
        if name == "first_moment" { m = values }
        if name == "second_moment" { v = values }
      }
    }
  }

  /// Takes one step along m̂ / (√v̂ + ε).
  public mutating func ascend(_ θ: inout Parameters, along gradient: [Float]) {
    if m.count != gradient.count || v.count != gradient.count {
      m = Array(repeating: 0, count: gradient.count)
      v = m
    }
    stepCount += 1
    let rule = ParameterUpdate.AdamRule(rate: rate, β1: β1, β2: β2, ε: ε, decay: decay)
    let step = stepCount
    θ.values.withMutableSpan { values in
      m.withMutableSpan { first in
        v.withMutableSpan { second in
          ParameterUpdate.adam(
            &values, along: gradient.span, firstMoment: &first, secondMoment: &second, by: rule, step: step)
        }
      }
    }
  }
}

extension OptimizerEntry {
  /// ``Adam``.
  public static let adam = OptimizerEntry(
    "adam", help: "Adam: steps scaled by running moments of the gradient"
  ) {
    Adam(rate: $0.rate, ε: $0.epsilon)
  }

  /// ``Adam`` with weight decay.
  public static let adamw = OptimizerEntry("adamw", help: "Adam with algorithm.weight_decay") {
    Adam(rate: $0.rate, ε: $0.epsilon, decay: $0.weightDecay)
  }
}
