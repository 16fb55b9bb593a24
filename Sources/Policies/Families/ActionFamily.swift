public import Mathematics
public import Randomness

/// One factor of an action's distribution: a family of distributions, over many rows at once.
///
/// An action is a product of independent factors, one for each leaf of the action space or for each number of it. In one row a
/// factor is described by the numbers of its ``headLayout``, which come from the policy's network, and it draws ``valueCount``
/// values. All factors' numbers lie side by side in a row of the ``Head``, all their values side by side in a row of the actions;
/// ``FactorRows`` says where. What is added up over the factors (log-densities, entropies, divergences) is added to.
public protocol ActionFamily: Sendable {
  /// How many values one action has.
  var valueCount: Int { get }

  /// Where the numbers come from that describe the distribution of one row.
  var headLayout: HeadLayout { get }

  /// Draws a value for each row and writes it.
  func sample(
    _ rows: FactorRows, _ head: borrowing Head, drawing draws: ActionDraws,
    into actions: inout MutableSpan<Float>)

  /// Writes the most probable value of each row.
  func mode(_ rows: FactorRows, _ head: borrowing Head, into actions: inout MutableSpan<Float>)

  /// Adds log p(a) of each row.
  func addLogDensities(
    of actions: Span<Float>, _ rows: FactorRows, _ head: borrowing Head, into sums: inout MutableSpan<Double>)

  /// Adds the entropy H of each row.
  func addEntropies(_ rows: FactorRows, _ head: borrowing Head, into sums: inout MutableSpan<Double>)

  /// Writes c ∂ log p(a)/∂ head + e ∂ H/∂ head, with c and e of each row.
  func writeAdjoints(
    of actions: Span<Float>, weights: borrowing GradientWeights, _ rows: FactorRows, _ head: borrowing Head,
    into adjoints: inout MutableSpan<Float>)

  /// Adds KL(before ‖ now) of each row.
  func addDivergences(
    from before: borrowing Head, _ rows: FactorRows, _ head: borrowing Head,
    into sums: inout MutableSpan<Double>)

  /// Writes w F t: a factor times the product of the head's Fisher matrix with a tangent t of the head.
  func writeFisherProducts(
    _ tangents: Span<Float>, times w: Float, _ rows: FactorRows, _ head: borrowing Head,
    into products: inout MutableSpan<Float>)

  /// Whether the environment receives another action than the one that was drawn: ``apply(_:at:into:)`` changes it.
  var altersActions: Bool { get }

  /// Writes what the environment receives for the drawn values that begin at `first`.
  func apply(_ drawn: Span<Float>, at first: Int, into applied: inout MutableSpan<Float>)
}

extension ActionFamily {
  /// False.
  public var altersActions: Bool { false }

  /// Writes the values as they were drawn.
  public func apply(_ drawn: Span<Float>, at first: Int, into applied: inout MutableSpan<Float>) {
    for k in first..<first + valueCount { applied[k] = drawn[k] }
  }
}

/// Where the numbers come from that describe a factor's distribution in one row.
public enum HeadLayout: Sendable, Equatable {
  /// log π of so many choices: the log-softmax of as many outputs of the network, without the choices that a mask forbids.
  case choices(Int)
  /// So many outputs of the network.
  case outputs(Int)
  /// So many outputs of the network, and behind them so many parameters that are the same for every observation.
  ///
  /// The parameters begin with ``Architecture/logDeviation``.
  case outputsAndParameters(Int, Int)
  /// So many means, which the network gives, and behind them the logarithms of as many deviations, which a matrix of noise over
  /// the last hidden layer gives (``Exploration``).
  case exploring(Int)

  /// How many numbers describe the distribution in one row.
  public var count: Int {
    switch self {
    case .choices(let n), .outputs(let n): n
    case .outputsAndParameters(let outputs, let parameters): outputs + parameters
    case .exploring(let n): 2 * n
    }
  }

  /// How many of them are outputs of the network.
  public var outputCount: Int {
    switch self {
    case .choices(let n), .outputs(let n), .outputsAndParameters(let n, _), .exploring(let n): n
    }
  }

  /// How many parameters the factor has beside those of the network, whose last hidden layer is so wide.
  func parameterCount(_ latentSize: Int) -> Int {
    switch self {
    case .choices, .outputs: 0
    case .outputsAndParameters(_, let parameters): parameters
    case .exploring(let n): latentSize * n
    }
  }

  /// How many choices a mask may forbid.
  var choiceCount: Int {
    if case .choices(let n) = self { n } else { 0 }
  }

  /// Whether a matrix of noise explores.
  var isExploring: Bool {
    if case .exploring = self { true } else { false }
  }
}

/// The rows of a call, as one factor of the actions sees them.
public struct FactorRows: Sendable {
  /// How many rows there are.
  public let count: Int
  /// Where the factor's numbers begin in each row of the ``Head``.
  public let head: Rows
  /// Where its values begin in each row of the actions.
  public let values: Rows

  /// The indices of the row's kth number in the head and of its kth value in the actions.
  public func indices(_ row: Int, _ k: Int) -> (head: Int, value: Int) { (head[row] + k, values[row] + k) }
}

/// The numbers that describe the distributions of many rows, [row × number].
public struct Head: Sendable {
  /// The numbers: log π of choices, logits, means, log deviations.
  public internal(set) var values: [Float] = []
  /// e to the power of each.
  public internal(set) var exponentials: [Float] = []

  /// Makes room for so many numbers.
  mutating func reserve(_ count: Int) {
    guard values.count < count else { return }
    values = Array(repeating: 0, count: count)
    exponentials = values
  }
}

/// What actions are drawn with.
public struct ActionDraws {
  /// The lane of each row.
  public let lanes: [Int]
  /// The stream of each lane.
  public let streams: [RandomStream]
  /// The noise of exploring factors, [row × value].
  public let noise: [Float]

  /// The stream that a row is drawn from.
  public func stream(ofRow row: Int) -> RandomStream { streams[lanes[row]] }
}

/// The weights of a gradient's terms, one of each for every row: Σ score ∇log π(a∣o) + entropy ∇H(π(·∣o)) + value ∇V(o).
public struct GradientWeights: Sendable {
  /// The coefficients c of the scores ∇log π.
  public var scores: [Double]
  /// The weights of the entropies' gradients.
  public var entropies: [Double]
  /// The weights of the values' gradients.
  public var values: [Double]

  /// Weights of 0 for so many rows.
  public init(rows: Int = 0) {
    scores = Array(repeating: 0, count: rows)
    (entropies, values) = (scores, scores)
  }

  /// Makes room for so many rows.
  mutating func reserve(_ rows: Int) {
    if rows > scores.count { self = GradientWeights(rows: rows) }
  }
}
