import AscentPolicies
private import Glibc

func exponential(_ x: Double) -> Double { exp(x) }
func logarithm(_ x: Double) -> Double { log(x) }

/// log π(a∣o) of a 2-hidden-layer policy, computed plainly in double precision from the named parameters.
struct ReferencePolicy {
  var values: [Double]
  let slices: [Parameters.Slice]

  init(_ θ: Parameters) {
    values = θ.values.map { Double($0) }
    slices = θ.slices
  }

  private func part(_ name: String) -> (shape: [Int], values: ArraySlice<Double>) {
    guard let slice = slices.first(where: { $0.name == name }) else { return ([], []) }
    return (slice.shape, values[slice.range])
  }

  /// The last layer's outputs.
  func outputs(_ o: [Float]) -> [Double] {
    var y = o.map { Double($0) }
    let layers = slices.filter { $0.name.hasSuffix(".weight") }.count
    for l in 0..<layers {
      let (w, b) = (part("actor.\(l).weight"), part("actor.\(l).bias").values)
      let n = w.shape[1]
      y = (0..<n).map { j in
        let sum = y.indices.reduce(b[b.startIndex + j]) {
          $0 + y[$1] * w.values[w.values.startIndex + $1 * n + j]
        }
        return l < layers - 1 ? tanh(sum) : sum
      }
    }
    return y
  }

  func categorical(_ o: [Float], _ a: Int) -> Double {
    let l = outputs(o)
    let highest = l.max() ?? 0
    return l[a] - highest - log(l.reduce(0) { $0 + exp($1 - highest) })
  }

  func gaussian(_ o: [Float], _ a: [Float]) -> Double {
    let (μ, s) = (outputs(o), part("actor.log_deviation").values)
    return a.indices.reduce(0) { sum, k in
      let logσ = s[s.startIndex + k]
      let z = (Double(a[k]) - μ[k]) / exp(logσ)
      return sum - 0.5 * z * z - logσ - 0.5 * log(2 * Double.pi)
    }
  }
}
