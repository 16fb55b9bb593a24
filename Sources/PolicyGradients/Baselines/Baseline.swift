internal import AscentMathematics

/// A baseline b, which is subtracted from every coefficient: c(i,t) − b w(i,t).
///
/// A baseline is a ratio of two sums over the trajectories,
///
///     b = Σᵢ numerator(i) / Σᵢ denominator(i),
///
/// accumulated in cells: one cell for all steps, one for each t, or one for each parameter. The weights w are those of the
/// estimator, for which E[w(t) ∇log π(t)] = 0 at every t; on-policy they are 1. Hence subtracting b does not change the expectation of
/// trajectory i's term if b does not depend on that trajectory. If the sums include trajectory i, b depends on it, which
/// causes a bias of O(1/N) with N trajectories; leaving trajectory i out of its own sums avoids the bias.
public protocol Baseline: Sendable {
  /// True if trajectory i is left out of the sums of its own baseline.
  var leavesOneOut: Bool { get }

  /// The meaning of a cell's index.
  var layout: BaselineCells.Layout { get }

  /// The products of scores that the baseline needs; no others are computed.
  var scores: BaselineScores { get }

  /// Adds one trajectory's part of the numerators and denominators. A cell to which nothing is added has the baseline 0.
  func add(_ part: BaselinePart, to cells: inout BaselineCells)
}

/// The products of scores that a baseline needs.
///
/// The weighted scores of a trajectory are C = Σₜ c(t) ∇log π(t) and W = Σₜ w(t) ∇log π(t).
///
/// Each product comes with a squared norm, in ``BaselinePart/scoreProducts`` and ``BaselinePart/scoreNorms``.
public enum BaselineScores: Sendable {
  /// No products.
  case none
  /// ⟨C, W⟩ and ‖W‖² of each trajectory: two more backward passes over the rollout.
  case trajectories
  /// c w ‖∇log π‖² and w² ‖∇log π‖² of each step: one backward pass for every step.
  case steps
  /// C(k) W(k) and W(k)² of each trajectory, for every parameter k: four more backward passes over the rollout, two for
  /// C and W in the sums and two in the subtraction.
  case parameters
}

/// The numbers of one trajectory that a baseline is computed from.
public struct BaselinePart: Sendable {
  /// The coefficients c(t).
  public var coefficients: [Double] = []
  /// The estimator's weights w(t): 1 on-policy.
  public var weights: [Double] = []
  /// Says whether every step has its own coefficient, or all steps of the trajectory share one.
  public var unit = EstimatorUnit.step
  /// The products that ``Baseline/scores`` asks for: one, one for each step, or one for each parameter.
  public var scoreProducts: [Double] = []
  /// The squared norms that belong to ``scoreProducts``.
  public var scoreNorms: [Double] = []

  /// Makes a part from coefficients, with weights of 1 by default.
  public init(coefficients: [Double] = [], weights: [Double]? = nil, unit: EstimatorUnit = .step) {
    if let weights {
      Require.count(weights.count, of: "weights", is: coefficients.count, "one for each coefficient")
    }
    self.coefficients = coefficients
    self.weights = weights ?? Array(repeating: 1, count: coefficients.count)
    self.unit = unit
  }

  /// Ends the program unless each coefficient has a weight.
  func require() {
    Require.count(weights.count, of: "weights", is: coefficients.count, "one for each coefficient")
  }

  mutating func resize(_ count: Int) {
    coefficients.removeAll(keepingCapacity: true)
    coefficients.append(contentsOf: repeatElement(0, count: count))
    weights.removeAll(keepingCapacity: true)
    weights.append(contentsOf: repeatElement(0, count: count))
  }
}

/// The sums of a baseline: a numerator and a denominator for each cell.
public struct BaselineCells: Sendable, Equatable {
  /// The meaning of a cell's index.
  public enum Layout: Sendable {
    /// All steps share cell 0.
    case all
    /// Cell t belongs to the steps at time t.
    case times
    /// Cell k belongs to parameter k. Such a baseline is subtracted from the gradient instead of from the coefficients:
    /// component k of the estimate is 1/N Σᵢ (Cᵢ(k) − b(k) Wᵢ(k)).
    case parameters
  }

  /// Σ numerators of each cell.
  public private(set) var numerators: [Double] = []
  /// Σ denominators of each cell; as many as there are numerators.
  public private(set) var denominators: [Double] = []

  /// Makes an empty collection.
  public init() {}

  /// Adds to the cell of an index, which is not negative.
  public mutating func add(_ numerator: Double, _ denominator: Double, at cell: Int) {
    Require.number(cell, of: "cell", from: 0)
    reserve(cell + 1)
    numerators[cell] += numerator
    denominators[cell] += denominator
  }

  /// Adds each product of scores and its squared norm to the cell of its index.
  public mutating func addScores(of part: BaselinePart) {
    Require.count(
      part.scoreNorms.count, of: "scoreNorms", is: part.scoreProducts.count, "one for each product")
    for k in part.scoreProducts.indices { add(part.scoreProducts[k], part.scoreNorms[k], at: k) }
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

  /// The sums of a cell; 0 and 0 if nothing was added.
  private func sums(_ cell: Int) -> (numerator: Double, denominator: Double) {
    cell < numerators.count ? (numerators[cell], denominators[cell]) : (0, 0)
  }

  /// The baseline of a cell: numerator / denominator, or 0 if the denominator is 0.
  func value(_ cell: Int) -> Double {
    let (numerator, denominator) = sums(cell)
    return denominator == 0 ? 0 : numerator / denominator
  }

  /// The baseline of a cell without one trajectory's part; 0, hence no baseline, if no other trajectory added to the cell.
  func value(_ cell: Int, without own: BaselineCells) -> Double {
    let (total, part) = (sums(cell), own.sums(cell))
    let rest = total.denominator - part.denominator
    // The sums have a relative rounding error of about 1e-16 for each term: a smaller difference than this is 0.
    guard !(abs(rest) <= 1e-12 * abs(total.denominator)) else { return 0 }
    return (total.numerator - part.numerator) / rest
  }

  /// The baseline of a cell, without one trajectory's part unless that is nil.
  func value(_ cell: Int, without own: BaselineCells?) -> Double {
    guard let own else { return value(cell) }
    return value(cell, without: own)
  }

  /// Adds the cells of all lanes in the order of ``LaneTree``, which does not depend on the number of processes.
  static func sum(_ lanes: [BaselineCells]) -> BaselineCells {
    var total = BaselineCells()
    let count = lanes.map(\.numerators.count).max() ?? 0
    for cell in 0..<count {
      total.numerators.append(LaneTree.sum(lanes.map { $0.sums(cell).numerator }))
      total.denominators.append(LaneTree.sum(lanes.map { $0.sums(cell).denominator }))
    }
    return total
  }
}
