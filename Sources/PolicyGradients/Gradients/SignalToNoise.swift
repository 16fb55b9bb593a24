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
    squares += ParameterUpdate.squareNorm(own)
    count += 1
  }

  /// The ratio, 0 where the noise hides the signal; NaN for one part, or equal ones.
  var ratio: Double { Self.ratio(of: sum.span, parts: count, squares: squares) }

  /// The ratio of the sum of so many parts, which may be those of other processes; `squares` is Σ ‖Gₖ‖².
  static func ratio(of sum: Span<Float>, parts count: Int, squares: Double) -> Double {
    guard count > 1 else { return .nan }
    let (square, k) = (ParameterUpdate.squareNorm(sum), Double(count))
    let variance = k / (k - 1) * (squares - square / k)
    return variance > 0 ? (max(0, square - variance) / variance).squareRoot() : .nan
  }
}
