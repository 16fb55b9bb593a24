internal import AscentMathematics

/// The map from a number of an action as its family records it to the number that the environment acts with.
///
/// Families record the number u that they draw, and their densities are densities of the environment's number a, so
/// that log-densities of different families are comparable. A map is strictly increasing. To evaluate an action that
/// another family recorded, find its ``position(of:)`` and what this family ``recorded(at:)`` it.
public enum ActionCoordinate: Sendable, Equatable {
  /// a = u; the environment receives the nearest number of its space. Indices and bits are such numbers too.
  case environment
  /// a = (low + high)/2 + (high − low)/2 u, in float32; the environment receives the nearest number of its space.
  case scaled(low: Float, high: Float)
  /// a = low + (high − low)(1 + tanh u)/2.
  case squashed(low: Float, high: Float)
  /// a = low + (high − low) u with u between 0 and 1.
  case unit(low: Float, high: Float)

  /// The bounds strictly between which a lies; nil if it can be any number.
  public var openBounds: (low: Float, high: Float)? {
    switch self {
    case .environment, .scaled: nil
    case .squashed(let low, let high), .unit(let low, let high): (low, high)
    }
  }

  /// The coordinate in units of a box: u is 0 in the middle and ±1 at the bounds.
  ///
  /// It is ``environment`` for a number without two finite bounds, and between −1 and 1, where it would change nothing. A
  /// box of more than 10³⁰ stands for one without bounds.
  public static func units(ofBoxFrom low: Float, to high: Float) -> ActionCoordinate {
    guard low.isFinite, high.isFinite, low < high else { return .environment }
    let coordinate = ActionCoordinate.scaled(low: low, high: high)
    let (middle, half) = coordinate.units
    guard half > 0, half <= 1e30, middle != 0 || half != 1 else { return .environment }
    return coordinate
  }

  /// The middle and half the width of a box whose units u has; 0 and 1 for other coordinates.
  public var units: (middle: Float, half: Float) {
    guard case .scaled(let low, let high) = self else { return (0, 1) }
    return (Float((Double(low) + Double(high)) / 2), Float((Double(high) - Double(low)) / 2))
  }

  /// Returns a, in the environment's units, before it is clamped or rounded to float32.
  public func position(of recorded: Float) -> Double {
    let u = Double(recorded)
    switch self {
    case .environment: return u
    case .scaled: return Double(units.middle) + Double(units.half) * u
    case .squashed(let low, let high):
      return Double(low) + (Double(high) - Double(low)) * (1 + hyperbolicTangent(u)) / 2
    case .unit(let low, let high): return Double(low) + (Double(high) - Double(low)) * u
    }
  }

  /// Returns the u of a position a in the environment's units; nil if a does not lie strictly between the open bounds.
  ///
  /// A number between 0 and 1 is clamped to [10⁻⁶, 1 − 10⁻⁶], as ``BetaFamily`` does with the numbers that it draws.
  public func recorded(at position: Double) -> Float? {
    switch self {
    case .environment: return Float(position)
    case .scaled: return Float((position - Double(units.middle)) / Double(units.half))
    case .squashed(let low, let high):
      guard let (above, below) = Self.distances(position, low, high) else { return nil }
      return Float(0.5 * logarithm(above / below))
    case .unit(let low, let high):
      guard let (above, _) = Self.distances(position, low, high) else { return nil }
      let u = Float(above / (Double(high) - Double(low)))
      return min(max(u, BetaFamily.margin), 1 - BetaFamily.margin)
    }
  }

  /// The distances to the bounds, both above 0; nil at a bound or outside.
  private static func distances(
    _ position: Double, _ low: Float, _ high: Float
  ) -> (above: Double, below: Double)? {
    let (above, below) = (position - Double(low), Double(high) - position)
    return above > 0 && below > 0 ? (above, below) : nil
  }
}
