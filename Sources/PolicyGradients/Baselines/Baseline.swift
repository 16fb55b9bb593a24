/// A baseline b, which is subtracted from every coefficient: c(i,t) − b w(i,t).
///
/// A baseline is a ratio of two sums over the trajectories,
///
///     b = Σᵢ numerator(i) / Σᵢ denominator(i),
///
/// accumulated in cells: one cell for all steps, one for each t, or one for each parameter. Since E[∇log π(τ)] = 0, a b
/// that does not depend on trajectory i leaves the expectation of that trajectory's term unchanged. A sum that includes
/// trajectory i causes a bias of O(1/N); leaving the trajectory out of its own sums avoids it.
public protocol Baseline: Sendable {
  /// True if trajectory i is left out of the sums of its own baseline.
  var leavesOneOut: Bool { get }

  /// The assignment of steps or parameters to cells.
  var cells: BaselineCells.Layout { get }

  /// The scores that the baseline needs; only these are computed.
  var scores: BaselineScores { get }

  /// Adds one trajectory's part to the cells.
  func add(_ part: BaselinePart, to cells: inout BaselineCells)
}

/// The scores that a baseline needs: products and norms of C = Σₜ c ∇log π and W = Σₜ w ∇log π, or of their terms.
public enum BaselineScores: Sendable {
  /// No scores.
  case none
  /// ⟨C, W⟩ and ‖W‖² of each trajectory, at the cost of two more backward passes.
  case trajectories
  /// c w ‖∇log π‖² and w² ‖∇log π‖² of each step, at the cost of one backward pass for every step.
  case steps
  /// C(k) W(k) and W(k)² of each trajectory for every parameter k, at the cost of four more backward passes.
  case parameters
}

/// The numbers of one trajectory that a baseline is computed from.
public struct BaselinePart: Sendable {
  /// The coefficients c(t).
  public var coefficients: [Double] = []
  /// The weights w(t): 1 on-policy.
  public var weights: [Double] = []
  /// The unit that has one coefficient.
  public var unit = EstimatorUnit.step
  /// Products of the scores: one, one for each step, or one for each parameter, depending on ``Baseline/scores``.
  public var scoreProducts: [Double] = []
  /// The norms in the order of ``scoreProducts``.
  public var scoreNorms: [Double] = []

  /// Makes a part from coefficients, with weights of 1 by default.
  public init(coefficients: [Double] = [], weights: [Double]? = nil, unit: EstimatorUnit = .step) {
    self.coefficients = coefficients
    self.weights = weights ?? Array(repeating: 1, count: coefficients.count)
    self.unit = unit
  }

  mutating func resize(_ count: Int) {
    coefficients.removeAll(keepingCapacity: true)
    coefficients.append(contentsOf: repeatElement(0, count: count))
    weights.removeAll(keepingCapacity: true)
    weights.append(contentsOf: repeatElement(0, count: count))
  }
}

/// The sums of a baseline in each cell.
public struct BaselineCells: Sendable, Equatable {
  /// The unit that has one cell.
  public enum Layout: Sendable {
    /// All steps share one cell.
    case all
    /// The steps at one time t share cell t.
    case times
    /// Each parameter k has a cell; the estimate is 1/N Σᵢ (Cᵢ(k) − b(k) Wᵢ(k)), since steps share parameters.
    case parameters
  }

  /// Σ numerators of each cell.
  public var numerators: [Double] = []
  /// Σ denominators of each cell.
  public var denominators: [Double] = []

  /// Makes an empty collection.
  public init() {}

  /// Adds to one cell.
  public mutating func add(_ numerator: Double, _ denominator: Double, at cell: Int) {
    reserve(cell + 1)
    numerators[cell] += numerator
    denominators[cell] += denominator
  }

  mutating func removeAll() {
    numerators.removeAll(keepingCapacity: true)
    denominators.removeAll(keepingCapacity: true)
  }

  mutating func reserve(_ count: Int) {
    while numerators.count < count {
      numerators.append(0)
      denominators.append(0)
    }
  }

  /// The ratio of a cell; 0 if its denominator is 0.
  func value(_ cell: Int) -> Double {
    denominators[cell] == 0 ? 0 : numerators[cell] / denominators[cell]
  }

  /// The ratio of a cell without one trajectory's part; 0 if no other trajectory contributed.
  func value(_ cell: Int, without own: BaselineCells) -> Double {
    let rest = denominators[cell] - own.denominators[cell]
    // A difference this small is the rounding error of equal numbers.
    guard abs(rest) > 1e-12 * abs(denominators[cell]) else { return 0 }
    return (numerators[cell] - own.numerators[cell]) / rest
  }

  /// The ratio of a cell, without one trajectory's part unless that is nil.
  func value(_ cell: Int, without own: BaselineCells?) -> Double {
    guard let own else { return value(cell) }
    return value(cell, without: own)
  }

  /// Adds the leaves' cells in the order of the ``LaneTree``.
  static func sum(_ leaves: [BaselineCells]) -> BaselineCells {
    var total = BaselineCells()
    let count = leaves.map(\.numerators.count).max() ?? 0
    for cell in 0..<count {
      total.numerators.append(
        LaneTree.sum(leaves.map { cell < $0.numerators.count ? $0.numerators[cell] : 0 }))
      total.denominators.append(
        LaneTree.sum(leaves.map { cell < $0.denominators.count ? $0.denominators[cell] : 0 }))
    }
    return total
  }
}
