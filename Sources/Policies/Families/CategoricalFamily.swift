internal import AscentMathematics
internal import AscentRandomness

/// One of n choices: π(a) = exp(l(a)) / Σ exp(l), where the network computes the logits l.
///
/// A value is the index of the choice. Gradients are with respect to the logits: ∂ log π(a)/∂ l(j) = [j = a] − π(j).
public struct CategoricalFamily: ActionFamily {
  /// The number n of choices.
  public let count: Int

  /// Makes the family of n choices.
  public init(_ count: Int) { self.count = count }

  /// 1: the index.
  public var valueCount: Int { 1 }

  /// log π of each choice.
  public var headLayout: HeadLayout { .choices(count) }

  /// Draws the choice of each row and writes its index.
  public func sample(
    _ rows: FactorRows, _ head: borrowing Head, drawing draws: ActionDraws,
    into actions: inout MutableSpan<Float>
  ) {
    rows.requireActions(actions.count, valueCount)
    for row in 0..<rows.count {
      let (u, first) = (draws.stream(ofRow: row).uniform(), rows.head[row])
      var (a, reached) = (0, Double(head.exponentials[first]))
      while u >= reached, a + 1 < count {
        a += 1
        reached += Double(head.exponentials[first + a])
      }
      // Rounding may leave the sum below u: take the last choice that is possible.
      while a > 0, head.exponentials[first + a] == 0 { a -= 1 }
      actions[rows.values[row]] = Float(a)
    }
  }

  /// Writes the most probable choice of each row.
  public func mode(_ rows: FactorRows, _ head: borrowing Head, into actions: inout MutableSpan<Float>) {
    rows.requireActions(actions.count, valueCount)
    for row in 0..<rows.count {
      let first = rows.head[row]
      var best = 0
      for a in 0..<count where head.values[first + a] > head.values[first + best] { best = a }
      actions[rows.values[row]] = Float(best)
    }
  }

  private func choice(_ action: Float) -> Int { Require.choice(action, of: "action", below: count) }

  /// Adds log p(a) of each row.
  public func addLogDensities(
    of actions: Span<Float>, _ rows: FactorRows, _ head: borrowing Head, into sums: inout MutableSpan<Double>
  ) {
    rows.requireActions(actions.count, valueCount)
    rows.requireSums(sums.count)
    for row in 0..<rows.count {
      sums[row] += Double(head.values[rows.head[row] + choice(actions[rows.values[row]])])
    }
  }

  /// Adds the entropy of each row.
  public func addEntropies(_ rows: FactorRows, _ head: borrowing Head, into sums: inout MutableSpan<Double>) {
    rows.requireSums(sums.count)
    for row in 0..<rows.count { sums[row] += entropy(rows.head[row], head) }
  }

  /// The entropy of the row whose numbers begin at index `first` of the head.
  private func entropy(_ first: Int, _ head: borrowing Head) -> Double {
    var sum = 0.0
    for k in first..<first + count where head.exponentials[k] > 0 {
      sum -= Double(head.exponentials[k]) * Double(head.values[k])
    }
    return sum
  }

  /// Writes the gradient with respect to the logits, with ∂ H/∂ l(j) = −π(j) (log π(j) + H).
  public func writeAdjoints(
    of actions: Span<Float>, weights: borrowing GradientWeights, _ rows: FactorRows, _ head: borrowing Head,
    into adjoints: inout MutableSpan<Float>
  ) {
    rows.requireActions(actions.count, valueCount)
    rows.requireHead(adjoints.count, headLayout.count)
    rows.requireSums(weights.scores.count)
    for row in 0..<rows.count {
      let (c, first) = (Float(weights.scores[row]), rows.head[row])
      let a = choice(actions[rows.values[row]])
      for j in 0..<count {
        adjoints[first + j] = c * ((j == a ? 1 : 0) - head.exponentials[first + j])
      }
      guard weights.entropies[row] != 0 else { continue }
      let h = entropy(first, head)
      for k in first..<first + count where head.exponentials[k] > 0 {
        adjoints[k] -= Float(
          weights.entropies[row] * Double(head.exponentials[k]) * (Double(head.values[k]) + h))
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
      for k in rows.head[row]..<rows.head[row] + count where before.exponentials[k] > 0 {
        sums[row] += Double(before.exponentials[k]) * (Double(before.values[k]) - Double(head.values[k]))
      }
    }
  }

  /// Writes w F t with F = diag π − π πᵀ.
  public func writeFisherProducts(
    _ tangents: Span<Float>, times w: Float, _ rows: FactorRows, _ head: borrowing Head,
    into products: inout MutableSpan<Float>
  ) {
    rows.requireHead(tangents.count, headLayout.count)
    rows.requireHead(products.count, headLayout.count)
    for row in 0..<rows.count {
      let range = rows.head[row]..<rows.head[row] + count
      var mean: Float = 0
      for k in range { mean += head.exponentials[k] * tangents[k] }
      for k in range { products[k] = w * head.exponentials[k] * (tangents[k] - mean) }
    }
  }
}
