internal import Mathematics
internal import Randomness

/// n bits with the logits l: ∂ log p(a)/∂ l = a − p.
struct BernoulliFamily: ActionFamily {
  var place: FactorPlace
  var count: Int

  var headCount: Int { count }
  var valueCount: Int { count }

  /// The places of a bit's logit and of its value.
  private func places(_ row: Int, _ k: Int) -> (head: Int, value: Int) {
    (row * place.headSize + place.head + k, row * place.actionSize + place.value + k)
  }

  func sample(
    rows: Int, _ head: borrowing Head, noise: Span<Float>, lanes: [Int], drawing streams: [RandomStream],
    into actions: inout MutableSpan<Float>
  ) {
    for row in 0..<rows {
      for k in 0..<count {
        let (h, v) = places(row, k)
        actions[v] = streams[lanes[row]].uniform() < logistic(Double(head.values[h])) ? 1 : 0
      }
    }
  }

  func mode(rows: Int, _ head: borrowing Head, into actions: inout MutableSpan<Float>) {
    for row in 0..<rows {
      for k in 0..<count {
        let (h, v) = places(row, k)
        actions[v] = head.values[h] > 0 ? 1 : 0
      }
    }
  }

  func addLogDensities(
    of actions: Span<Float>, rows: Int, _ head: borrowing Head, into sums: inout MutableSpan<Double>
  ) {
    for row in 0..<rows {
      for k in 0..<count {
        let (h, v) = places(row, k)
        let l = Double(head.values[h])
        sums[row] -= softplus(actions[v] > 0.5 ? -l : l)
      }
    }
  }

  func addEntropies(rows: Int, _ head: borrowing Head, into sums: inout MutableSpan<Double>) {
    for row in 0..<rows {
      for k in 0..<count {
        let l = Double(head.values[places(row, k).head])
        sums[row] += softplus(l) - l * logistic(l)
      }
    }
  }

  /// ∂ H/∂ l = −l p (1 − p).
  func writeAdjoints(
    of actions: Span<Float>, scores c: Span<Double>, entropies e: Span<Double>, rows: Int,
    _ head: borrowing Head, into adjoints: inout MutableSpan<Float>
  ) {
    for row in 0..<rows {
      for k in 0..<count {
        let (h, v) = places(row, k)
        let l = Double(head.values[h])
        let p = logistic(l)
        adjoints[h] = Float(c[row] * (Double(actions[v]) - p) - e[row] * l * p * (1 - p))
      }
    }
  }

  func addDivergences(
    from before: borrowing Head, rows: Int, _ head: borrowing Head, into sums: inout MutableSpan<Double>
  ) {
    for row in 0..<rows {
      for k in 0..<count {
        let h = places(row, k).head
        let (l0, l1) = (Double(before.values[h]), Double(head.values[h]))
        sums[row] += logistic(l0) * (l0 - l1) - softplus(l0) + softplus(l1)
      }
    }
  }

  /// M = p (1 − p).
  func writeFisherProducts(
    _ tangents: Span<Float>, times w: Float, rows: Int, _ head: borrowing Head,
    into products: inout MutableSpan<Float>
  ) {
    for row in 0..<rows {
      for k in 0..<count {
        let h = places(row, k).head
        let p = logistic(Double(head.values[h]))
        products[h] = w * Float(p * (1 - p)) * tangents[h]
      }
    }
  }
}
