internal import AscentMathematics

/// The bounds of an action's numbers, one pair for each.
public struct ValueBounds: Sendable, Equatable {
  /// The smallest and the largest value of each number.
  public var low, high: [Float]

  /// Makes bounds from two arrays of equal length, with one element for each number.
  public init(low: [Float], high: [Float]) {
    Require.count(high.count, of: "upper bounds", is: low.count, "one for each lower bound")
    (self.low, self.high) = (low, high)
  }

  /// Ends the program unless there is a finite pair for each of `count` numbers.
  func require(_ count: Int) {
    Require.count(low.count, of: "lower bounds", is: count, "one for each number of an action")
    Require.count(high.count, of: "upper bounds", is: count, "one for each number of an action")
    Require.that(areFinite, "the bounds of a squashed or a beta distribution must be finite")
  }

  /// True if every bound is finite.
  public var areFinite: Bool { (low + high).allSatisfy(\.isFinite) }
}

// Families by short names, for literals of type [any ActionFamily].
extension ActionFamily where Self == CategoricalFamily {
  /// One of n choices.
  public static func categorical(_ count: Int) -> Self { CategoricalFamily(count) }
}

extension ActionFamily where Self == BernoulliFamily {
  /// n bits.
  public static func bernoulli(_ count: Int) -> Self { BernoulliFamily(count) }
}

extension ActionFamily where Self == GaussianFamily {
  /// n numbers without bounds.
  public static func gaussian(_ count: Int, _ deviation: GaussianFamily.Deviation = .free) -> Self {
    GaussianFamily(count, deviation)
  }

  /// Numbers that tanh squashes into bounds.
  public static func squashed(_ bounds: ValueBounds, _ deviation: GaussianFamily.Deviation = .free) -> Self {
    GaussianFamily(bounds.low.count, deviation, bounds: bounds)
  }
}

extension ActionFamily where Self == BetaFamily {
  /// Numbers between bounds, from a beta distribution with one peak.
  public static func beta(_ bounds: ValueBounds) -> Self { BetaFamily(bounds) }
}
