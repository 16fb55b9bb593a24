internal import Mathematics
internal import Randomness

/// n numbers u ~ N(μ, σ²), by μ and log σ; squashed ones reach the environment as low + (high − low)(1 + tanh u)/2.
///
/// What is recorded of a squashed number is u: its density is that of the bounded number at the same place,
///
///     log p = log N(u; μ, σ²) − log((high − low)/2) − log(1 − tanh² u),
///
/// exact however close to a bound it lies. The entropy, and its gradient, are those of u: that of the bounded
/// number has no closed form.
struct GaussianFamily: ActionFamily {
  var place: FactorPlace
  var count: Int
  /// The bounds of squashed numbers.
  var bounds: ActionFactor.Bounds?
  /// Whether a matrix explores, rather than an independent draw for each step.
  var explores = false

  var headCount: Int { 2 * count }
  var valueCount: Int { count }

  /// The places of μ, log σ, and the value.
  private func places(_ row: Int, _ k: Int) -> (μ: Int, σ: Int, value: Int) {
    let first = row * place.headSize + place.head + k
    return (first, first + count, row * place.actionSize + place.value + k)
  }

  func sample(
    rows: Int, _ head: borrowing Head, noise: Span<Float>, lanes: [Int], drawing streams: [RandomStream],
    into actions: inout MutableSpan<Float>
  ) {
    for row in 0..<rows {
      for k in 0..<count {
        let (μ, σ, v) = places(row, k)
        if explores {
          actions[v] = head.values[μ] + noise[v]
        } else {
          let z = streams[lanes[row]].standardNormal()
          actions[v] = Float(Double(head.values[μ]) + Double(head.exponentials[σ]) * z)
        }
      }
    }
  }

  func mode(rows: Int, _ head: borrowing Head, into actions: inout MutableSpan<Float>) {
    for row in 0..<rows {
      for k in 0..<count {
        let (μ, _, v) = places(row, k)
        actions[v] = head.values[μ]
      }
    }
  }

  func addLogDensities(
    of actions: Span<Float>, rows: Int, _ head: borrowing Head, into sums: inout MutableSpan<Double>
  ) {
    for row in 0..<rows {
      var sum = 0.0
      for k in 0..<count {
        let (μ, σ, v) = places(row, k)
        let z = (Double(actions[v]) - Double(head.values[μ])) / Double(head.exponentials[σ])
        sum -= 0.5 * (z * z + logTwoPi) + Double(head.values[σ])
        if let bounds { sum -= logStretch(Double(actions[v]), bounds, k) }
      }
      sums[row] += sum
    }
  }

  /// log((high − low)/2 (1 − tanh² u)), by 1 − tanh² u = 4 e^{−2u} / (1 + e^{−2u})².
  private func logStretch(_ u: Double, _ bounds: ActionFactor.Bounds, _ k: Int) -> Double {
    logarithm(2 * (Double(bounds.high[k]) - Double(bounds.low[k]))) - 2 * (u + softplus(-2 * u))
  }

  func addEntropies(rows: Int, _ head: borrowing Head, into sums: inout MutableSpan<Double>) {
    for row in 0..<rows {
      var sum = 0.0
      for k in 0..<count { sum += 0.5 * (logTwoPi + 1) + Double(head.values[places(row, k).σ]) }
      sums[row] += sum
    }
  }

  /// With z = (u − μ)/σ: ∂ log p/∂ μ = z/σ, ∂ log p/∂ log σ = z² − 1, ∂ H/∂ log σ = 1.
  func writeAdjoints(
    of actions: Span<Float>, scores c: Span<Double>, entropies e: Span<Double>, rows: Int,
    _ head: borrowing Head, into adjoints: inout MutableSpan<Float>
  ) {
    for row in 0..<rows {
      for k in 0..<count {
        let (μ, σ, v) = places(row, k)
        let deviation = Double(head.exponentials[σ])
        let z = (Double(actions[v]) - Double(head.values[μ])) / deviation
        adjoints[μ] = Float(c[row] * z / deviation)
        adjoints[σ] = Float(c[row] * (z * z - 1) + e[row])
      }
    }
  }

  func addDivergences(
    from before: borrowing Head, rows: Int, _ head: borrowing Head, into sums: inout MutableSpan<Double>
  ) {
    for row in 0..<rows {
      for k in 0..<count {
        let (μ, σ, _) = places(row, k)
        let (s0, s1) = (Double(before.exponentials[σ]), Double(head.exponentials[σ]))
        let d = Double(before.values[μ]) - Double(head.values[μ])
        sums[row] +=
          Double(head.values[σ]) - Double(before.values[σ]) + (s0 * s0 + d * d) / (2 * s1 * s1) - 0.5
      }
    }
  }

  /// M = diag(1/σ², 2).
  func writeFisherProducts(
    _ tangents: Span<Float>, times w: Float, rows: Int, _ head: borrowing Head,
    into products: inout MutableSpan<Float>
  ) {
    for row in 0..<rows {
      for k in 0..<count {
        let (μ, σ, _) = places(row, k)
        let deviation = head.exponentials[σ]
        products[μ] = w * tangents[μ] / (deviation * deviation)
        products[σ] = w * 2 * tangents[σ]
      }
    }
  }

  var alters: Bool { bounds != nil }

  func apply(_ drawn: Span<Float>, into applied: inout MutableSpan<Float>) {
    for k in 0..<count {
      let v = place.value + k
      guard let bounds else {
        applied[v] = drawn[v]
        continue
      }
      let (low, high) = (Double(bounds.low[k]), Double(bounds.high[k]))
      let x = Float(low + (high - low) * (1 + hyperbolicTangent(Double(drawn[v]))) / 2)
      applied[v] = min(max(x, bounds.low[k]), bounds.high[k])
    }
  }
}
