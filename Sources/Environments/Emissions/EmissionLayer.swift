internal import Randomness

/// An emission that is fitted to a space: which features it changes, and how.
///
/// All layers work in place on one array of features; hiding makes it shorter.
struct EmissionLayer {
  /// The space of o.
  let output: Space
  /// What happens to the features.
  let change: Change

  /// What happens to the features.
  enum Change {
    /// The features that stay.
    case keep([Int])
    case add(Noise, Numbers)
    /// Each range becomes 0 with this probability, by itself.
    case lose([Range<Int>], Bernoulli)
    case delay(Int)
    case round(Numbers)
    /// Each one-hot range becomes a uniform draw with this probability.
    case confuse([(range: Range<Int>, draw: UniformInteger)], Bernoulli)
    case count([Int])
    /// Pixels: where the first of their channels is, and how many there are; black and white of each feature.
    case speckle(starts: [Int], channels: Int, low: [Float], high: [Float], Bernoulli)
  }

  /// Noise of scale 1.
  enum Noise {
    case gaussian, uniform
    case laplace(Laplace)
  }

  /// The numbers of boxes among the features, a scale for each, and the bounds of those that are whole.
  ///
  /// One object, so that a step does not count references to three arrays.
  final class Numbers: Sendable {
    let features: [Int]
    let scales: [Double]
    let whole: [ClosedRange<Double>?]

    init(features: [Int], scales: [Double], whole: [ClosedRange<Double>?]) {
      (self.features, self.scales, self.whole) = (features, scales, whole)
    }
  }

  /// Fits an emission to a space of observations, in episodes of at most `horizon` steps.
  ///
  /// - Throws: ``EmissionError``.
  init(_ emission: Emission, over space: Space, horizon: Int?) throws(EmissionError) {
    let fit = EmissionFit(emission, space)
    switch emission {
    case .hide(let names):
      let hidden = try fit.hidden(names)
      change = .keep((0..<space.flattenedSize).filter { !hidden.contains($0) })
      output = fit.without(hidden)
      guard output.flattenedSize > 0 else {
        throw .space(emission.typed, needs: "something that stays visible", found: "\(space)")
      }
    case .gaussian(let σ):
      change = .add(.gaussian, try fit.numbers(σ))
      output = fit.widened { _, _ in -.infinity...(.infinity) }
    case .laplace(let b):
      change = .add(.laplace(try fit.laplace()), try fit.numbers(b))
      output = fit.widened { _, _ in -.infinity...(.infinity) }
    case .uniform(let w):
      let numbers = try fit.numbers(w)
      change = .add(.uniform, numbers)
      output = fit.widened { k, s in (s.lowerBound - numbers.scales[k])...(s.upperBound + numbers.scales[k]) }
    case .quantize(let q):
      let numbers = try fit.numbers(q)
      change = .round(numbers)
      output = fit.widened { k, s in
        let half = numbers.scales[k] / 2
        return (s.lowerBound - half)...(s.upperBound + half)
      }
    case .dropout(let p):
      change = .lose(fit.values.map(\.range), try fit.chance(p))
      output = fit.withZero
    case .flicker(let p):
      change = .lose([0..<space.flattenedSize], try fit.chance(p))
      output = fit.withZero
    case .delay(let k):
      if let horizon, k >= horizon { throw .horizon(emission.typed, steps: horizon) }
      change = .delay(k)
      output = space
    case .confuse(let p):
      change = .confuse(try fit.choices(), try fit.chance(p))
      output = space
    case .poisson:
      change = .count(try fit.counts())
      output = fit.widened(wholeNumbersToo: true) { _, _ in 0...(.infinity) }
    case .saltPepper(let p):
      guard let image = space.image, case .box(_, let low, let high, _) = space.leaves[0].kind,
        zip(low, high).allSatisfy({ $0.0.isFinite && $0.1.isFinite })
      else { throw .space(emission.typed, needs: "an image with finite bounds", found: "\(space)") }
      change = .speckle(
        starts: Array(stride(from: 0, to: space.flattenedSize, by: image.channels)), channels: image.channels,
        low: low.map { Float($0) }, high: high.map { Float($0) }, try fit.chance(p))
      output = space
    }
  }

  /// How many steps have to be kept to show an old one.
  var delay: Int {
    if case .delay(let steps) = change { steps } else { 0 }
  }

  /// Draws o ~ p(o∣s) in place of s.
  ///
  /// Delays are not drawn, and are the business of whoever keeps the steps.
  func emit(_ features: inout [Float], from stream: RandomStream) {
    switch change {
    case .keep(let kept):
      for (to, from) in kept.enumerated() { features[to] = features[from] }
    case .add(let noise, let numbers):
      for k in numbers.features.indices {
        let ε = noise.draw(from: stream) * numbers.scales[k]
        numbers.write(Double(features[numbers.features[k]]) + ε, k, into: &features)
      }
    case .round(let numbers):
      for k in numbers.features.indices {
        let q = numbers.scales[k]
        numbers.write((Double(features[numbers.features[k]]) / q).rounded() * q + 0, k, into: &features)
      }
    case .lose(let ranges, let chance):
      for range in ranges where chance.sample(from: stream) == 1 {
        for k in range { features[k] = 0 }
      }
    case .confuse(let choices, let chance):
      for choice in choices where chance.sample(from: stream) == 1 {
        let drawn = choice.draw.sample(from: stream)
        if choice.range.count == 1 {
          features[choice.range.lowerBound] = Float(drawn)
        } else {
          for k in choice.range { features[k] = k - choice.range.lowerBound == drawn ? 1 : 0 }
        }
      }
    case .count(let counted):
      for k in counted {
        guard let poisson = try? Poisson(mean: Double(features[k])) else { continue }
        features[k] = Float(poisson.sample(from: stream))
      }
    case .speckle(let starts, let channels, let low, let high, let chance):
      for start in starts where chance.sample(from: stream) == 1 {
        let isWhite = stream.uniform() < 0.5
        for k in start..<start + channels { features[k] = isWhite ? high[k] : low[k] }
      }
    case .delay: break
    }
  }
}

extension EmissionLayer.Noise {
  /// A draw of scale 1.
  fileprivate func draw(from stream: RandomStream) -> Double {
    switch self {
    case .gaussian: stream.standardNormal()
    case .laplace(let standard): standard.sample(from: stream)
    case .uniform: 2 * stream.uniform() - 1
    }
  }
}

extension EmissionLayer.Numbers {
  /// Writes the kth number, in a box of whole numbers as one that the box has.
  fileprivate func write(_ x: Double, _ k: Int, into features: inout [Float]) {
    let y = whole[k].map { min(max(x.rounded(), $0.lowerBound), $0.upperBound) } ?? x
    features[self.features[k]] = Float(y)
  }
}
