public import Policies

/// θ ← θ + α ĝ (notes, evaluating the policy gradient, step 4).
public struct GradientAscent: Optimizer {
  /// α.
  public var rate: Double
  /// How many steps were taken.
  public var stepCount = 0
  /// None: plain ascent remembers nothing.
  public var moments: [(name: String, values: [Float])] = []

  /// Makes the optimizer.
  public init(rate: Double) { self.rate = rate }

  /// θ ← θ + α ĝ.
  public mutating func ascend(_ θ: inout Parameters, along gradient: [Float]) {
    stepCount += 1
    var values = θ.values.mutableSpan
    ParameterUpdate.ascend(&values, along: gradient.span, rate: Float(rate))
  }
}
