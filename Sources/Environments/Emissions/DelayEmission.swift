internal import AscentRandomness

/// Delays observations by k steps: o(t) = s(t − k), or the first observation if there is no step t − k.
struct DelayEmission: EmissionLayer {
  let output: Space
  private let steps: Int
  private let width: Int
  /// The features of the last steps, a ring buffer [step × feature].
  private var ring: [Float]
  private var oldest = 0
  private var isEmpty = true

  init(_ steps: Int, _ fit: EmissionFit) throws(EmissionError) {
    if let horizon = fit.horizon, steps >= horizon { throw .horizon(fit.typed, steps: horizon) }
    (self.steps, width, output) = (steps, fit.space.flattenedSize, fit.space)
    ring = Array(repeating: 0, count: steps * width)
  }

  var isFunction: Bool { false }

  mutating func begin() { isEmpty = true }

  mutating func emit(_ features: inout [Float], from stream: RandomStream) {
    if isEmpty {
      for k in ring.indices { ring[k] = features[k % width] }
      (isEmpty, oldest) = (false, 0)
    }
    for k in 0..<width {
      (features[k], ring[oldest * width + k]) = (ring[oldest * width + k], features[k])
    }
    oldest = (oldest + 1) % steps
  }

  func logDensity(of o: [Float], given s: [Float]) -> Double? { nil }
}

extension EmissionEntry {
  /// The emission `delay=k`.
  public static let delay = EmissionEntry(
    "delay", form: "=k", help: "o(t) = s(t − k); before step k, the first observation"
  ) { arguments throws(EmissionError) in
    guard arguments.values.count == 1, let steps = Int(arguments.values[0]), steps > 0 else {
      throw .argument(arguments.text, allowed: "a number of steps from 1")
    }
    return Emission(typed: "delay=\(steps)") { fit throws(EmissionError) in try DelayEmission(steps, fit) }
  }
}
