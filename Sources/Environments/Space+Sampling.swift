public import Randomness

extension Space {
  /// Draws an element as Gymnasium's `sample` does, and returns the log-density of the draw.
  ///
  /// Indices, bits and bounded boxes are uniform; a box value without bounds is normal, one with a single
  /// bound exponential from there. `values` has `valueCount` floats.
  public func sample(from stream: RandomStream, into values: inout MutableSpan<Float>) -> Double {
    let (low, high) = valueBounds
    var logDensity = 0.0
    var k = 0
    for leaf in leaves {
      for _ in 0..<leaf.kind.valueCount {
        let draw =
          leaf.kind.isContinuous
          ? Space.drawContinuous(low[k], high[k], stream)
          : Space.drawWhole(low[k], high[k], stream)
        values[k] = draw.value
        logDensity += draw.logDensity
        k += 1
      }
    }
    return logDensity
  }

  /// The same into an array of `valueCount` floats.
  public func sample(from stream: RandomStream, into values: inout [Float]) -> Double {
    var span = values.mutableSpan
    return sample(from: stream, into: &span)
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
  /// Whether a value is a real number rather than a whole one.
  public var isContinuous: Bool {
    guard case .box(_, _, _, let element) = self else { return false }
    return element == .float16 || element == .float32 || element == .float64
  }
}
