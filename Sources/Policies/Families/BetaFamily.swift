internal import AscentMathematics
internal import AscentRandomness

/// n numbers between bounds: low + (high − low) x with x ~ Beta(α, β), α = 1 + log(1 + e^y), β = 1 + log(1 + e^z).
///
/// Both shapes are above 1, so the density has one peak and is 0 at the bounds (Chou, Maturana and Scherer 2017). The
/// recorded value is x; its log-density is that of the number scaled to the bounds.
public struct BetaFamily: ActionFamily {
  /// The bounds.
  public let bounds: ValueBounds

  /// Makes the family of numbers between bounds.
  public init(_ bounds: ValueBounds) {
    bounds.require(bounds.low.count)
    self.bounds = bounds
  }

  /// The number of pairs of bounds.
  public var valueCount: Int { bounds.low.count }

  /// y of all numbers, then z of all numbers.
  public var headLayout: HeadLayout { .outputs(2 * valueCount) }

  /// Drawn x are clamped to [margin, 1 − margin], since log x and log(1 − x) diverge at 0 and 1.
  static let margin: Float = 1e-6

  /// The shapes for y at index `y` of the head and its z.
  func shapes(_ y: Int, _ head: borrowing Head) -> (α: Double, β: Double) {
    (1 + softplus(Double(head.values[y])), 1 + softplus(Double(head.values[y + valueCount])))
  }

  /// Draws x of each number and writes it.
  public func sample(
    _ rows: FactorRows, _ head: borrowing Head, drawing draws: ActionDraws,
    into actions: inout MutableSpan<Float>
  ) {
    rows.requireActions(actions.count, valueCount)
    for row in 0..<rows.count {
      for k in 0..<valueCount {
        let (y, v) = rows.indices(row, k)
        let (α, β) = shapes(y, head)
        let x = (try? Beta(a: α, b: β))?.sample(from: draws.stream(ofRow: row)) ?? .nan
        actions[v] = min(max(Float(x), Self.margin), 1 - Self.margin)
      }
    }
  }

  /// Writes the most probable x of each number.
  public func mode(_ rows: FactorRows, _ head: borrowing Head, into actions: inout MutableSpan<Float>) {
    rows.requireActions(actions.count, valueCount)
    for row in 0..<rows.count {
      for k in 0..<valueCount {
        let (y, v) = rows.indices(row, k)
        let (α, β) = shapes(y, head)
        actions[v] = α + β > 2 ? Float((α - 1) / (α + β - 2)) : 0.5
      }
    }
  }

  /// Adds log p(a) of each row.
  public func addLogDensities(
    of actions: Span<Float>, _ rows: FactorRows, _ head: borrowing Head, into sums: inout MutableSpan<Double>
  ) {
    rows.requireActions(actions.count, valueCount)
    rows.requireSums(sums.count)
    for row in 0..<rows.count {
      for k in 0..<valueCount {
        let (y, v) = rows.indices(row, k)
        let ((α, β), x) = (shapes(y, head), Double(actions[v]))
        sums[row] +=
          (α - 1) * logarithm(x) + (β - 1) * logarithm(onePlus: -x) - GammaFunction.logBeta(α, β)
          - logarithm(Double(bounds.high[k]) - Double(bounds.low[k]))
      }
    }
  }

  /// Adds the entropy of each row.
  public func addEntropies(_ rows: FactorRows, _ head: borrowing Head, into sums: inout MutableSpan<Double>) {
    rows.requireSums(sums.count)
    for row in 0..<rows.count {
      for k in 0..<valueCount {
        let (α, β) = shapes(rows.head[row] + k, head)
        sums[row] +=
          GammaFunction.logBeta(α, β) - (α - 1) * GammaFunction.digamma(α)
          - (β - 1) * GammaFunction.digamma(β) + (α + β - 2) * GammaFunction.digamma(α + β)
          + logarithm(Double(bounds.high[k]) - Double(bounds.low[k]))
      }
    }
  }

