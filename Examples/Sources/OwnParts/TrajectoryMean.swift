import Ascent

/// The mean over trajectories of each one's mean coefficient: a long episode counts no more than a short one.
///
/// Trajectory i is left out of its own mean, so the baseline adds no bias.
struct TrajectoryMean: Baseline {
  var leavesOneOut: Bool { true }
  var layout: BaselineCells.Layout { .all }
  var scores: BaselineScores { .none }

  func add(_ part: BaselinePart, to cells: inout BaselineCells) {
    let (c, w) = (part.coefficients.reduce(0, +), part.weights.reduce(0, +))
    if w > 0 { cells.add(c / w, 1, at: 0) }
  }
}

extension BaselineEntry {
  static let trajectoryMean = BaselineEntry(
    "trajectory-mean", help: "the mean of the other trajectories' mean coefficients", bias: .none,
    isConstant: false, rule: .trajectories { TrajectoryMean() })
}
