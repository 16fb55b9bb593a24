internal import Randomness

/// A family of distributions for one factor of an action, over many rows at once.
///
/// Its numbers lie side by side in the rows of the head, and its values in the rows of the actions, where
/// ``place`` says. What is added up over the factors is added to.
protocol ActionFamily: Sendable {
  /// Where its numbers and values lie.
  var place: FactorPlace { get }
  /// How many numbers describe it in one row.
  var headCount: Int { get }
  /// How many values are drawn for one row.
  var valueCount: Int { get }

  /// Draws for each row on its lane's stream; `noise`, [row × value], is what exploration adds.
  func sample(
    rows: Int, _ head: borrowing Head, noise: Span<Float>, lanes: [Int], drawing streams: [RandomStream],
    into actions: inout MutableSpan<Float>)

  /// The most probable values.
  func mode(rows: Int, _ head: borrowing Head, into actions: inout MutableSpan<Float>)

  /// += log p(a).
  func addLogDensities(
    of actions: Span<Float>, rows: Int, _ head: borrowing Head, into sums: inout MutableSpan<Double>)

  /// += the entropy.
  func addEntropies(rows: Int, _ head: borrowing Head, into sums: inout MutableSpan<Double>)

  /// = c ∂ log p(a)/∂ head + e ∂ entropy/∂ head.
  func writeAdjoints(
    of actions: Span<Float>, scores c: Span<Double>, entropies e: Span<Double>, rows: Int,
    _ head: borrowing Head, into adjoints: inout MutableSpan<Float>)

  /// += KL(before ‖ now).
  func addDivergences(
    from before: borrowing Head, rows: Int, _ head: borrowing Head, into sums: inout MutableSpan<Double>)

  /// = w M t: the Fisher matrix of the head's numbers, times their tangents and a factor.
  func writeFisherProducts(
    _ tangents: Span<Float>, times w: Float, rows: Int, _ head: borrowing Head,
    into products: inout MutableSpan<Float>)

  /// Whether the environment receives something else than what was drawn.
  var alters: Bool { get }

  /// What it receives.
  func apply(_ drawn: Span<Float>, into applied: inout MutableSpan<Float>)
}

extension ActionFamily {
  /// Nothing is altered.
  var alters: Bool { false }

  /// The values as they are.
  func apply(_ drawn: Span<Float>, into applied: inout MutableSpan<Float>) {
    for k in place.value..<place.value + valueCount { applied[k] = drawn[k] }
  }
}

/// Where one factor lies in the rows, and what it takes there.
///
/// What the factor could say, too, is repeated: a factor may have arrays, and is not looked at for each batch of rows.
struct FactorPlace: Sendable, Equatable {
  /// Its first number in a row of the head, and the length of a row.
  var head, headSize: Int
  /// Its first value in a row of the actions, and the length of a row.
  var value, actionSize: Int
  /// How many values it has.
  var valueCount = 0
  /// Its first output of the network, and how many it takes.
  var output = 0
  var outputCount = 0
  /// The first of its parameters beside the network's.
  var free = 0
  /// Where the deviation comes from, of Gaussian factors.
  var deviation: ActionFactor.Deviation?
  /// How many choices it has, if it is categorical, and where those that are allowed are marked in a row of observations.
  var choices = 0
  var mask = 0
}

/// The numbers that describe the distributions of many rows, [row × number].
struct Head {
  /// log π of choices, logits of bits, μ and log σ of Gaussians, what lies behind the shapes of betas.
  var values: [Float] = []
  /// e to the power of the values.
  var exponentials: [Float] = []

  /// Makes room for so many numbers.
  mutating func reserve(_ count: Int) {
    guard values.count < count else { return }
    values = Array(repeating: 0, count: count)
    exponentials = values
  }
}
