internal import AscentMathematics
internal import AscentRandomness

/// Adds noise: o = s + scale ε; an integer is then rounded and clamped to its bounds.
struct NoiseEmission: EmissionLayer {
  let output: Space
  private let noise: Noise
  private let numbers: BoxNumbers

  /// The distribution of ε.
  enum Noise: Sendable {
    /// N(0, 1).
    case gaussian
    /// Uniform on [−1, 1).
    case uniform
    /// p(ε) = exp(−|ε|) / 2.
    case laplace(Laplace)
  }

  init(_ noise: Noise, _ scales: [Double], _ fit: EmissionFit) throws(EmissionError) {
    let numbers = try fit.numbers(scales)
    (self.noise, self.numbers) = (noise, numbers)
    output = fit.widened { k, s in
      guard case .uniform = noise else { return -.infinity...(.infinity) }
      return (s.lowerBound - numbers.scales[k])...(s.upperBound + numbers.scales[k])
    }
  }

  var isFunction: Bool { false }

  func emit(_ features: inout [Float], from stream: RandomStream) {
    for k in numbers.features.indices {
      let ε = noise.draw(from: stream) * numbers.scales[k]
      numbers.write(Double(features[numbers.features[k]]) + ε, k, into: &features)
    }
  }

  func logDensity(of o: [Float], given s: [Float]) -> Double? {
    guard numbers.whole.allSatisfy({ $0 == nil }) else { return nil }
    return sum(numbers.features, o, s) { k in
      let (feature, scale) = (numbers.features[k], numbers.scales[k])
      let ε = Double(o[feature]) - Double(s[feature])
      guard scale > 0 else { return ε == 0 ? 0 : -.infinity }
      return noise.logDensity(of: ε / scale) - logarithm(scale)
    }
  }
}

extension NoiseEmission.Noise {
  fileprivate func draw(from stream: RandomStream) -> Double {
    switch self {
    case .gaussian: stream.standardNormal()
    case .laplace(let standard): standard.sample(from: stream)
    case .uniform: 2 * stream.uniform() - 1
    }
  }

  /// log p(ε).
  fileprivate func logDensity(of ε: Double) -> Double {
    switch self {
    case .gaussian: -0.5 * (ε * ε + logarithm(2 * Double.pi))
    case .laplace(let standard): standard.logDensity(of: ε)
    case .uniform: abs(ε) <= 1 ? -logarithm(2) : -.infinity
    }
  }
}

extension EmissionEntry {
  /// The emission `gaussian=σ`.
  public static let gaussian = EmissionEntry(
    "gaussian", form: "=σ", help: "o = s + ε, ε ~ N(0, σ²), for the elements of boxes; one σ, or one for each"
  ) { arguments throws(EmissionError) in
    let σ = try arguments.scales("deviations")
    return arguments.emission(σ) { fit throws(EmissionError) in try NoiseEmission(.gaussian, σ, fit) }
  }

  /// The emission `laplace=b`.
  public static let laplace = EmissionEntry(
    "laplace", form: "=b", help: "o = s + ε, p(ε) = exp(−|ε|/b) / 2b, for the elements of boxes"
  ) { arguments throws(EmissionError) in
    let b = try arguments.scales("scales")
    return arguments.emission(b) { fit throws(EmissionError) in
      guard let standard = try? Laplace(scale: 1) else { throw fit.mismatch(needs: "a scale of 1") }
      return try NoiseEmission(.laplace(standard), b, fit)
    }
  }

  /// The emission `uniform=w`.
  public static let uniform = EmissionEntry(
    "uniform", form: "=w", help: "o = s + ε, ε uniform on [−w, w), for the elements of boxes"
  ) { arguments throws(EmissionError) in
    let w = try arguments.scales("half widths")
    return arguments.emission(w) { fit throws(EmissionError) in try NoiseEmission(.uniform, w, fit) }
  }
}
