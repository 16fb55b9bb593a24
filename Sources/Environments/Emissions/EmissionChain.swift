internal import Randomness

/// Emissions one upon the other, and the features that they work on.
struct EmissionChain {
  /// The space of what comes out.
  let output: Space
  /// What the environment wrote, the mask behind it.
  var features: [Float]
  private var layers: [any EmissionLayer]
  private let maskSize: Int

  /// Fits emissions to a space, the first one first.
  ///
  /// - Throws: ``EmissionError`` when one does not fit what comes out of those before it.
  init(_ emissions: [Emission], over space: Space, maskSize: Int, horizon: Int?) throws(EmissionError) {
    var (layers, output) = ([any EmissionLayer](), space)
    for emission in emissions {
      let layer = try emission.fit(EmissionFit(emission.typed, output, horizon: horizon))
      layers.append(layer)
      output = layer.output
    }
    (self.layers, self.output, self.maskSize) = (layers, output, maskSize)
    features = Array(repeating: 0, count: space.flattenedSize + maskSize)
  }

  /// Begins an episode.
  mutating func begin() {
    for k in layers.indices { layers[k].begin() }
  }

  /// Draws o from the features, and writes it with the mask.
  mutating func emit(into observation: inout MutableSpan<Float>, from stream: RandomStream) {
    for k in layers.indices { layers[k].emit(&features, from: stream) }
    // Layers work on the front, and never make it longer: the mask is where it was.
    let (shown, mask) = (observation.count - maskSize, features.count - maskSize)
    for k in 0..<shown { observation[k] = features[k] }
    for k in 0..<maskSize { observation[shown + k] = features[mask + k] }
  }

  /// log p(o∣s), nil where it is not known.
  func logDensity(of o: [Float], given s: [Float], _ stream: RandomStream) -> Double? {
    guard let last = layers.last, layers.dropLast().allSatisfy(\.isFunction) else { return nil }
    var s = s
    for var layer in layers.dropLast() {
      layer.emit(&s, from: stream)
      s.removeLast(s.count - layer.output.flattenedSize)
    }
    return last.logDensity(of: o, given: s)
  }
}