  /// Writes the gradient with respect to y and z.
  ///
  /// ∂ log p/∂ α = log x − ψ(α) + ψ(α + β), and ∂ log p/∂ β likewise with 1 − x and ψ(β); ∂ α/∂ y is the logistic
  /// function of y.
  public func writeAdjoints(
    of actions: Span<Float>, weights: borrowing GradientWeights, _ rows: FactorRows, _ head: borrowing Head,
    into adjoints: inout MutableSpan<Float>
  ) {
    rows.requireActions(actions.count, valueCount)
    rows.requireHead(adjoints.count, headLayout.count)
    rows.requireSums(weights.scores.count)
    for row in 0..<rows.count {
      for k in 0..<valueCount {
        let (y, v) = rows.indices(row, k)
        let ((α, β), z) = (shapes(y, head), y + valueCount)
        let (x, ψ) = (Double(actions[v]), GammaFunction.digamma(α + β))
        var dα = weights.scores[row] * (logarithm(x) - GammaFunction.digamma(α) + ψ)
        var dβ = weights.scores[row] * (logarithm(onePlus: -x) - GammaFunction.digamma(β) + ψ)
        if weights.entropies[row] != 0 {
          let both = (α + β - 2) * GammaFunction.trigamma(α + β)
          dα += weights.entropies[row] * (both - (α - 1) * GammaFunction.trigamma(α))
          dβ += weights.entropies[row] * (both - (β - 1) * GammaFunction.trigamma(β))
        }
        adjoints[y] = Float(dα * logistic(Double(head.values[y])))
        adjoints[z] = Float(dβ * logistic(Double(head.values[z])))
      }
    }
  }

  /// Adds KL(before ‖ now) of each row.
  public func addDivergences(
    from before: borrowing Head, _ rows: FactorRows, _ head: borrowing Head,
    into sums: inout MutableSpan<Double>
  ) {
    rows.requireSums(sums.count)
    rows.requireHead(before.values.count, headLayout.count)
    for row in 0..<rows.count {
      for k in 0..<valueCount {
        let y = rows.head[row] + k
        let ((α0, β0), (α1, β1)) = (shapes(y, before), shapes(y, head))
        sums[row] +=
          GammaFunction.logBeta(α1, β1) - GammaFunction.logBeta(α0, β0)
          + (α0 - α1) * GammaFunction.digamma(α0) + (β0 - β1) * GammaFunction.digamma(β0)
          + (α1 - α0 + β1 - β0) * GammaFunction.digamma(α0 + β0)
      }
    }
  }

  /// Writes w F t; with respect to the shapes, F = diag(ψ′(α), ψ′(β)) − ψ′(α + β).
  public func writeFisherProducts(
    _ tangents: Span<Float>, times w: Float, _ rows: FactorRows, _ head: borrowing Head,
    into products: inout MutableSpan<Float>
  ) {
    rows.requireHead(tangents.count, headLayout.count)
    rows.requireHead(products.count, headLayout.count)
    for row in 0..<rows.count {
      for k in 0..<valueCount {
        let y = rows.head[row] + k
        let ((α, β), z) = (shapes(y, head), y + valueCount)
        let (sα, sβ) = (logistic(Double(head.values[y])), logistic(Double(head.values[z])))
        let (tα, tβ) = (sα * Double(tangents[y]), sβ * Double(tangents[z]))
        let both = GammaFunction.trigamma(α + β) * (tα + tβ)
        products[y] = w * Float(sα * (GammaFunction.trigamma(α) * tα - both))
        products[z] = w * Float(sβ * (GammaFunction.trigamma(β) * tβ - both))
      }
    }
  }

  /// True: x is scaled to the bounds.
  public var altersActions: Bool { true }

  /// x between 0 and 1.
  public var coordinates: [ActionCoordinate]? {
    zip(bounds.low, bounds.high).map { .unit(low: $0, high: $1) }
  }

  /// Scales x to the bounds.
  public func apply(_ drawn: Span<Float>, at first: Int, into applied: inout MutableSpan<Float>) {
    requireApplied(first, drawn.count, applied.count)
    for k in 0..<valueCount {
      let v = first + k
      let x = bounds.low[k] + (bounds.high[k] - bounds.low[k]) * drawn[v]
      applied[v] = min(max(x, bounds.low[k]), bounds.high[k])
    }
  }
}

extension BoxDistribution {
  /// A beta distribution between the bounds.
  public static let beta = BoxDistribution(
    "beta", help: "beta distribution between the bounds, with one peak", needsBounds: true
  ) { BetaFamily($0) }
}
