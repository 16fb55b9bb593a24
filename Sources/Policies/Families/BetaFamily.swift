internal import Mathematics
internal import Randomness

/// n numbers between bounds: low + (high − low) x with x ~ Beta(α, β), α = 1 + log(1 + e^y), β = 1 + log(1 + e^z).
///
/// Both shapes are above 1, so the density has one peak and is 0 at the bounds (Chou, Maturana and Scherer 2017).
/// What is recorded is x; its density counts the stretch to the bounds.
struct BetaFamily: ActionFamily {
  var place: FactorPlace
  var bounds: ActionFactor.Bounds

  var valueCount: Int { bounds.low.count }
  var headCount: Int { 2 * valueCount }

  /// x stays this far away from 0 and 1, where the logarithms are.
  private static let margin: Float = 1e-6

  private func places(_ row: Int, _ k: Int) -> (y: Int, z: Int, value: Int) {
    let first = row * place.headSize + place.head + k
    return (first, first + valueCount, row * place.actionSize + place.value + k)
  }

  private func shapes(_ row: Int, _ k: Int, _ head: borrowing Head) -> (α: Double, β: Double) {
    let (y, z, _) = places(row, k)
    return (1 + softplus(Double(head.values[y])), 1 + softplus(Double(head.values[z])))
  }

  func sample(
    rows: Int, _ head: borrowing Head, noise: Span<Float>, lanes: [Int], drawing streams: [RandomStream],
    into actions: inout MutableSpan<Float>
  ) {
    for row in 0..<rows {
      for k in 0..<valueCount {
        let (α, β) = shapes(row, k, head)
        let x = (try? Beta(a: α, b: β))?.sample(from: streams[lanes[row]]) ?? .nan
        actions[places(row, k).value] = min(max(Float(x), Self.margin), 1 - Self.margin)
      }
    }
  }

  func mode(rows: Int, _ head: borrowing Head, into actions: inout MutableSpan<Float>) {
    for row in 0..<rows {
      for k in 0..<valueCount {
        let (α, β) = shapes(row, k, head)
        actions[places(row, k).value] = α + β > 2 ? Float((α - 1) / (α + β - 2)) : 0.5
      }
    }
  }

  func addLogDensities(
    of actions: Span<Float>, rows: Int, _ head: borrowing Head, into sums: inout MutableSpan<Double>
  ) {
    for row in 0..<rows {
      for k in 0..<valueCount {
        let ((α, β), x) = (shapes(row, k, head), Double(actions[places(row, k).value]))
        sums[row] +=
          (α - 1) * logarithm(x) + (β - 1) * logarithm(onePlus: -x) - GammaFunction.logBeta(α, β)
          - logarithm(Double(bounds.high[k]) - Double(bounds.low[k]))
      }
    }
  }

  func addEntropies(rows: Int, _ head: borrowing Head, into sums: inout MutableSpan<Double>) {
    for row in 0..<rows {
      for k in 0..<valueCount {
        let (α, β) = shapes(row, k, head)
        sums[row] +=
          GammaFunction.logBeta(α, β) - (α - 1) * GammaFunction.digamma(α)
          - (β - 1) * GammaFunction.digamma(β) + (α + β - 2) * GammaFunction.digamma(α + β)
          + logarithm(Double(bounds.high[k]) - Double(bounds.low[k]))
      }
    }
  }

  /// ∂ log p/∂ α = log x − ψ(α) + ψ(α + β), and likewise with 1 − x; ∂ α/∂ y is the logistic function of y.
  func writeAdjoints(
    of actions: Span<Float>, scores c: Span<Double>, entropies e: Span<Double>, rows: Int,
    _ head: borrowing Head, into adjoints: inout MutableSpan<Float>
  ) {
    for row in 0..<rows {
      for k in 0..<valueCount {
        let ((α, β), (y, z, v)) = (shapes(row, k, head), places(row, k))
        let (x, ψ) = (Double(actions[v]), GammaFunction.digamma(α + β))
        var dα = c[row] * (logarithm(x) - GammaFunction.digamma(α) + ψ)
        var dβ = c[row] * (logarithm(onePlus: -x) - GammaFunction.digamma(β) + ψ)
        if e[row] != 0 {
          let both = (α + β - 2) * GammaFunction.trigamma(α + β)
          dα += e[row] * (both - (α - 1) * GammaFunction.trigamma(α))
          dβ += e[row] * (both - (β - 1) * GammaFunction.trigamma(β))
        }
        adjoints[y] = Float(dα * logistic(Double(head.values[y])))
        adjoints[z] = Float(dβ * logistic(Double(head.values[z])))
      }
    }
  }

  func addDivergences(
    from before: borrowing Head, rows: Int, _ head: borrowing Head, into sums: inout MutableSpan<Double>
  ) {
    for row in 0..<rows {
      for k in 0..<valueCount {
        let ((α0, β0), (α1, β1)) = (shapes(row, k, before), shapes(row, k, head))
        sums[row] +=
          GammaFunction.logBeta(α1, β1) - GammaFunction.logBeta(α0, β0)
          + (α0 - α1) * GammaFunction.digamma(α0) + (β0 - β1) * GammaFunction.digamma(β0)
          + (α1 - α0 + β1 - β0) * GammaFunction.digamma(α0 + β0)
      }
    }
  }

  /// In the shapes, M = diag(ψ′(α), ψ′(β)) − ψ′(α + β).
  func writeFisherProducts(
    _ tangents: Span<Float>, times w: Float, rows: Int, _ head: borrowing Head,
    into products: inout MutableSpan<Float>
  ) {
    for row in 0..<rows {
      for k in 0..<valueCount {
        let ((α, β), (y, z, _)) = (shapes(row, k, head), places(row, k))
        let (sα, sβ) = (logistic(Double(head.values[y])), logistic(Double(head.values[z])))
        let (tα, tβ) = (sα * Double(tangents[y]), sβ * Double(tangents[z]))
        let both = GammaFunction.trigamma(α + β) * (tα + tβ)
        products[y] = w * Float(sα * (GammaFunction.trigamma(α) * tα - both))
        products[z] = w * Float(sβ * (GammaFunction.trigamma(β) * tβ - both))
      }
    }
  }

  var alters: Bool { true }

  func apply(_ drawn: Span<Float>, into applied: inout MutableSpan<Float>) {
    for k in 0..<valueCount {
      let v = place.value + k
      let x = bounds.low[k] + (bounds.high[k] - bounds.low[k]) * drawn[v]
      applied[v] = min(max(x, bounds.low[k]), bounds.high[k])
    }
  }
}
