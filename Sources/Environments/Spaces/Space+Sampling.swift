internal import AscentMathematics
public import AscentRandomness

extension Space {
  /// Draws an element with the distribution of Gymnasium's `sample`, and returns the log-density of the draw.
  ///
  /// Indices, bits and bounded boxes are uniform. A box value without bounds is standard normal; one with a single
  /// bound is exponential from that bound. `values` has `valueCount` floats. A `mask` that is not empty has one float
  /// for each choice of the discrete leaves; choices with 0 are not drawn.
  public func sample(
    from stream: RandomStream, allowing mask: [Float] = [], into values: inout MutableSpan<Float>
  ) -> Double {
    let (low, high) = valueBounds
    Require.count(values.count, of: "values", is: low.count, "the valueCount of the space")
    if !mask.isEmpty {
      let choices = leaves.reduce(0) { $0 + $1.kind.discreteCounts.reduce(0, +) }
      Require.count(mask.count, of: "mask", is: choices, "one for each choice of the discrete values")
    }
    var logDensity = 0.0
    var (k, choice) = (0, 0)
    for leaf in leaves {
      for _ in 0..<leaf.kind.valueCount {
        let draw: (value: Float, logDensity: Double)
        if leaf.kind.isContinuous {
          draw = Space.drawContinuous(low[k], high[k], stream)
        } else if leaf.kind.isMaskable, !mask.isEmpty {
          let choices = Int(high[k]) + 1
          draw = Space.drawAllowed(mask[choice..<choice + choices], stream)
          choice += choices
        } else {
          draw = Space.drawWhole(low[k], high[k], stream)
        }
        values[k] = draw.value
        logDensity += draw.logDensity
        k += 1
      }
    }
    return logDensity
  }

  /// Draws an element into an array of `valueCount` floats, and returns the log-density of the draw.
  public func sample(
    from stream: RandomStream, allowing mask: [Float] = [], into values: inout [Float]
  ) -> Double {
    var span = values.mutableSpan
    return sample(from: stream, allowing: mask, into: &span)
  }

  private static func drawAllowed(
    _ mask: ArraySlice<Float>, _ stream: RandomStream
  ) -> (value: Float, logDensity: Double) {
    let allowed = mask.indices.filter { mask[$0] != 0 }
    Require.that(!allowed.isEmpty, "the mask must allow a choice of each discrete value")
    let draw = drawWhole(0, Double(allowed.count - 1), stream)
    return (Float(allowed[Int(draw.value)] - mask.startIndex), draw.logDensity)
  }

  private static func drawWhole(
    _ low: Double, _ high: Double, _ stream: RandomStream
  ) -> (value: Float, logDensity: Double) {
    let count = (high - low).rounded(.down) + 1
    return (Float(low + (stream.uniform() * count).rounded(.down)), -logarithm(count))
  }

  private static func drawContinuous(
    _ low: Double, _ high: Double, _ stream: RandomStream
  ) -> (value: Float, logDensity: Double) {
    switch (low.isFinite, high.isFinite) {
    case (true, true):
      let value = Float(low + (high - low) * stream.uniform())
      return (min(max(value, Float(low)), Float(high)), high > low ? -logarithm(high - low) : 0)
    case (true, false):
      let e = -logarithm(1 - stream.uniform())
      return (Float(low + e), -e)
    case (false, true):
      let e = -logarithm(1 - stream.uniform())
      return (Float(high - e), -e)
    case (false, false):
      let z = stream.standardNormal()
      return (Float(z), -0.5 * (z * z + logarithm(2 * Double.pi)))
    }
  }
}

extension Space.Kind {
  /// True if a value is a real number, false if it is an integer.
  public var isContinuous: Bool {
    guard case .box(_, _, _, let element) = self else { return false }
    return element == .float16 || element == .float32 || element == .float64
  }

  /// True if a mask can exclude some of its choices.
  var isMaskable: Bool {
    switch self {
    case .discrete, .multiDiscrete: true
    case .box, .multiBinary: false
    }
  }
}
