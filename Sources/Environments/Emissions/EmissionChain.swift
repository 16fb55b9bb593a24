internal import AscentRandomness

/// A sequence of emissions, and the features that they transform.
struct EmissionChain {
  /// The space of the resulting observations.
  let output: Space
  /// The features that the environment wrote, then its mask.
  var features: [Float]
  private var layers: [any EmissionLayer]
  /// The specifications of the emissions, for messages.
  private let typed: [String]
  private let maskSize: Int

  /// Fits emissions to a space, in the order in which they are applied.
  ///
  /// - Throws: ``EmissionError`` when one does not fit the output of those before it.
  init(_ emissions: [Emission], over space: Space, maskSize: Int, horizon: Int?) throws(EmissionError) {
    var (layers, output) = ([any EmissionLayer](), space)
    for emission in emissions {
      let layer = try emission.fit(EmissionFit(emission.typed, output, horizon: horizon))
      guard layer.output.flattenedSize <= output.flattenedSize else {
        throw .count(
          emission.typed, given: layer.output.flattenedSize, features: output.flattenedSize)
      }
      layers.append(layer)
      output = layer.output
    }
    (self.layers, self.output, self.maskSize) = (layers, output, maskSize)
    typed = emissions.map(\.typed)
    features = Array(repeating: 0, count: space.flattenedSize + maskSize)
  }

  /// Begins an episode.
  mutating func begin() {
    for k in layers.indices { layers[k].begin() }
  }

  /// Applies the emissions to the features, and writes the resulting o with the mask.
  ///
  /// - Returns: the fault of an emission that changed the number of the features or wrote a number that is not finite; nil if
  ///   none did.
  mutating func emit(
    into observation: inout MutableSpan<Float>, from stream: RandomStream
  ) -> EnvironmentError.Fault? {
    let size = features.count
    for k in layers.indices {
      layers[k].emit(&features, from: stream)
      guard features.count == size else {
        let found = features.count
        features = Array(repeating: 0, count: size)
        return .mismatch(
          what: "array of the emission '\(typed[k])'", expected: "the \(size) numbers that it was given",
          found: "\(found) numbers")
      }
    }
    // Emissions write to the front and never lengthen it, so the mask is still at the end of the features.
    let (shown, mask) = (observation.count - maskSize, features.count - maskSize)
    for k in 0..<shown { observation[k] = features[k] }
    for k in 0..<maskSize { observation[shown + k] = features[mask + k] }
    for k in 0..<shown where !features[k].isFinite {
      return .notFinite(
        what: "observation after the emissions \(typed.joined(separator: ", "))", value: Double(features[k]),
        index: k)
    }
    return nil
  }

  /// Returns log p(o∣s), or nil if it is unknown or if o or s has another size.
  func logDensity(of o: [Float], given s: [Float], _ stream: RandomStream) -> Double? {
    guard let last = layers.last, layers.dropLast().allSatisfy(\.isFunction),
      o.count == output.flattenedSize, s.count == features.count - maskSize
    else { return nil }
    var s = s
    for var layer in layers.dropLast() {
      layer.emit(&s, from: stream)
      s.removeLast(s.count - layer.output.flattenedSize)
    }
    return last.logDensity(of: o, given: s)
  }
}
