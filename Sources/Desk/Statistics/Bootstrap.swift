import AscentMathematics
public import AscentRandomness

/// A bootstrap over training seeds: the interval of a statistic whose seeds are resampled with replacement.
///
/// With several strata (tasks, or points of a curve) each is resampled by itself, as in the stratified bootstrap of
/// Agarwal et al., *Deep Reinforcement Learning at the Edge of the Statistical Precipice* (2021). The interval is the
/// one between percentiles (Efron, 1979). Draws come from the stream of purpose `StreamKey.Purpose.bootstrap`,
/// so that equal numbers have equal intervals.
public struct Bootstrap: Sendable {
  /// The number of resamples.
  public var resamples: Int
  /// The probability that the interval is to contain, between 0 and 1.
  public var level: Double
  /// The seed of the draws.
  public var seed: UInt64

  /// Makes a bootstrap.
  public init(resamples: Int = 10_000, level: Double = 0.95, seed: UInt64 = 0) {
    self.resamples = resamples
    self.level = level
    self.seed = seed
  }

  /// The interval of a statistic of values.
  ///
  /// - Parameters:
  ///   - values: one number for each seed; at least one.
  ///   - statistic: the statistic of as many resampled numbers.
  /// - Returns: the percentiles (1 − level)/2 and (1 + level)/2 of the resampled statistic.
  /// - Throws: `RandomnessError` if a stream cannot be made.
  public func interval(
    of values: [Double], _ statistic: ([Double]) -> Double
  ) throws(RandomnessError) -> ClosedRange<Double> {
    try interval(ofStrata: [values]) { statistic($0[0]) }
  }

  /// The interval of a statistic of several strata, each of which is resampled by itself.
  ///
  /// - Parameters:
  ///   - strata: for each stratum one number for each seed; none is empty.
  ///   - statistic: the statistic of as many resampled numbers.
  /// - Returns: the percentiles (1 − level)/2 and (1 + level)/2 of the resampled statistic.
  /// - Throws: `RandomnessError` if a stream cannot be made.
  public func interval(
    ofStrata strata: [[Double]], _ statistic: ([[Double]]) -> Double
  ) throws(RandomnessError) -> ClosedRange<Double> {
    var statistics = try resampled(strata, statistic)
    statistics.sort()
    let tail = (1 - level) / 2
    return quantile(tail, ofSorted: statistics)...quantile(1 - tail, ofSorted: statistics)
  }

  /// The statistic of each resample, in the order in which they are drawn.
  ///
  /// - Parameters:
  ///   - strata: for each stratum one number for each seed; none is empty.
  ///   - statistic: the statistic of as many resampled numbers.
  /// - Returns: ``resamples`` numbers.
  /// - Throws: `RandomnessError` if a stream cannot be made.
  public func resampled(
    _ strata: [[Double]], _ statistic: ([[Double]]) -> Double
  ) throws(RandomnessError) -> [Double] {
    Require.number(resamples, of: "number of resamples", from: 1)
    for values in strata { Require.number(values.count, of: "number of values", from: 1) }
    let stream = try RandomStream(StreamKey(seed: seed, purpose: .bootstrap))
    var drawn = strata
    return (0..<resamples).map { _ in
      for (i, values) in strata.enumerated() {
        for j in values.indices { drawn[i][j] = values[Int(stream.uniform() * Double(values.count))] }
      }
      return statistic(drawn)
    }
  }
}

/// A quantile, by linear interpolation between order statistics (Hyndman and Fan's type 7, numpy's default).
///
/// - Parameters:
///   - probability: between 0 and 1.
///   - sorted: ascending numbers; at least one.
/// - Returns: the quantile.
func quantile(_ probability: Double, ofSorted sorted: [Double]) -> Double {
  let position = probability * Double(sorted.count - 1)
  let below = Int(position)
  guard below + 1 < sorted.count else { return sorted[sorted.count - 1] }
  return sorted[below] + (position - Double(below)) * (sorted[below + 1] - sorted[below])
}
