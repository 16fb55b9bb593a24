internal import Randomness

/// One of n choices; gradients are by the logits: ∂ log π(a)/∂ l(j) = [j = a] − π(j).
struct CategoricalFamily: ActionFamily {
  var place: FactorPlace
  var count: Int

  var headCount: Int { count }
  var valueCount: Int { 1 }

  private func first(_ row: Int) -> Int { row * place.headSize + place.head }
  private func value(_ row: Int) -> Int { row * place.actionSize + place.value }

  func sample(
    rows: Int, _ head: borrowing Head, noise: Span<Float>, lanes: [Int], drawing streams: [RandomStream],
    into actions: inout MutableSpan<Float>
  ) {
    for row in 0..<rows {
      let (u, first) = (streams[lanes[row]].uniform(), first(row))
      var (a, reached) = (0, Double(head.exponentials[first]))
      while u >= reached, a + 1 < count {
        a += 1
        reached += Double(head.exponentials[first + a])
      }
      // Rounding may leave the sum below u: the last choice that is possible is taken then.
      while a > 0, head.exponentials[first + a] == 0 { a -= 1 }
      actions[value(row)] = Float(a)
    }
  }

  func mode(rows: Int, _ head: borrowing Head, into actions: inout MutableSpan<Float>) {
    for row in 0..<rows {
      let first = first(row)
      var best = 0
      for a in 0..<count where head.values[first + a] > head.values[first + best] { best = a }
      actions[value(row)] = Float(best)
    }
  }

  func addLogDensities(
    of actions: Span<Float>, rows: Int, _ head: borrowing Head, into sums: inout MutableSpan<Double>
  ) {
    for row in 0..<rows { sums[row] += Double(head.values[first(row) + Int(actions[value(row)])]) }
  }

  func addEntropies(rows: Int, _ head: borrowing Head, into sums: inout MutableSpan<Double>) {
    for row in 0..<rows { sums[row] += entropy(row, head) }
  }

  private func entropy(_ row: Int, _ head: borrowing Head) -> Double {
    var sum = 0.0
    for k in first(row)..<first(row) + count where head.exponentials[k] > 0 {
      sum -= Double(head.exponentials[k]) * Double(head.values[k])
    }
    return sum
  }

  /// ∂ H/∂ l(j) = −π(j) (log π(j) + H).
  func writeAdjoints(
    of actions: Span<Float>, scores c: Span<Double>, entropies e: Span<Double>, rows: Int,
    _ head: borrowing Head, into adjoints: inout MutableSpan<Float>
  ) {
    for row in 0..<rows {
      let (c, a, first) = (Float(c[row]), Int(actions[value(row)]), first(row))
      for j in 0..<count {
        adjoints[first + j] = c * ((j == a ? 1 : 0) - head.exponentials[first + j])
      }
      guard e[row] != 0 else { continue }
      let h = entropy(row, head)
      for k in first..<first + count where head.exponentials[k] > 0 {
        adjoints[k] -= Float(e[row] * Double(head.exponentials[k]) * (Double(head.values[k]) + h))
      }
    }
  }

  func addDivergences(
    from before: borrowing Head, rows: Int, _ head: borrowing Head, into sums: inout MutableSpan<Double>
  ) {
    for row in 0..<rows {
      for k in first(row)..<first(row) + count where before.exponentials[k] > 0 {
        sums[row] += Double(before.exponentials[k]) * (Double(before.values[k]) - Double(head.values[k]))
      }
    }
  }

  /// M = diag π − π πᵀ.
  func writeFisherProducts(
    _ tangents: Span<Float>, times w: Float, rows: Int, _ head: borrowing Head,
    into products: inout MutableSpan<Float>
  ) {
    for row in 0..<rows {
      let range = first(row)..<first(row) + count
      var mean: Float = 0
      for k in range { mean += head.exponentials[k] * tangents[k] }
      for k in range { products[k] = w * head.exponentials[k] * (tangents[k] - mean) }
    }
  }
}
