internal import AscentMathematics
internal import AscentRandomness

/// Replaces each discrete value, with a probability, by a uniform draw from its choices.
struct ConfuseEmission: EmissionLayer {
  let output: Space
  /// The discrete values; one of several choices has a feature for each, a bit has one feature.
  private let choices: [(range: Range<Int>, draw: UniformInteger)]
  private let chance: Bernoulli

  init(_ p: Double, _ fit: EmissionFit) throws(EmissionError) {
    var found: [(range: Range<Int>, draw: UniformInteger)] = []
    for value in fit.values {
      guard let count = value.choices, let draw = try? UniformInteger(count: count) else { continue }
      found.append((value.range, draw))
    }
    guard !found.isEmpty else { throw fit.mismatch(needs: "discrete values") }
    (choices, chance, output) = (found, try fit.bernoulli(p), fit.space)
  }

  var isFunction: Bool { false }

  func emit(_ features: inout [Float], from stream: RandomStream) {
    for choice in choices where chance.sample(from: stream) == 1 {
      let drawn = choice.draw.sample(from: stream)
      if choice.range.count < choice.draw.count {
        features[choice.range.lowerBound] = Float(drawn)
      } else {
        for k in choice.range { features[k] = k - choice.range.lowerBound == drawn ? 1 : 0 }
      }
    }
  }

  func logDensity(of o: [Float], given s: [Float]) -> Double? {
    let changed = choices.flatMap { Array($0.range) }
    return sum(changed, o, s) { _ in 0 }
      + choices.reduce(0) { sum, choice in
        let uniform = chance.probability / Double(choice.draw.count)
        let isSame = choice.range.allSatisfy { o[$0] == s[$0] }
        return sum + logarithm(uniform + (isSame ? 1 - chance.probability : 0))
      }
  }
}

extension EmissionEntry {
  /// The emission `confuse=p`.
  public static let confuse = EmissionEntry(
    "confuse", form: "=p", help: "each discrete value is, with probability p, a uniform draw from its choices"
  ) { arguments throws(EmissionError) in
    let p = try arguments.probability()
    return arguments.emission([p]) { fit throws(EmissionError) in try ConfuseEmission(p, fit) }
  }
}
