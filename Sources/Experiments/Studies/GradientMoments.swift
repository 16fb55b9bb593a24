/// The mean and variance of one rule's gradient estimates over the batches.
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
    // Welford's recursion for each component; only the sum of the squares is needed.
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
  /// The trace of the covariance of ĝ due to one source, averaged over the others, which stay fixed.
  ///
  /// NaN if the variance was not split.
  func trace(of source: GradientBatches.Source) -> Double {
    halfSquares.indices.contains(source.rawValue) ? halfSquares[source.rawValue] / Double(count) : .nan
  }

  /// An estimate of ‖E[ĝ]‖: the squared norm of the mean minus the variance of the mean, then the root.
  var signal: Double { max(0, norm(mean) * norm(mean) - trace / Double(count)).squareRoot() }

  /// The mean cosine between a batch's ĝ and `target`; if nil, the mean of all other batches.
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
