import Ascent

/// A sensor that is calibrated anew for each episode: o = s + b, with one b ~ N(0, σ²) for each number of the boxes.
struct BiasEmission: EmissionLayer {
  let output: Space
  private let features: [Int]
  private let error: Gaussian
  /// b of this episode; empty before its first observation.
  private var bias: [Float] = []

  init(_ σ: Double, _ fit: EmissionFit) throws(EmissionError) {
    features = fit.boxes.map(\.feature)
    guard !features.isEmpty, let error = try? Gaussian(mean: 0, deviation: σ) else {
      throw fit.mismatch(needs: "a box, and a deviation above 0")
    }
    self.error = error
    output = fit.widened { _, _ in -.infinity ... .infinity }
  }

  var isFunction: Bool { false }

  mutating func begin() { bias.removeAll(keepingCapacity: true) }

  mutating func emit(_ features: inout [Float], from stream: RandomStream) {
    if bias.isEmpty { for _ in self.features { bias.append(Float(error.sample(from: stream))) } }
    for (k, feature) in self.features.enumerated() { features[feature] += bias[k] }
  }

  /// Unknown: o depends on the whole episode.
  func logDensity(of o: [Float], given s: [Float]) -> Double? { nil }
}

extension EmissionEntry {
  /// `bias=σ`.
  static let bias = EmissionEntry(
    "bias", form: "=σ", help: "o = s + b, with b ~ N(0, σ²) drawn once for each episode"
  ) { arguments throws(EmissionError) in
    let σ = try arguments.scales("a standard deviation")
    guard σ.count == 1 else { throw .argument(arguments.text, allowed: "one standard deviation") }
    return arguments.emission(σ) { fit throws(EmissionError) in try BiasEmission(σ[0], fit) }
  }
}
