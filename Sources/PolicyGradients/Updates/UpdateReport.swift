/// Statistics of one iteration's updates; means are over the steps of the last pass over the rollout.
public struct UpdateReport: Sendable {
  /// ‖ĝ‖ of the actor's last update before clipping; NaN if there was no update.
  public var gradientNorm = Double.nan
  /// √(‖g‖² − σ²) ∕ σ of the sum g of the actor's gradients in the first pass, 0 where σ is larger; NaN for a single part.
  ///
  /// σ² is the variance of g, estimated from its parts: minibatches, the slices of a single one, or the lanes of whole
  /// trajectories.
  public var signalToNoise = Double.nan
  /// The mean of (ρ − 1) − log ρ, an estimate of KL(π̄ ‖ π) that is never negative; with a line search, KL itself.
  public var divergence = Double.nan
  /// The fraction of steps on which the clip was active.
  public var clipFraction = Double.nan
  /// The mean of (V − target)².
  public var valueError = Double.nan
  /// 1 − Var(target − V) / Var(target), before the update: 1 is perfect, 0 no better than a constant.
  public var explainedVariance = Double.nan
  /// The number of steps of the actor.
  public var updates = 0
  /// The number of times that the line search shortened the step; −1 if no step was taken.
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
