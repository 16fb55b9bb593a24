internal import Mathematics
internal import Randomness

extension EmissionLayer {
  /// Whether o is decided by s.
  var isDeterministic: Bool {
    switch change {
    case .keep, .round, .delay: true
    default: false
    }
  }

  /// log p(o∣s): a density where numbers are drawn, a probability where choices are.
  ///
  /// Nil where there is none: o is a function of s or of an older state, or a draw that was rounded.
  func logDensity(of o: [Float], given s: [Float]) -> Double? {
    switch change {
    case .keep, .round, .delay: return nil
    case .add(let noise, let numbers):
      guard numbers.whole.allSatisfy({ $0 == nil }) else { return nil }
      return sum(numbers.features, o, s) { k in
        let (feature, scale) = (numbers.features[k], numbers.scales[k])
        let ε = Double(o[feature]) - Double(s[feature])
        guard scale > 0 else { return ε == 0 ? 0 : -.infinity }
        return noise.logDensity(of: ε / scale) - logarithm(scale)
      }
    case .count(let features):
      return sum(features, o, s) { k in
        let x = Double(o[features[k]])
        guard let poisson = try? Poisson(mean: Double(s[features[k]])), let count = Int(exactly: x) else {
          return -.infinity
        }
        return poisson.logDensity(of: count)
      }
    case .lose(let ranges, let chance):
      return ranges.reduce(0) { $0 + lost($1, chance.probability, o, s) }
    case .confuse(let choices, let chance):
      let changed = choices.flatMap { Array($0.range) }
      return sum(changed, o, s) { _ in 0 }
        + choices.reduce(0) { sum, choice in
          let uniform = chance.probability / Double(choice.draw.count)
          let isSame = choice.range.allSatisfy { o[$0] == s[$0] }
          return sum + logarithm(uniform + (isSame ? 1 - chance.probability : 0))
        }
    case .speckle(let starts, let channels, let low, let high, let chance):
      return starts.reduce(0) { sum, start in
        let pixel = start..<start + channels
        var probability = 0.0
        if pixel.allSatisfy({ o[$0] == low[$0] }) { probability += chance.probability / 2 }
        if pixel.allSatisfy({ o[$0] == high[$0] }) { probability += chance.probability / 2 }
        if pixel.allSatisfy({ o[$0] == s[$0] }) { probability += 1 - chance.probability }
        return sum + logarithm(probability)
      }
    }
  }

  /// The sum of the terms of these features; −∞ when any other feature was changed.
  private func sum(_ features: [Int], _ o: [Float], _ s: [Float], _ term: (Int) -> Double) -> Double {
    let drawn = Set(features)
    guard output.flattenedSize == o.count, o.indices.allSatisfy({ drawn.contains($0) || o[$0] == s[$0] })
    else { return -.infinity }
    return features.indices.reduce(0) { $0 + term($1) }
  }

  private func lost(_ range: Range<Int>, _ p: Double, _ o: [Float], _ s: [Float]) -> Double {
    var probability = 0.0
    if range.allSatisfy({ o[$0] == 0 }) { probability += p }
    if range.allSatisfy({ o[$0] == s[$0] }) { probability += 1 - p }
    return logarithm(probability)
  }
}

extension EmissionLayer.Noise {
  /// log p(ε) at scale 1.
  fileprivate func logDensity(of ε: Double) -> Double {
    switch self {
    case .gaussian: -0.5 * (ε * ε + logarithm(2 * Double.pi))
    case .laplace(let standard): standard.logDensity(of: ε)
    case .uniform: abs(ε) <= 1 ? -logarithm(2) : -.infinity
    }
  }
}
