/// The constant that minimizes the variance of each parameter's component separately, leaving one trajectory out.
///
///     b*(k) = E[C(k) W(k)] / E[W(k)²]
///
/// See Peters and Schaal 2008.
public struct PerComponentBaseline: Baseline {
  /// Makes the baseline.
  public init() {}

  /// True.
  public var leavesOneOut: Bool { true }

  /// One cell for each parameter.
  public var layout: BaselineCells.Layout { .parameters }

  /// Products and squares of each parameter.
  public var scores: BaselineScores { .parameters }

  /// Adds C(k) W(k) and W(k)².
  public func add(_ part: BaselinePart, to cells: inout BaselineCells) {
    cells.addScores(of: part)
  }
}

extension BaselineEntry {
  /// ``PerComponentBaseline``.
  public static let optimalPerComponent = BaselineEntry(
    "optimal-per-component", help: "for each parameter separately, the constant with the least variance",
    bias: .none,
    isConstant: false, rule: .trajectories { PerComponentBaseline() })
}
