public import AscentMathematics
public import AscentRandomness

/// A family of distributions for one factor of an action, evaluated for many rows at once.
///
/// An action is a product of independent factors, one for each leaf of the action space or for each number of it. In
/// one row, the numbers of ``headLayout``, computed from the policy's network, describe a factor's distribution, and a
/// draw consists of ``valueCount`` values. The numbers of all factors are stored side by side in a row of the ``Head``,
/// their values side by side in a row of the actions; ``FactorRows`` gives the indices. Methods named `add…` add to
/// `sums`, so that log-densities, entropies and divergences accumulate over the factors.
public protocol ActionFamily: Sendable {
  /// The number of values of one action.
  var valueCount: Int { get }

  /// The sources of the numbers that describe the distribution of one row.
  var headLayout: HeadLayout { get }

  /// Draws the values of each row from its distribution and writes them.
  func sample(
    _ rows: FactorRows, _ head: borrowing Head, drawing draws: ActionDraws,
    into actions: inout MutableSpan<Float>)

  /// Writes the most probable values of each row.
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

  /// Writes w F t: the factor w times the product of the head's Fisher matrix F with a tangent t of the head.
  func writeFisherProducts(
    _ tangents: Span<Float>, times w: Float, _ rows: FactorRows, _ head: borrowing Head,
    into products: inout MutableSpan<Float>)

  /// True if ``apply(_:at:into:)`` changes the drawn action before the environment receives it.
  var altersActions: Bool { get }

  /// Writes the values that the environment receives for the drawn values that begin at `first`.
  func apply(_ drawn: Span<Float>, at first: Int, into applied: inout MutableSpan<Float>)

  /// The map of each value to the environment's number; nil if actions of other families cannot be evaluated.
  var coordinates: [ActionCoordinate]? { get }
}

extension ActionFamily {
  /// False.
  public var altersActions: Bool { false }

  /// The environment's own numbers; nil if the family alters them.
  public var coordinates: [ActionCoordinate]? {
    altersActions ? nil : Array(repeating: .environment, count: valueCount)
  }

  /// Ends the program unless both arrays have the family's values from index `first` on.
  func requireApplied(_ first: Int, _ drawn: Int, _ applied: Int) {
    Require.number(first, of: "index of the first value", from: 0)
    Require.count(
      drawn, of: "drawn values", atLeast: first + valueCount, "the family's valueCount from the first on")
    Require.count(
      applied, of: "applied values", atLeast: first + valueCount, "the family's valueCount from the first on")
  }

  /// Copies the drawn values unchanged.
  public func apply(_ drawn: Span<Float>, at first: Int, into applied: inout MutableSpan<Float>) {
    requireApplied(first, drawn.count, applied.count)
    for k in first..<first + valueCount { applied[k] = drawn[k] }
  }
}

/// The sources of the numbers that describe a factor's distribution in one row.
public enum HeadLayout: Sendable, Equatable {
  /// log π of n choices: the log-softmax of n network outputs over the choices that the mask allows.
  case choices(Int)
  /// n network outputs.
  case outputs(Int)
  /// Network outputs, and after them parameters that are the same for every observation.
  ///
  /// The associated values are the two counts. The parameters are initialized to ``Architecture/logDeviation``.
  case outputsAndParameters(Int, Int)
  /// n means, which are network outputs, and after them n log deviations, which are computed from the last hidden layer
  /// and a matrix of noise parameters (``Exploration``).
  case exploring(Int)

  /// The number of numbers that describe the distribution in one row.
  public var count: Int {
    switch self {
    case .choices(let n), .outputs(let n): n
    case .outputsAndParameters(let outputs, let parameters): outputs + parameters
    case .exploring(let n): 2 * n
    }
  }

  /// The number of network outputs among them.
  public var outputCount: Int {
    switch self {
    case .choices(let n), .outputs(let n), .outputsAndParameters(let n, _), .exploring(let n): n
    }
  }

  /// The number of the factor's own parameters, given the width of the network's last hidden layer.
  func parameterCount(_ latentSize: Int) -> Int {
    switch self {
    case .choices, .outputs: 0
    case .outputsAndParameters(_, let parameters): parameters
    case .exploring(let n): latentSize * n
    }
  }

  /// The number of choices that a mask can forbid.
  var choiceCount: Int {
    if case .choices(let n) = self { n } else { 0 }
  }

  /// True if the factor explores with a matrix of noise.
  var isExploring: Bool {
    if case .exploring = self { true } else { false }
  }
}

/// The rows of a call, restricted to one factor of the actions.
public struct FactorRows: Sendable {
  /// The number of rows.
  public let count: Int
  /// The factor's columns in the rows of the ``Head``.
  public let head: Rows
  /// The factor's columns in the rows of the actions.
  public let values: Rows

  /// Ends the program unless actions have `n` values for each row.
  func requireActions(_ count: Int, _ n: Int) {
    Require.count(count, of: "actions", atLeast: extent(values, n), "the family's valueCount for each row")
  }

  /// Ends the program unless there is a sum for each row.
  func requireSums(_ count: Int) { Require.count(count, of: "sums", atLeast: self.count, "one for each row") }

  /// Ends the program unless numbers beside those of the head have `n` for each row.
  func requireHead(_ count: Int, _ n: Int) {
    Require.count(
      count, of: "adjoints, tangents or products of the head", atLeast: extent(head, n),
      "the count of the family's headLayout for each row")
  }

  private func extent(_ columns: Rows, _ n: Int) -> Int { count == 0 ? 0 : columns[count - 1] + n }

  /// The indices of the row's kth number in the head and of its kth value in the actions.
  public func indices(_ row: Int, _ k: Int) -> (head: Int, value: Int) { (head[row] + k, values[row] + k) }
}

/// The numbers that describe the distributions of many rows, [row × number].
public struct Head: Sendable {
  /// The numbers: log π of choices, logits, means, log deviations.
  public internal(set) var values: [Float] = []
  /// exp of each number.
  public internal(set) var exponentials: [Float] = []

  /// Allocates memory for at least `count` numbers.
  mutating func reserve(_ count: Int) {
    guard values.count < count else { return }
    values = Array(repeating: 0, count: count)
    exponentials = values
  }
}

/// The random streams and the noise that actions are drawn with.
public struct ActionDraws {
  /// The lane of each row.
  public let lanes: [Int]
  /// The stream of each lane.
  public let streams: [RandomStream]
  /// The noise of exploring factors, [row × value].
  public let noise: [Float]

  /// The stream that the row's action is drawn from.
  public func stream(ofRow row: Int) -> RandomStream {
    let lane = lanes[row]
    Require.index(lane, of: "lane", in: streams.indices)
    return streams[lane]
  }
}

/// The weights of a gradient's terms for each row: Σ score ∇log π(a∣o) + entropy ∇H(π(·∣o)) + value ∇V(o).
public struct GradientWeights: Sendable {
  /// The coefficients c of the scores ∇log π.
  public var scores: [Double]
  /// The weights of the entropies' gradients.
  public var entropies: [Double]
  /// The weights of the values' gradients.
  public var values: [Double]

  /// Makes weights of 0.
  public init(rows: Int = 0) {
    Require.number(rows, of: "number of rows", from: 0)
    scores = Array(repeating: 0, count: rows)
    (entropies, values) = (scores, scores)
  }

  /// Allocates memory for at least `rows` rows; growing sets all weights to 0.
  mutating func reserve(_ rows: Int) {
    if rows > scores.count { self = GradientWeights(rows: rows) }
  }
}
