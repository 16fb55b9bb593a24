import AscentDesk
import AscentRandomness
import Testing

/// The false alarms of comparisons of a side with itself, looked at after every seed.
@Suite struct ConfidenceSequenceTests {
  /// A distribution of a run's return.
  enum Returns: String, CaseIterable {
    case gaussian
    case heavyTailed = "heavy-tailed (t, 2 degrees)"
    case skewed = "skewed (exponential)"
    case twoValued = "two-valued (500 or 20)"
    case tied = "tied (0 or 1)"

    func draw(_ stream: RandomStream) throws -> Double {
      switch self {
      case .gaussian: stream.standardNormal()
      case .heavyTailed: try stream.standardNormal() / Exponential(mean: 1).sample(from: stream).squareRoot()
      case .skewed: try Exponential(mean: 1).sample(from: stream)
      case .twoValued: stream.uniform() < 0.7 ? 500 + stream.uniform() : 20 + 10 * stream.uniform()
      case .tied: stream.uniform() < 0.5 ? 1 : 0
      }
    }
  }

  /// The number of experiments of 1,000 in which one of 100 looks finds a difference of a side from itself, and the number in
  /// which a mean with 1.96 standard errors does.
  func falseAlarms(_ returns: Returns) throws -> (ours: Int, naive: Int) {
    var count = (ours: 0, naive: 0)
    for experiment in 0..<1000 {
      let stream = try RandomStream(StreamKey(seed: 17, purpose: .bootstrap, episode: UInt32(experiment)))
      var (sequence, sum, squares, isNaive) = (ConfidenceSequence(), 0.0, 0.0, false)
      for n in 1...100 {
        let difference = try returns.draw(stream) - returns.draw(stream)
        sequence.add(difference)
        sum += difference
        squares += difference * difference
        guard n >= 5 else { continue }
        let mean = sum / Double(n)
        let error = ((squares / Double(n) - mean * mean) / Double(n - 1)).squareRoot()
        if error > 0, abs(mean) > 1.96 * error { isNaive = true }
      }
      if sequence.excludesZero { count.ours += 1 }
      if isNaive { count.naive += 1 }
    }
    return count
  }

  @Test(arguments: Returns.allCases)
  func `a side is found better than itself in at most 5 % of experiments, however often one looks`(
    _ returns: Returns
  ) throws {
    let count = try falseAlarms(returns)
    print(
      "A/A \(returns.rawValue): \(Double(count.ours) / 10) %, looking at 1.96 standard errors \(Double(count.naive) / 10) %"
    )
    // The bound is on the probability; the frequency of 1,000 experiments is below it, too, since the wealth overshoots.
    #expect(count.ours <= 50)
    #expect(count.naive > 100)
  }

  @Test func `a difference is found, and the sooner the larger it is`() throws {
    func seeds(_ shift: Double) throws -> Int {
      let stream = try RandomStream(StreamKey(seed: 3, purpose: .bootstrap))
      var sequence = ConfidenceSequence()
      for n in 1...200 {
        sequence.add(shift + stream.standardNormal())
        if sequence.excludesZero { return n }
      }
      return .max
    }
    #expect(try seeds(10) == 7)
    let (large, small) = (try seeds(2), try seeds(0.7))
    #expect(large <= small && small < 100)
  }

  @Test func `the interval contains the center and shrinks around it`() throws {
    let stream = try RandomStream(StreamKey(seed: 8, purpose: .bootstrap))
    var sequence = ConfidenceSequence()
    for _ in 0..<6 { sequence.add(3 + stream.standardNormal()) }
    #expect(sequence.interval == nil)
    for _ in 0..<14 { sequence.add(3 + stream.standardNormal()) }
    let early = try #require(sequence.interval)
    for _ in 0..<180 { sequence.add(3 + stream.standardNormal()) }
    let late = try #require(sequence.interval)
    #expect(early.contains(3) && late.contains(3))
    #expect(late.upperBound - late.lowerBound < 0.6 * (early.upperBound - early.lowerBound))
    #expect(sequence.excludesZero && !late.contains(0))
  }

  @Test func `pairs that share their noise shrink the variance by the stated factor`() throws {
    let stream = try RandomStream(StreamKey(seed: 4, purpose: .bootstrap))
    var (paired, apart) = (Comparison(isPaired: true), Comparison(isPaired: false))
    for _ in 0..<400 {
      let common = 3 * stream.standardNormal()
      let scores = (common + stream.standardNormal() + 1, common + stream.standardNormal())
      paired.add(scores.0, scores.1)
      apart.add(scores.0, scores.1)
    }
    // (10 + 10) / 2.
    let factor = try #require(paired.shrinkage)
    #expect(abs(factor - 10) < 2 && apart.shrinkage == nil)
    let (own, other) = (
      try #require(try paired.differenceInterval()), try #require(try apart.differenceInterval())
    )
    #expect(own.contains(1) && other.upperBound - other.lowerBound > 2 * (own.upperBound - own.lowerBound))
    #expect(paired.verdict == .a)
  }

  @Test func `differences whose mean and middle have different signs decide nothing`() throws {
    var comparison = Comparison(isPaired: true)
    for _ in 0..<10 { comparison.add(50, 0) }
    #expect(comparison.verdict == .a && !comparison.isAmbiguous)
    for _ in 0..<2 { comparison.add(-450, 0) }
    #expect(comparison.difference < 0 && comparison.sequence.excludesZero)
    #expect(comparison.verdict == .undecided && comparison.isAmbiguous)
    for seed in 1...3 {
      let stream = try RandomStream(StreamKey(seed: UInt64(seed), purpose: .bootstrap))
      var skewed = Comparison(isPaired: true)
      for _ in 0..<40 {
        skewed.add(stream.uniform() < 0.86 ? 50 : -450, 0)
        let verdict = skewed.verdict
        #expect(skewed.difference > 0 ? verdict != .b : verdict != .a)
      }
    }
  }

  @Test func `equal scores decide nothing`() throws {
    var comparison = Comparison(isPaired: true)
    for _ in 0..<50 { comparison.add(500, 500) }
    #expect(comparison.verdict == .undecided && comparison.sequence.evidence == 1)
    #expect(comparison.sequence.interval == nil && comparison.shrinkage == nil)
    #expect(try comparison.differenceInterval() == 0...0)
    #expect(try comparison.improvement().value == 0.5)
  }
}
