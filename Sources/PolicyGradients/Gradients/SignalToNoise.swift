internal import AscentMathematics
internal import AscentPolicies

/// The signal-to-noise ratio of a gradient that is the sum of parts, each from other steps.
///
///     g = Σ Gₖ over K parts,   σ² = K/(K − 1) (Σ ‖Gₖ‖² − ‖g‖²/K),   ratio = √(‖g‖² − σ²) ∕ σ
///
/// σ² is an estimate of the trace of the covariance of g, and ‖g‖² − σ² one of ‖E g‖².
struct SignalToNoise {
  /// The number of parts so far.
  private(set) var count = 0
  private let range: Range<Int>
  private var sum: [Float]
  private var squares = 0.0

  /// Begins with no parts; of each, only the numbers of a range count.
  init(of range: Range<Int>) {
    self.range = range
    sum = Array(repeating: 0, count: range.count)
  }

  /// Begins again.
  mutating func restart() {
    (count, squares) = (0, 0)
    for k in sum.indices { sum[k] = 0 }
  }

  /// Adds a part.
  mutating func add(_ part: [Float]) {
    let own = part.span.extracting(range)
    sum.withMutableSpan { ParameterUpdate.add(own, to: &$0) }
    squares += square(of: part)
    count += 1
  }

  /// ‖Gₖ‖² of a part.
  func square(of part: [Float]) -> Double { ParameterUpdate.squareNorm(part.span.extracting(range)) }

  /// Takes the sum of so many parts, which may be those of other processes, and the sum of their ``square(of:)``.
  mutating func replace(by sum: [Float], of count: Int, squares: Double) {
    (self.sum, self.count, self.squares) = (Array(sum[range]), count, squares)
  }

  /// The ratio, 0 where the noise hides the signal; NaN for one part, or equal ones.
  var ratio: Double {
    guard count > 1 else { return .nan }
    let (square, k) = (ParameterUpdate.squareNorm(sum.span), Double(count))
    let variance = k / (k - 1) * (squares - square / k)
    return variance > 0 ? (max(0, square - variance) / variance).squareRoot() : .nan
  }
}
