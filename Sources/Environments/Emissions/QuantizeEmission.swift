internal import AscentRandomness

/// Rounds numbers: o is the multiple of q nearest to s.
struct QuantizeEmission: EmissionLayer {
  let output: Space
  private let numbers: BoxNumbers

  init(_ q: [Double], _ fit: EmissionFit) throws(EmissionError) {
    let numbers = try fit.numbers(q)
    self.numbers = numbers
    output = fit.widened { k, s in
      let half = numbers.scales[k] / 2
      return (s.lowerBound - half)...(s.upperBound + half)
    }
  }

  var isFunction: Bool { true }

  func emit(_ features: inout [Float], from stream: RandomStream) {
    for k in numbers.features.indices {
      let q = numbers.scales[k]
      numbers.write((Double(features[numbers.features[k]]) / q).rounded() * q + 0, k, into: &features)
    }
  }

  func logDensity(of o: [Float], given s: [Float]) -> Double? { nil }
}

extension EmissionEntry {
  /// The emission `quantize=q`.
  public static let quantize = EmissionEntry(
    "quantize", form: "=q", help: "o is the multiple of q nearest to s, for the elements of boxes"
  ) { arguments throws(EmissionError) in
    let q = try arguments.numbers("step sizes above 0, one number or one for each feature") { $0 > 0 }
    return arguments.emission(q) { fit throws(EmissionError) in try QuantizeEmission(q, fit) }
  }
}
