import AscentMathematics

/// A test that may be looked at after each number: whether numbers are symmetric about a center.
///
/// It bets on the sign of each number x with what was seen before, and knows the size |x| before it bets: under the
/// hypothesis that x − c is symmetric about 0, the sign is + or − with probability ½, whatever the sizes are. The wealth
///
///     E(n) = Σ_k w_k Π_{i≤n} (1 + tanh(θ_k |x_i − c| / s_i) sign(x_i − c)),   s_i² = mean_{j≤i} (x_j − c)²
///
/// is a nonnegative martingale that begins at 1, so the probability that it ever reaches 1/α is at most α (Ville, 1939;
/// Ramdas, Grünwald, Vovk and Shafer, *Game-Theoretic Statistics and Safe Anytime-Valid Inference*, 2023). The bet is the one
/// that is best if the numbers are Gaussian with mean c + θ s, for which the log odds of the sign are 2 θ |x − c| / s; the
/// mixture is over θ = ±¼, ±½, ±1, ±2, ±4 with equal weights.
///
/// The one assumption is the symmetry. It holds exactly for the differences of two sides that are exchangeable in each pair,
/// such as a setting and itself, with any distribution; and for Gaussian differences with any mean.
public struct SymmetricBetting: Sendable {
  /// The center.
  public let center: Double
  private var squares = 0.0
  private var count = 0
  private var wealths: [Double]
  /// The largest wealth so far.
  public private(set) var highest = 1.0

  private static let strengths = [0.25, 0.5, 1, 2, 4].flatMap { [$0, -$0] }

  /// Makes a test of a center.
  public init(center: Double = 0) {
    self.center = center
    wealths = Array(repeating: 1, count: Self.strengths.count)
  }

  /// The wealth: 1 before the first number, large if the numbers speak against the center.
  public var wealth: Double { wealths.reduce(0, +) / Double(wealths.count) }

  /// Bets on a number.
  ///
  /// - Parameter x: a finite number.
  public mutating func add(_ x: Double) {
    let distance = x - center
    count += 1
    squares += distance * distance
    // A number that is the center has no sign, so nothing is won or lost.
    guard distance != 0, squares > 0 else { return }
    let size = abs(distance) / (squares / Double(count)).squareRoot()
    for (k, strength) in Self.strengths.enumerated() {
      wealths[k] *= 1 + Self.tanh(strength * size) * (distance > 0 ? 1 : -1)
    }
    highest = max(highest, wealth)
  }

  private static func tanh(_ x: Double) -> Double {
    // Beyond this it is 1 in double precision.
    guard abs(x) < 20 else { return x > 0 ? 1 : -1 }
    let e = exponential(2 * x)
    return (e - 1) / (e + 1)
  }
}

/// The centers that ``SymmetricBetting`` has not yet refuted: an interval that contains the true center at all times at once
/// with the stated probability.
public struct ConfidenceSequence: Sendable {
  /// The probability with which the interval contains the center at all times.
  public let level: Double
  private var values: [Double] = []
  private var zero = SymmetricBetting()

  /// Makes a sequence without numbers.
  ///
  /// - Parameter level: between 0 and 1.
  public init(level: Double = 0.95) { self.level = level }

  /// Adds a number.
  public mutating func add(_ x: Double) {
    values.append(x)
    zero.add(x)
  }

  /// True once 0 is refuted as the center; it stays true.
  public var excludesZero: Bool { zero.highest >= 1 / (1 - level) }

  /// The largest wealth against 0 so far; its reciprocal bounds the probability of a false alarm.
  public var evidence: Double { zero.highest }

  /// The interval now; nil while it has no bound.
  ///
  /// The ends are found by bisection from the median outward, as if the centers that are not refuted had no gap. Where even the
  /// median is refuted, no center explains the numbers, and there is no interval.
  ///
  /// - Returns: centers that are not refuted.
  public var interval: ClosedRange<Double>? {
    guard let low = values.min(), let high = values.max(), low < high else { return nil }
    let sorted = values.sorted()
    let middle = (sorted[(values.count - 1) / 2] + sorted[values.count / 2]) / 2
    let width = high - low
    guard !isRefuted(middle), let upper = end(from: middle, to: high + 100 * width),
      let lower = end(from: middle, to: low - 100 * width)
    else { return nil }
    return lower...upper
  }

  /// The side of 0 on which all centers lie that are not refuted: 1 above, −1 below, 0 on none or on both.
  public var side: Int {
    guard excludesZero, let first = values.first else { return 0 }
    // Equal numbers have no interval, but a sign.
    let range = values.allSatisfy { $0 == first } ? first...first : interval
    guard let range else { return 0 }
    return range.lowerBound > 0 ? 1 : range.upperBound < 0 ? -1 : 0
  }

  private func isRefuted(_ center: Double) -> Bool {
    var test = SymmetricBetting(center: center)
    for x in values { test.add(x) }
    return test.highest >= 1 / (1 - level)
  }

  private func end(from inside: Double, to outside: Double) -> Double? {
    guard isRefuted(outside) else { return nil }
    var (inside, outside) = (inside, outside)
    for _ in 0..<60 {
      let center = (inside + outside) / 2
      if isRefuted(center) { outside = center } else { inside = center }
    }
    return outside
  }
}
