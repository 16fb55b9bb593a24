internal import AscentMathematics

/// An estimator with a critic: its coefficients are the advantages Â(i,t) or are computed from them.
///
/// A trajectory has the values V(o(t)) and the value of its final observation. That value is 0 if the episode
/// terminated. If it was truncated, or cut by the end of the rollout, it is V of the last observation.
///
/// Advantages are estimated once for a rollout. An update makes several passes over the steps and in each pass converts
/// the advantages to coefficients with ``coefficients(_:ratios:remaining:into:)``.
public protocol AdvantageEstimator: Estimator {
  /// True if advantages depend on the trajectory's `logRatios`, and so must be estimated anew before each pass.
  var needsRatios: Bool { get }

  /// Writes Â(t) and the target of V(o(t)).
  ///
  /// - Parameters:
  ///   - trajectory: with `values`, `finalValue` and, if ``needsRatios``, `logRatios`.
  ///   - advantages: one number for each reward of the trajectory.
  ///   - targets: one number for each reward of the trajectory.
  func estimate(
    _ trajectory: Trajectory, advantages: inout MutableSpan<Double>, targets: inout MutableSpan<Double>)

  /// Writes the coefficients of some steps, given their advantages and the ratios ρ of current to sampling policy.
  ///
  /// - Parameters:
  ///   - advantages: Â of each step, normalized or not.
  ///   - ratios: ρ of each step.
  ///   - remaining: the fraction of the run that remains, from 1 to 0, for schedules.
  ///   - c: the coefficients.
  /// - Returns: the number of steps on which a clip is active.
  func coefficients(
    _ advantages: Span<Double>, ratios: Span<Double>, remaining: Double, into c: inout MutableSpan<Double>
  ) -> Int

  /// True if the coefficients may be clipped, so that the fraction of clipped steps is reported.
  var clips: Bool { get }
}

extension AdvantageEstimator {
  /// Ends the program unless each advantage has a ratio and a coefficient.
  func requireEqual(_ advantages: Int, _ ratios: Int, _ c: Int) {
    Require.count(ratios, of: "ratios", is: advantages, "one for each advantage")
    Require.count(c, of: "coefficients", atLeast: advantages, "one for each advantage")
  }

  /// The step: each step has its own future rewards.
  public var unit: EstimatorUnit { .step }

  /// Writes the coefficients made from Â(t), with schedules at their initial values.
  public func coefficients(of trajectory: Trajectory, into c: inout MutableSpan<Double>) {
    trajectory.require(c.count, of: "coefficients")
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
