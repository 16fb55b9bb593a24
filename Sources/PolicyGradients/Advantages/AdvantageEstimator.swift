internal import Mathematics

/// An estimator with a critic: its coefficients are advantages, Â(i,t), or are made of them.
///
/// A trajectory carries the values V(o(t)) and the value of where it stopped. An episode that terminated is worth nothing more; one
/// that was truncated, or that the rollout cut, goes on unseen with the value of its last observation.
///
/// Advantages are estimated once for a rollout. An update goes over the steps several times, and each time turns the
/// advantages into coefficients by ``coefficients(_:ratios:remaining:into:)``.
public protocol AdvantageEstimator: Estimator {
  /// Whether advantages are made with the trajectory's `logRatios`, and so have to be estimated anew after each pass.
  var needsRatios: Bool { get }

  /// Writes Â(t) and what V(o(t)) is fitted to.
  ///
  /// - Parameters:
  ///   - trajectory: with `values`, `finalValue` and, if ``needsRatios``, `logRatios`.
  ///   - advantages: as many numbers as the trajectory has rewards.
  ///   - targets: as many.
  func estimate(
    _ trajectory: Trajectory, advantages: inout MutableSpan<Double>, targets: inout MutableSpan<Double>)

  /// Writes the coefficients of some steps, given their advantages and how probable the current policy finds their actions.
  ///
  /// - Parameters:
  ///   - advantages: Â of each step, perhaps normalized.
  ///   - ratios: ρ of each step.
  ///   - remaining: the part of the run that is still to come, from 1 to 0, for schedules.
  ///   - c: the coefficients.
  /// - Returns: on how many steps a clip is active.
  func coefficients(
    _ advantages: Span<Double>, ratios: Span<Double>, remaining: Double, into c: inout MutableSpan<Double>
  ) -> Int

  /// Whether a clip may be active, so that the clipped part is worth reporting.
  var clips: Bool { get }
}

extension AdvantageEstimator {
  /// The step: each has its own future.
  public var unit: EstimatorUnit { .step }

  /// Writes Â(t), turned into coefficients at the beginning of a run.
  public func coefficients(of trajectory: Trajectory, into c: inout MutableSpan<Double>) {
    var advantages = Array(repeating: 0.0, count: c.count)
    var targets = advantages
    var first = advantages.mutableSpan
    var second = targets.mutableSpan
    estimate(trajectory, advantages: &first, targets: &second)
    var ratios = Array(repeating: 1.0, count: c.count)
    for t in trajectory.logRatios.indices { ratios[t] = exponential(trajectory.logRatios[t]) }
    _ = coefficients(advantages.span, ratios: ratios.span, remaining: 1, into: &c)
  }
}
