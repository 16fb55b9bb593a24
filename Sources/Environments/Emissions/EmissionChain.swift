internal import Randomness

/// Emissions one upon the other, and what they work on: the features of now, and those of the steps that are late.
struct EmissionChain {
  /// The space of what comes out.
  let output: Space
  /// What the environment wrote, the mask behind it.
  var features: [Float]
  private let layers: [EmissionLayer]
  private var delays: [Delay]
  private let maskSize: Int

  /// Fits emissions to a space, the first one first.
  ///
  /// - Throws: ``EmissionError`` when one does not fit what comes out of those before it.
  init(_ emissions: [Emission], over space: Space, maskSize: Int, horizon: Int?) throws(EmissionError) {
    var (layers, delays, output): ([EmissionLayer], [Delay], Space) = ([], [], space)
    for emission in emissions {
      let layer = try EmissionLayer(emission, over: output, horizon: horizon)
      delays.append(Delay(layer.delay, width: output.flattenedSize))
      layers.append(layer)
      output = layer.output
    }
    (self.layers, self.delays, self.output, self.maskSize) = (layers, delays, output, maskSize)
    features = Array(repeating: 0, count: space.flattenedSize + maskSize)
  }

  /// Forgets the steps of the last episode.
  mutating func forget() {
    for k in delays.indices { delays[k].isEmpty = true }
  }

  /// Draws o from the features, and writes it with the mask.
  mutating func emit(into observation: inout MutableSpan<Float>, from stream: RandomStream) {
    for k in layers.indices {
      layers[k].emit(&features, from: stream)
      if delays[k].steps > 0 { delays[k].exchange(&features) }
    }
    // Layers work on the front, and never make it longer: the mask is where it was.
    let (shown, mask) = (observation.count - maskSize, features.count - maskSize)
    for k in 0..<shown { observation[k] = features[k] }
    for k in 0..<maskSize { observation[shown + k] = features[mask + k] }
  }

  /// log p(o∣s), nil where it is not known.
  func logDensity(of o: [Float], given s: [Float], _ stream: RandomStream) -> Double? {
    guard let last = layers.last, layers.dropLast().allSatisfy({ $0.isDeterministic && $0.delay == 0 })
    else { return nil }
    var s = s
    for layer in layers.dropLast() {
      layer.emit(&s, from: stream)
      s.removeLast(s.count - layer.output.flattenedSize)
    }
    return last.logDensity(of: o, given: s)
  }

  /// The features of the last steps, in a ring.
  private struct Delay {
    let steps: Int
    let width: Int
    var isEmpty = true
    private var ring: [Float]
    private var oldest = 0

    init(_ steps: Int, width: Int) {
      (self.steps, self.width) = (steps, width)
      ring = Array(repeating: 0, count: steps * width)
    }

    /// Keeps the newest features and gives the oldest ones in their place.
    mutating func exchange(_ features: inout [Float]) {
      if isEmpty {
        for k in ring.indices { ring[k] = features[k % width] }
        (isEmpty, oldest) = (false, 0)
      }
      for k in 0..<width {
        (features[k], ring[oldest * width + k]) = (ring[oldest * width + k], features[k])
      }
      oldest = (oldest + 1) % steps
    }
  }
}
