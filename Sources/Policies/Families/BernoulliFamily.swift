internal import AscentMathematics
internal import AscentRandomness

/// n independent bits with p(1) = 1 / (1 + exp(−l)), where the network computes the logits l; ∂ log p(a)/∂ l = a − p.
public struct BernoulliFamily: ActionFamily {
  /// The number n of bits.
  public let count: Int

  /// Makes the family of n bits.
  public init(_ count: Int) { self.count = count }

  /// The number n of bits.
  public var valueCount: Int { count }

  /// The logits.
  public var headLayout: HeadLayout { .outputs(count) }

  /// Draws the bits of each row and writes them.
  public func sample(
    _ rows: FactorRows, _ head: borrowing Head, drawing draws: ActionDraws,
    into actions: inout MutableSpan<Float>
  ) {
    rows.requireActions(actions.count, valueCount)
    for row in 0..<rows.count {
      for k in 0..<count {
        let (h, v) = rows.indices(row, k)
        actions[v] = draws.stream(ofRow: row).uniform() < logistic(Double(head.values[h])) ? 1 : 0
      }
    }
  }

  /// Writes the most probable bits of each row.
  public func mode(_ rows: FactorRows, _ head: borrowing Head, into actions: inout MutableSpan<Float>) {
    rows.requireActions(actions.count, valueCount)
    for row in 0..<rows.count {
      for k in 0..<count {
        let (h, v) = rows.indices(row, k)
        actions[v] = head.values[h] > 0 ? 1 : 0
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
      for k in 0..<count {
        let (h, v) = rows.indices(row, k)
        let l = Double(head.values[h])
        sums[row] -= softplus(actions[v] > 0.5 ? -l : l)
      }
    }
  }

  /// Adds the entropy of each row.
  public func addEntropies(_ rows: FactorRows, _ head: borrowing Head, into sums: inout MutableSpan<Double>) {
    rows.requireSums(sums.count)
    for row in 0..<rows.count {
      for k in 0..<count {
        let l = Double(head.values[rows.indices(row, k).head])
        sums[row] += softplus(l) - l * logistic(l)
      }
    }
  }

  /// Writes the gradient with respect to the logits, with ∂ H/∂ l = −l p (1 − p).
  public func writeAdjoints(
    of actions: Span<Float>, weights: borrowing GradientWeights, _ rows: FactorRows, _ head: borrowing Head,
    into adjoints: inout MutableSpan<Float>
  ) {
    rows.requireActions(actions.count, valueCount)
    rows.requireHead(adjoints.count, headLayout.count)
    rows.requireSums(weights.scores.count)
    for row in 0..<rows.count {
      for k in 0..<count {
        let (h, v) = rows.indices(row, k)
        let l = Double(head.values[h])
        let p = logistic(l)
        adjoints[h] = Float(
          weights.scores[row] * (Double(actions[v]) - p) - weights.entropies[row] * l * p * (1 - p))
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
      for k in 0..<count {
        let h = rows.indices(row, k).head
        let (l0, l1) = (Double(before.values[h]), Double(head.values[h]))
        sums[row] += logistic(l0) * (l0 - l1) - softplus(l0) + softplus(l1)
      }
    }
  }

  /// Writes w F t with F = diag(p (1 − p)).
  public func writeFisherProducts(
    _ tangents: Span<Float>, times w: Float, _ rows: FactorRows, _ head: borrowing Head,
    into products: inout MutableSpan<Float>
  ) {
    rows.requireHead(tangents.count, headLayout.count)
    rows.requireHead(products.count, headLayout.count)
    for row in 0..<rows.count {
      for k in 0..<count {
        let h = rows.indices(row, k).head
        let p = logistic(Double(head.values[h]))
        products[h] = w * Float(p * (1 - p)) * tangents[h]
      }
    }
  }
}
