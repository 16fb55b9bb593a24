internal import AscentRandomness

/// Replaces numbers by counts: o ~ Poisson(s), for boxes without negative numbers.
struct PoissonEmission: EmissionLayer {
  let output: Space
  private let features: [Int]

  init(_ fit: EmissionFit) throws(EmissionError) {
    let boxes = fit.boxes
    guard !boxes.isEmpty, boxes.allSatisfy({ $0.bounds.lowerBound >= 0 }) else {
      throw fit.mismatch(needs: "the numbers of a box, none below 0")
    }
    features = boxes.map(\.feature)
    output = fit.widened(wholeNumbersToo: true) { _, _ in 0...(.infinity) }
  }

  var isFunction: Bool { false }

  func emit(_ features: inout [Float], from stream: RandomStream) {
    for k in self.features {
      guard let poisson = try? Poisson(mean: Double(features[k])) else { continue }
      features[k] = Float(poisson.sample(from: stream))
    }
  }

  func logDensity(of o: [Float], given s: [Float]) -> Double? {
    sum(features, o, s) { k in
      let x = Double(o[features[k]])
      guard let poisson = try? Poisson(mean: Double(s[features[k]])), let count = Int(exactly: x) else {
        return -.infinity
      }
      return poisson.logDensity(of: count)
    }
  }
}

extension EmissionEntry {
  /// The emission `poisson`.
  public static let poisson = EmissionEntry(
    "poisson", form: "", help: "o ~ Poisson(s), for numbers that are not negative"
  ) { arguments throws(EmissionError) in
    guard !arguments.hasValues else { throw .argument(arguments.text, allowed: "no value") }
    return Emission(typed: "poisson") { fit throws(EmissionError) in try PoissonEmission(fit) }
  }
}
