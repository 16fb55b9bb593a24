internal import AscentMathematics
public import AscentPolicies

/// Plain gradient ascent: θ ← θ + α ĝ.
public struct GradientAscent: Optimizer {
  /// The learning rate α.
  public var rate: Double
  /// The number of steps taken.
  public var stepCount = 0
  /// Empty: plain ascent has no moments.
  public var moments: [(name: String, values: [Float])] = []

  /// Makes the optimizer.
  public init(rate: Double) { self.rate = rate }

  /// θ ← θ + α ĝ.
  public mutating func ascend(_ θ: inout Parameters, along gradient: [Float]) {
    stepCount += 1
    θ.values.withMutableSpan { ParameterUpdate.ascend(&$0, along: gradient.span, rate: Float(rate)) }
  }
}

extension OptimizerEntry {
  /// ``GradientAscent``.
  public static let ascent = OptimizerEntry("ascent", help: "plain gradient ascent") {
    GradientAscent(rate: $0.rate)
  }
}
