internal import AscentRandomness

/// Repeats the last observation with a probability, as a sensor does that misses an update.
///
/// o(t) = o(t − 1) with probability p, else s(t); the first observation of an episode is s.
struct RepeatEmission: EmissionLayer {
  let output: Space
  private let chance: Bernoulli
  /// o(t − 1); empty at the beginning of an episode.
  private var last: [Float] = []

  init(_ p: Double, _ fit: EmissionFit) throws(EmissionError) {
    (chance, output) = (try fit.bernoulli(p), fit.space)
    last.reserveCapacity(output.flattenedSize)
  }

  var isFunction: Bool { false }

  mutating func begin() { last.removeAll(keepingCapacity: true) }

  mutating func emit(_ features: inout [Float], from stream: RandomStream) {
    let width = output.flattenedSize
    if last.isEmpty {
      last.append(contentsOf: features[..<width])
    } else if chance.sample(from: stream) == 1 {
      for k in 0..<width { features[k] = last[k] }
    } else {
      for k in 0..<width { last[k] = features[k] }
    }
  }

  func logDensity(of o: [Float], given s: [Float]) -> Double? { nil }
}

extension EmissionEntry {
  /// `repeat=p`.
  public static let repetition = EmissionEntry(
    "repeat", form: "=p", help: "the previous observation is shown again with probability p"
  ) { arguments throws(EmissionError) in
    let p = try arguments.probability()
    return arguments.emission([p]) { fit throws(EmissionError) in try RepeatEmission(p, fit) }
  }
}
