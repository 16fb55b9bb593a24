/// Moments of one rule's estimates over the batches.
struct GradientMoments {
  private(set) var count = 0
  /// The mean of ĝ.
  private(set) var mean: [Double] = []
  private var estimates: [[Float]] = []
  private var squares = 0.0
  private var halfSquares: [Double] = []

  mutating func add(_ estimate: GradientBatches.Estimates) {
    let ĝ = estimate.own
    if mean.isEmpty { mean = Array(repeating: 0, count: ĝ.count) }
    count += 1
    // Welford's recursion, component by component; its squares are only needed as a sum.
    for k in ĝ.indices {
      let δ = Double(ĝ[k]) - mean[k]
      mean[k] += δ / Double(count)
      squares += δ * (Double(ĝ[k]) - mean[k])
    }
    estimates.append(ĝ)
    if halfSquares.isEmpty { halfSquares = estimate.companions.map { _ in 0 } }
    for (source, companion) in estimate.companions.enumerated() {
      for k in ĝ.indices {
        let δ = Double(ĝ[k]) - Double(companion[k])
        halfSquares[source] += δ * δ / 2
      }
    }
  }

  /// The trace of the covariance of ĝ.
  var trace: Double { squares / Double(count - 1) }
  /// What is left of the trace when one source is drawn anew and the others are held, on average over them;
  /// NaN where the variance was not split.
  func trace(of source: GradientBatches.Source) -> Double {
    halfSquares.indices.contains(source.rawValue) ? halfSquares[source.rawValue] / Double(count) : .nan
  }

  /// ‖E[ĝ]‖, with what the noise of the mean adds to its square taken off.
  var signal: Double { max(0, norm(mean) * norm(mean) - trace / Double(count)).squareRoot() }

  /// The mean cosine between ĝ and `target`, or the mean of all other batches.
  func cosine(to target: [Double]?) -> Double {
    var sum = 0.0
    for ĝ in estimates {
      var (product, own, other) = (0.0, 0.0, 0.0)
      for k in ĝ.indices {
        let x = Double(ĝ[k])
        let y = target?[k] ?? (mean[k] * Double(count) - x) / Double(count - 1)
        product += x * y
        own += x * x
        other += y * y
      }
      if own > 0, other > 0 { sum += product / (own * other).squareRoot() }
    }
    return sum / Double(count)
  }
}
