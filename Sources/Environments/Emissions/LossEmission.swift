internal import AscentMathematics
internal import AscentRandomness

/// Sets ranges of features to 0, and indices to −1, each independently with a probability.
struct LossEmission: EmissionLayer {
  let output: Space
  private let ranges: [Range<Int>]
  /// The values that lost features get.
  private let nothing: [Float]
  private let chance: Bernoulli

  init(_ ranges: [Range<Int>], _ p: Double, _ fit: EmissionFit) throws(EmissionError) {
    (self.ranges, chance, output) = (ranges, try fit.bernoulli(p), fit.withZero)
    nothing = fit.space.flattenedNothing
  }

  var isFunction: Bool { false }

  func emit(_ features: inout [Float], from stream: RandomStream) {
    for range in ranges where chance.sample(from: stream) == 1 {
      for k in range { features[k] = nothing[k] }
    }
  }

  func logDensity(of o: [Float], given s: [Float]) -> Double? {
    ranges.reduce(0) { sum, range in
      var probability = 0.0
      if range.allSatisfy({ o[$0] == nothing[$0] }) { probability += chance.probability }
      if range.allSatisfy({ o[$0] == s[$0] }) { probability += 1 - chance.probability }
      return sum + logarithm(probability)
    }
  }
}

extension EmissionEntry {
  /// The emission `dropout=p`.
  public static let dropout = EmissionEntry(
    "dropout", form: "=p", help: "each value is set to 0 with probability p, independently"
  ) { arguments throws(EmissionError) in
    let p = try arguments.probability()
    return arguments.emission([p]) { fit throws(EmissionError) in
      try LossEmission(fit.values.map(\.range), p, fit)
    }
  }

  /// The emission `flicker=p`.
  public static let flicker = EmissionEntry(
    "flicker", form: "=p", help: "the whole observation is set to 0 with probability p"
  ) { arguments throws(EmissionError) in
    let p = try arguments.probability()
    return arguments.emission([p]) { fit throws(EmissionError) in
      try LossEmission([0..<fit.space.flattenedSize], p, fit)
    }
  }
}
