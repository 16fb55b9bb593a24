/// What the updates of one iteration saw, as means over all the steps that they looked at.
public struct UpdateReport: Sendable {
  /// ‖ĝ‖ of the actor's last update before it was clipped, or NaN.
  public var gradientNorm = Double.nan
  /// The mean of (ρ − 1) − log ρ in the last epoch: an estimate of KL(π̄ ‖ π) that is never negative.
  public var divergence = Double.nan
  /// The part of the steps on which the clip was active.
  public var clipFraction = Double.nan
  /// The mean of (V − target)².
  public var valueError = Double.nan
  /// 1 − Var(target − V) / Var(target), before the update: 1 is perfect, 0 no better than a constant.
  public var explainedVariance = Double.nan
  /// How often the actor made a step.
  public var updates = 0
  /// How often a step along the natural gradient was shortened until it was taken; −1 when none was.
  public var lineSearch = 0

  mutating func explain(_ steps: StepNumbers) {
    let n = Double(steps.count)
    var (mean, meanRest) = (0.0, 0.0)
    for t in 0..<steps.count {
      mean += steps.targets[t] / n
      meanRest += (steps.targets[t] - steps.values[t]) / n
    }
    var (variance, rest) = (0.0, 0.0)
    for t in 0..<steps.count {
      let (d, r) = (steps.targets[t] - mean, steps.targets[t] - steps.values[t] - meanRest)
      variance += d * d
      rest += r * r
    }
    explainedVariance = variance > 0 ? 1 - rest / variance : .nan
  }
}
