/// C = Σₜ c ∇log π and W = Σₜ w ∇log π of one trajectory.
struct ScorePair {
  var c: [Float]
  var w: [Float]

  init(count: Int) {
    c = Array(repeating: 0, count: count)
    w = c
  }

  mutating func clear() {
    for k in c.indices {
      c[k] = 0
      w[k] = 0
    }
  }

  /// ⟨C, W⟩ and ‖W‖².
  var products: (product: Double, norm: Double) {
    var (product, norm) = (0.0, 0.0)
    for k in c.indices {
      product += Double(c[k]) * Double(w[k])
      norm += Double(w[k]) * Double(w[k])
    }
    return (product, norm)
  }

  func addProducts(to cells: inout BaselineCells) {
    for k in c.indices { cells.add(Double(c[k]) * Double(w[k]), Double(w[k]) * Double(w[k]), at: k) }
  }

  func writeProducts(to cells: inout BaselineCells) {
    for k in c.indices {
      cells.numerators[k] = Double(c[k]) * Double(w[k])
      cells.denominators[k] = Double(w[k]) * Double(w[k])
    }
  }
}
