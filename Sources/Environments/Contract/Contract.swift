/// The promise of an environment: rewards are finite, and observations are elements of their space.
///
/// A check reads every float of an observation once. Python's environments are checked where they are hosted.
///
/// A class, so that a step counts references to one object instead of three arrays.
final class Contract: Sendable {
  /// The smallest and the largest value of each float, the mask included.
  private let bounds: [(low: Float, high: Float)]
  /// The floats that are whole numbers: elements of boxes of integers, choices, bits and the mask.
  private let whole: [Range<Int>]
  /// The one-hot vectors.
  private let choices: [Range<Int>]

  /// Makes the contract of a space of observations, followed by a mask.
  ///
  /// Without bounds, numbers must only be finite: emissions need not keep to the space.
  init(_ space: Space, maskSize: Int, hasBounds: Bool) {
    let (all, largest) = (space.flattenedBounds, Float.greatestFiniteMagnitude)
    bounds =
      zip(all.low, all.high).map { hasBounds ? (max($0, -largest), min($1, largest)) : (-largest, largest) }
      + Array(repeating: (0, 1), count: maskSize)
    var (whole, choices, next) = ([Range<Int>](), [Range<Int>](), 0)
    for leaf in hasBounds ? space.leaves : [] {
      let size = leaf.kind.flattenedSize
      if !leaf.kind.isContinuous { whole.append(next..<next + size) }
      var first = next
      for count in leaf.kind.discreteCounts {
        let width = Space.choiceSize(count)
        if width > 1 { choices.append(first..<first + width) }
        first += width
      }
      next += size
    }
    if maskSize > 0 { whole.append(all.low.count..<all.low.count + maskSize) }
    (self.whole, self.choices) = (whole, choices)
  }

  /// Makes the contract of an environment.
  convenience init(of environment: any Environment) {
    self.init(
      environment.observationSpace, maskSize: environment.maskSize,
      hasBounds: environment.roles((any RandomEmissions).self).isEmpty)
  }

  /// True if a reward and an observation are sound.
  func isKept(reward: Double, _ observation: borrowing MutableSpan<Float>) -> Bool {
    for k in bounds.indices {
      let (x, bound) = (observation[k], bounds[k])
      // A comparison with NaN is false.
      guard x >= bound.low, x <= bound.high else { return false }
    }
    return reward.isFinite && (whole.isEmpty || fault(reward: reward, observation) == nil)
  }

  /// The fault of a reward or an observation; nil if both are sound.
  func fault(reward: Double, _ observation: borrowing MutableSpan<Float>) -> EnvironmentError.Fault? {
    guard reward.isFinite else { return .notFinite(what: "reward", value: reward, index: 0) }
    if let fault = firstOutside(observation) { return fault }
    for range in whole {
      for k in range where !Self.isWhole(observation[k]) {
        return outside(k, observation[k], "whole numbers")
      }
    }
    for range in choices {
      var sum: Float = 0
      for k in range { sum += observation[k] }
      guard sum <= 1 else {
        return .outsideSpace(
          what: "sum of a one-hot vector of the observation, at index \(range.lowerBound),",
          value: Double(sum),
          allowed: "0 and 1")
      }
    }
    return nil
  }

  private func firstOutside(_ observation: borrowing MutableSpan<Float>) -> EnvironmentError.Fault? {
    for k in bounds.indices where !(observation[k] >= bounds[k].low && observation[k] <= bounds[k].high) {
      let x = observation[k]
      return x.isFinite
        ? outside(k, x, "numbers") : .notFinite(what: "observation", value: Double(x), index: k)
    }
    return nil
  }

  private func outside(_ k: Int, _ x: Float, _ kind: String) -> EnvironmentError.Fault {
    .outsideSpace(
      what: "observation at index \(k)", value: Double(x),
      allowed: "the \(kind) from \(bounds[k].low) to \(bounds[k].high)"
    )
  }

  /// True for a whole number: a double that is shifted to where its last bit is 1 keeps no fraction.
  private static func isWhole(_ x: Float) -> Bool {
    let shift = 6_755_399_441_055_744.0
    return abs(x) >= 16_777_216 || Double(x) + shift - shift == Double(x)
  }
}

extension Environment {
  /// True if it has the role ``ContractKeeper`` and says yes.
  var isChecked: Bool { (self as? any ContractKeeper)?.keepsContract ?? false }
}
