internal import AscentMathematics
internal import AscentRandomness

/// Adds salt-and-pepper noise to an image: each pixel becomes, with a probability, black or white.
struct SaltPepperEmission: EmissionLayer {
  let output: Space
  /// The features of each pixel's first channel, and the distances from there to all its channels.
  private let starts: [Int]
  private let channels: [Int]
  /// The values of black and of white for each feature.
  private let low, high: [Float]
  private let chance: Bernoulli

  init(_ p: Double, _ fit: EmissionFit) throws(EmissionError) {
    guard let image = fit.space.image, case .box(_, let low, let high, _) = fit.space.leaves[0].kind,
      zip(low, high).allSatisfy({ $0.0.isFinite && $0.1.isFinite })
    else { throw fit.mismatch(needs: "an image with finite bounds") }
    let pixels = image.height * image.width
    let isFirst = fit.space.leaves[0].axes == .channelsFirst
    starts = (0..<pixels).map { $0 * (isFirst ? 1 : image.channels) }
    channels = (0..<image.channels).map { $0 * (isFirst ? pixels : 1) }
    (self.low, self.high) = (low.map { Float($0) }, high.map { Float($0) })
    (chance, output) = (try fit.bernoulli(p), fit.space)
  }

  var isFunction: Bool { false }

  func emit(_ features: inout [Float], from stream: RandomStream) {
    for start in starts where chance.sample(from: stream) == 1 {
      let isWhite = stream.uniform() < 0.5
      for channel in channels {
        let k = start + channel
        features[k] = isWhite ? high[k] : low[k]
      }
    }
  }

  func logDensity(of o: [Float], given s: [Float]) -> Double? {
    starts.reduce(0) { sum, start in
      let pixel = channels.map { start + $0 }
      var probability = 0.0
      if pixel.allSatisfy({ o[$0] == low[$0] }) { probability += chance.probability / 2 }
      if pixel.allSatisfy({ o[$0] == high[$0] }) { probability += chance.probability / 2 }
      if pixel.allSatisfy({ o[$0] == s[$0] }) { probability += 1 - chance.probability }
      return sum + logarithm(probability)
    }
  }
}

extension EmissionEntry {
  /// The emission `salt-pepper=p`.
  public static let saltPepper = EmissionEntry(
    "salt-pepper", form: "=p", help: "each pixel of an image is, with probability p, black or white"
  ) { arguments throws(EmissionError) in
    let p = try arguments.probability()
    return arguments.emission([p]) { fit throws(EmissionError) in try SaltPepperEmission(p, fit) }
  }
}
