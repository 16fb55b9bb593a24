/// What is subtracted from every coefficient: c(i,t) − b(i,t) w(i,t).
///
/// A baseline is a ratio of two sums over the trajectories, kept in cells: one cell for all steps, or one for
/// each t,
///
///     b = Σᵢ numerator(i) / Σᵢ denominator(i).
///
/// Since E[∇log π(τ)] = 0, a b that does not depend on trajectory i leaves the expectation of its term alone.
/// A sum that contains i does depend on it: that is a bias of O(1/N), which leaving one out avoids.
public protocol Baseline: Sendable {
  /// Whether trajectory i is left out of the sums that make its own baseline.
  var leavesOneOut: Bool { get }

  /// Whether it looks at scores: ⟨Σ c ∇log π, Σ w ∇log π⟩ and ‖Σ w ∇log π‖² of each trajectory.
  var needsScores: Bool { get }

  /// The cell that step t reads.
  func cell(of t: Int) -> Int

  /// Adds one trajectory's part to the cells; they are as many as its steps ask for.
  func add(_ part: BaselinePart, to cells: inout BaselineCells)
}

extension Baseline {
  /// False.
  public var needsScores: Bool { false }

  /// 0: one cell for all.
  public func cell(of t: Int) -> Int { 0 }
}

/// What a baseline is told about one trajectory.
public struct BaselinePart: Sendable {
  /// The coefficients c(t).
  public var coefficients: [Double] = []
  /// The weights w(t): 1 on-policy.
  public var weights: [Double] = []
  /// What a coefficient belongs to.
  public var unit = EstimatorUnit.step
  /// ⟨Σₜ c ∇log π, Σₜ w ∇log π⟩, where scores are needed.
  public var scoreProduct = 0.0
  /// ‖Σₜ w ∇log π‖², where scores are needed.
  public var scoreNorm = 0.0

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

/// Sums of a baseline, cell by cell.
public struct BaselineCells: Sendable, Equatable {
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
