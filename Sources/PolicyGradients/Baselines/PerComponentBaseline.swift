/// The optimal constant of each parameter by itself: b*(k) = E[C(k) W(k)] / E[W(k)²], leaving one out.
///
/// Peters and Schaal 2008. It is no coefficient, since steps share coefficients and parameters do not: the
/// estimate is 1/N Σᵢ (Cᵢ(k) − b(k) Wᵢ(k)).
public struct PerComponentBaseline: Baseline {
  /// Makes the baseline.
  public init() {}

  /// True.
  public var leavesOneOut: Bool { true }

  /// True: it costs two more backward passes over the rollout.
  public var needsScores: Bool { true }

  /// Nothing: its cells are the parameters, filled where the scores are known.
  public func add(_ part: BaselinePart, to cells: inout BaselineCells) {}
}
