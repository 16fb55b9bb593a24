/// What is subtracted from every coefficient: c(i,t) − b w(i,t).
///
/// A baseline is a ratio of two sums over the trajectories,
///
///     b = Σᵢ numerator(i) / Σᵢ denominator(i),
///
/// kept in cells: one cell for all steps, one for each t, or one for each parameter. Since E[∇log π(τ)] = 0, a b that does not depend on
/// trajectory i leaves the expectation of that trajectory's term unchanged. A sum that contains i does depend on it: that is a bias of
/// O(1/N), which leaving trajectory i out of its own sums avoids.
public protocol Baseline: Sendable {
  /// Whether trajectory i is left out of the sums that make its own baseline.
  var leavesOneOut: Bool { get }

  /// What one cell belongs to.
  var cells: BaselineCells.Layout { get }

  /// The scores that the baseline looks at; nothing else is computed.
  var scores: BaselineScores { get }

  /// Adds one trajectory's part to the cells.
  func add(_ part: BaselinePart, to cells: inout BaselineCells)
}

/// The scores that a baseline looks at: products and norms of C = Σₜ c ∇log π and W = Σₜ w ∇log π, or of their parts.
public enum BaselineScores: Sendable {
  /// None.
  case none
  /// ⟨C, W⟩ and ‖W‖² of each trajectory: two backward passes more.
  case trajectories
  /// c w ‖∇log π‖² and w² ‖∇log π‖² of each step: a backward pass for every step.
  case steps
  /// C(k) W(k) and W(k)² of each trajectory, for every parameter k: four backward passes more.
  case parameters
}

/// What a baseline is told about one trajectory.
public struct BaselinePart: Sendable {
  /// The coefficients c(t).
  public var coefficients: [Double] = []
  /// The weights w(t): 1 on-policy.
  public var weights: [Double] = []
  /// What a coefficient belongs to.
  public var unit = EstimatorUnit.step
  /// Products and norms of the scores: one of each, one for each step, or one for each parameter, as ``Baseline/scores`` says.
  public var scoreProducts: [Double] = []
  /// The norms that belong to ``scoreProducts``.
  public var scoreNorms: [Double] = []

  /// Makes a part of some coefficients, with weights of 1 unless others are given.
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

/// The sums of a baseline, cell by cell.
public struct BaselineCells: Sendable, Equatable {
  /// What one cell belongs to.
  public enum Layout: Sendable {
    /// All steps: there is one cell.
    case all
    /// The steps at one time: cell t.
    case times
    /// One parameter. Steps share coefficients and parameters do not, so the estimate is 1/N Σᵢ (Cᵢ(k) − b(k) Wᵢ(k)).
    case parameters
  }

  /// Σ numerators.
  public var numerators: [Double] = []
  /// Σ denominators.
  public var denominators: [Double] = []

  /// Makes no cells.
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

  /// The quotient of a cell; 0 where nothing was added.
  func value(_ cell: Int) -> Double {
    denominators[cell] == 0 ? 0 : numerators[cell] / denominators[cell]
  }

  /// The quotient of a cell without one trajectory's part; 0 where nothing is left.
  func value(_ cell: Int, without own: BaselineCells) -> Double {
    let rest = denominators[cell] - own.denominators[cell]
    // What is left of equal numbers is rounding, not a sum.
    guard abs(rest) > 1e-12 * abs(denominators[cell]) else { return 0 }
    return (numerators[cell] - own.numerators[cell]) / rest
  }

  /// The quotient of a cell, without one trajectory's part if there is one.
  func value(_ cell: Int, without own: BaselineCells?) -> Double {
    guard let own else { return value(cell) }
    return value(cell, without: own)
  }

  /// Sums the leaves' cells along the ``LaneTree``.
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
