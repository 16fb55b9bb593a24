/// The mean of the coefficients; for the total return, b = 1/N Σᵢ r(τᵢ).
///
/// For an estimator with one coefficient per step, b is the mean over all steps. The mean includes the trajectory that
/// it is subtracted from: E[b ∇log π(τᵢ)] = 1/N E[r(τᵢ) ∇log π(τᵢ)], so the estimate's expectation is (N − 1)/N ∇J.
/// Leaving trajectory i out, bᵢ = 1/(N − 1) Σ_{j≠i} r(τⱼ), removes the bias. Both estimates have the same direction,
/// since (N − 1)(r(τᵢ) − bᵢ) = N (r(τᵢ) − b).
public struct AverageBaseline: Baseline {
  /// True if trajectory i is left out of the mean that is subtracted from it.
  public var leavesOneOut: Bool

  /// Makes the baseline.
  public init(leavesOneOut: Bool = false) { self.leavesOneOut = leavesOneOut }

  /// One cell for all steps.
  public var layout: BaselineCells.Layout { .all }

  /// No scores.
  public var scores: BaselineScores { .none }

  /// Adds the sums of the coefficients and of the weights; a coefficient that a whole trajectory shares counts once.
  public func add(_ part: BaselinePart, to cells: inout BaselineCells) {
    part.require()
    guard !part.coefficients.isEmpty else { return }
    switch part.unit {
    case .trajectory: cells.add(part.coefficients[0], part.weights[0], at: 0)
    case .step:
      var (sum, count) = (0.0, 0.0)
      for t in part.coefficients.indices {
        sum += part.coefficients[t]
        count += part.weights[t]
      }
      cells.add(sum, count, at: 0)
    }
  }
}

extension BaselineEntry {
  /// ``AverageBaseline``.
  public static let average = BaselineEntry(
    "average", help: "the mean of all coefficients", bias: .ownShare, isConstant: true,
    rule: .trajectories { AverageBaseline() })

  /// ``AverageBaseline`` that leaves each trajectory out of its own mean.
  public static let leaveOneOut = BaselineEntry(
    "leave-one-out", help: "the mean of the other trajectories' coefficients", bias: .none, isConstant: false,
    rule: .trajectories { AverageBaseline(leavesOneOut: true) })
}
